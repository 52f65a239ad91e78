"""Whether this computer can be trusted to serve: what to think of its clock, disk, memory, sleep and programs.

Knows nothing of how the facts were measured. Pure functions.
"""

from __future__ import annotations

from statistics import median

from kiosk.doctor.facts import (
    ClockFacts,
    DiskFacts,
    FolderFacts,
    InstanceFacts,
    MemoryFacts,
    SleepFacts,
    VersionFacts,
    WebViewFacts,
)
from kiosk.doctor.judgement import Judgement, bad, doubtful, good, unclear
from web.ui.check_port import Cure, SharedReason

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
YEAR_MS = 365 * DAY_MS
CLOCK_LEEWAY_MS = 5 * MINUTE_MS
LONGEST_LIFE_MS = 15 * YEAR_MS
"""No release is in use for longer: a clock beyond that is wrong."""
ZONE_STEP_MS = 30 * MINUTE_MS
ZONE_LEEWAY_MS = 3 * MINUTE_MS
LARGEST_ZONE_ERROR_MS = 26 * 60 * MINUTE_MS

GIGABYTE = 10**9
DISK_FULL_BYTES = GIGABYTE // 2
DISK_LOW_BYTES = 5 * GIGABYTE
MEMORY_FULL_BYTES = GIGABYTE // 10
MEMORY_LOW_BYTES = GIGABYTE // 2
FAT = frozenset({"vfat", "msdos", "fat", "fat12", "fat16", "fat32", "exfat"})


def judge_clock(facts: ClockFacts) -> Judgement:
    """Whether the clock can be right at all. Stamps stay in order whatever it does (db/stamps.py)."""
    if facts.now_ms < facts.released_ms:
        return bad("too_early", Cure.CLOCK_HELP)
    if facts.now_ms > facts.released_ms + LONGEST_LIFE_MS:
        return bad("too_late", Cure.CLOCK_HELP)
    return good("plausible")


def judge_cloud_clock(facts: ClockFacts) -> Judgement:
    """The clock against the cloud's."""
    if facts.cloud_ahead_ms is None:
        return good(SharedReason.NOT_CONNECTED)
    return _judge_difference(facts.cloud_ahead_ms)


def judge_phone_clocks(facts: ClockFacts) -> Judgement:
    """The clock against that of the phones: of the middle one, since each may be wrong by itself.

    A row is pushed some time after it was changed, so phones seem behind by that time. Only what is further behind
    than a day's work says something about the clock; ahead, every minute does.
    """
    if not facts.phone_offsets_ms:
        return good("no_pushes")
    ahead_ms = -round(median(facts.phone_offsets_ms))
    if 0 < ahead_ms <= DAY_MS:
        return good("agrees")
    return _judge_difference(ahead_ms)


def judge_time_zone(facts: ClockFacts) -> Judgement:
    """Whether the clock was set right under a wrong zone: then it is off by whole half hours."""
    for offset in (facts.cloud_ahead_ms, _middle_ahead(facts.phone_offsets_ms)):
        if offset is not None and _is_zone_error(offset):
            return doubtful("whole_hours", Cure.CLOCK_HELP, zone=facts.zone, minutes=_minutes(offset))
    return good("fits", zone=facts.zone)


def judge_disk(facts: DiskFacts) -> Judgement:
    """Whether there is room for new records, and for a backup."""
    if facts.free_bytes < DISK_FULL_BYTES:
        return bad("full", Cure.DISK_HELP, size=facts.free_bytes)
    if facts.free_bytes < max(DISK_LOW_BYTES, 3 * facts.database_bytes):
        return doubtful("low", Cure.DISK_HELP, size=facts.free_bytes)
    return good("enough", size=facts.free_bytes)


def judge_folder(facts: FolderFacts) -> Judgement:
    """Whether the data folder is in a place where a database is safe."""
    if not facts.is_writable:
        return bad("not_writable")
    if facts.is_remote:
        return bad("remote")
    if facts.synced_by:
        return bad("synced", program=facts.synced_by)
    if facts.file_system.lower() in FAT:
        return doubtful("fat", system=facts.file_system)
    return good("safe")


def judge_memory(facts: MemoryFacts) -> Judgement:
    """Whether programs still get memory."""
    if facts.available_bytes < MEMORY_FULL_BYTES:
        return bad("full", size=facts.available_bytes)
    if facts.available_bytes < MEMORY_LOW_BYTES:
        return doubtful("low", size=facts.available_bytes)
    return good("enough", size=facts.available_bytes)


def judge_sleep(facts: SleepFacts) -> Judgement:
    """Whether the computer stays awake for phones."""
    if facts.idle_minutes == 0:
        return good("never")
    if facts.is_kept_awake:
        return good("kept_awake")
    if facts.idle_minutes is None:
        return unclear()
    return doubtful("sleeps", Cure.SLEEP_HELP, minutes=facts.idle_minutes)


def judge_webview(facts: WebViewFacts) -> Judgement:
    """Windows: whether the window can be drawn; without it the pages open in the browser."""
    if not facts.is_needed:
        return good(SharedReason.NOT_HERE)
    return good("present", version=facts.version) if facts.version else doubtful("missing")


def judge_instances(facts: InstanceFacts) -> Judgement:
    """Whether another server of this program runs here: phones could find the wrong one."""
    return doubtful("others", count=facts.others) if facts.others else good("alone")


def judge_version(facts: VersionFacts) -> Judgement:
    """Whether the program is up to date with itself, and not old."""
    if facts.running is not None and facts.running != facts.version:
        return doubtful("mixed", version=facts.version, running=facts.running)
    if facts.now_ms > facts.released_ms + YEAR_MS:
        return doubtful("old", version=facts.version)
    return good("current", version=facts.version)


def _judge_difference(ahead_ms: int) -> Judgement:
    """Of this computer's clock against another: ``ahead_ms`` below 0 means it is behind."""
    if abs(ahead_ms) <= CLOCK_LEEWAY_MS:
        return good("agrees")
    judge = bad if abs(ahead_ms) > DAY_MS else doubtful
    return judge("ahead" if ahead_ms > 0 else "behind", Cure.CLOCK_HELP, minutes=_minutes(ahead_ms))


def _middle_ahead(offsets_ms: tuple[int, ...]) -> int | None:
    """By how much this computer is ahead of the phones; only what waiting cannot explain."""
    ahead_ms = -round(median(offsets_ms)) if offsets_ms else 0
    return ahead_ms if ahead_ms < 0 else None


def _is_zone_error(offset_ms: int) -> bool:
    size = abs(offset_ms)
    rest = size % ZONE_STEP_MS
    is_whole = min(rest, ZONE_STEP_MS - rest) <= ZONE_LEEWAY_MS
    return is_whole and ZONE_STEP_MS - ZONE_LEEWAY_MS <= size <= LARGEST_ZONE_ERROR_MS


def _minutes(offset_ms: int) -> int:
    return round(abs(offset_ms) / MINUTE_MS)
