"""Whether this computer can be trusted to serve: each check passes on a healthy one and finds what it is there for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.doctor.computer_checks import (
    LONGEST_LIFE_MS,
    judge_clock,
    judge_cloud_clock,
    judge_disk,
    judge_folder,
    judge_instances,
    judge_memory,
    judge_phone_clocks,
    judge_sleep,
    judge_time_zone,
    judge_version,
    judge_webview,
)
from kiosk.doctor.facts import DiskFacts, FolderFacts, InstanceFacts, MemoryFacts, SleepFacts, WebViewFacts
from tests.fakes.clock import HOUR_MS, YEAR_MS
from tests.fakes.probes import CLOCK, DISK, FOLDER, GIGABYTE, INSTANCES, MEMORY, NOW, SLEEP, VERSION, WEBVIEW
from tests.kiosk.doctor.test_phone_checks import told
from web.ui.check_port import Cure

MINUTE_MS = 60_000


def test_a_clock_before_the_release_or_far_after_it_is_found() -> None:
    assert told(judge_clock(CLOCK)) == ("pass", "plausible", None)
    assert told(judge_clock(replace(CLOCK, now_ms=CLOCK.released_ms - 1))) == ("fail", "too_early", Cure.CLOCK_HELP)
    late = CLOCK.released_ms + LONGEST_LIFE_MS + 1
    assert told(judge_clock(replace(CLOCK, now_ms=late))) == ("fail", "too_late", Cure.CLOCK_HELP)


@pytest.mark.parametrize(
    ("ahead_ms", "expected"),
    [
        (4 * MINUTE_MS, ("pass", "agrees", None)),
        (-4 * MINUTE_MS, ("pass", "agrees", None)),
        (20 * MINUTE_MS, ("warn", "ahead", Cure.CLOCK_HELP)),
        (-20 * MINUTE_MS, ("warn", "behind", Cure.CLOCK_HELP)),
        (10 * YEAR_MS, ("fail", "ahead", Cure.CLOCK_HELP)),
        (-2 * YEAR_MS, ("fail", "behind", Cure.CLOCK_HELP)),
        (None, ("pass", "not_connected", None)),
    ],
)
def test_a_clock_that_differs_from_the_clouds_is_found(
    ahead_ms: int | None, expected: tuple[str, str, Cure | None]
) -> None:
    assert told(judge_cloud_clock(replace(CLOCK, cloud_ahead_ms=ahead_ms))) == expected


@pytest.mark.parametrize(
    ("offsets_ms", "expected"),
    [
        ((-4_000, 2_000, 900), ("pass", "agrees", None)),
        ((), ("pass", "no_pushes", None)),
        # Edited in the morning, pushed in the evening: nothing is wrong.
        ((-9 * HOUR_MS, -8 * HOUR_MS, -7 * HOUR_MS), ("pass", "agrees", None)),
        # One phone is wrong: that is not this computer's clock.
        ((-1_000, 3 * YEAR_MS, -2_000), ("pass", "agrees", None)),
        ((20 * MINUTE_MS, 19 * MINUTE_MS, -60_000), ("warn", "behind", Cure.CLOCK_HELP)),
        ((2 * YEAR_MS, 2 * YEAR_MS), ("fail", "behind", Cure.CLOCK_HELP)),
        ((-10 * YEAR_MS, -10 * YEAR_MS), ("fail", "ahead", Cure.CLOCK_HELP)),
    ],
)
def test_a_clock_that_differs_from_most_phones_is_found(
    offsets_ms: tuple[int, ...], expected: tuple[str, str, Cure | None]
) -> None:
    assert told(judge_phone_clocks(replace(CLOCK, phone_offsets_ms=offsets_ms))) == expected


@pytest.mark.parametrize(
    ("cloud_ms", "phones_ms", "verdict"),
    [
        (800, (-4_000,), "pass"),
        (None, (), "pass"),
        (2 * HOUR_MS + 40_000, (), "warn"),
        (-(5 * HOUR_MS + 30 * MINUTE_MS), (), "warn"),
        (None, (3 * HOUR_MS, 3 * HOUR_MS - 5_000), "warn"),
        (None, (-3 * HOUR_MS, -3 * HOUR_MS), "pass"),  # three hours between edit and push say nothing
        (40 * MINUTE_MS, (), "pass"),
        (2 * YEAR_MS, (), "pass"),
    ],
)
def test_a_clock_set_right_in_a_wrong_zone_is_off_by_whole_half_hours(
    cloud_ms: int | None, phones_ms: tuple[int, ...], verdict: str
) -> None:
    judgement = judge_time_zone(replace(CLOCK, cloud_ahead_ms=cloud_ms, phone_offsets_ms=phones_ms))
    assert judgement.verdict.value == verdict
    assert judgement.values["zone"] == "EET"


def test_too_little_room_is_found_before_there_is_none() -> None:
    assert told(judge_disk(DISK)) == ("pass", "enough", None)
    assert told(judge_disk(replace(DISK, free_bytes=4 * GIGABYTE))) == ("warn", "low", Cure.DISK_HELP)
    assert told(judge_disk(DiskFacts(20 * GIGABYTE, 10 * GIGABYTE))) == ("warn", "low", Cure.DISK_HELP)
    assert told(judge_disk(replace(DISK, free_bytes=GIGABYTE // 4))) == ("fail", "full", Cure.DISK_HELP)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (FOLDER, ("pass", "safe", None)),
        (FolderFacts(is_writable=False), ("fail", "not_writable", None)),
        (replace(FOLDER, is_remote=True), ("fail", "remote", None)),
        (replace(FOLDER, synced_by="OneDrive"), ("fail", "synced", None)),
        (replace(FOLDER, file_system="exFAT"), ("warn", "fat", None)),
        (replace(FOLDER, file_system="ext4"), ("pass", "safe", None)),
    ],
)
def test_a_data_folder_in_a_bad_place_is_found(facts: FolderFacts, expected: tuple[str, str, Cure | None]) -> None:
    assert told(judge_folder(facts)) == expected


def test_too_little_memory_is_found() -> None:
    assert told(judge_memory(MEMORY)) == ("pass", "enough", None)
    assert told(judge_memory(MemoryFacts(GIGABYTE // 3))) == ("warn", "low", None)
    assert told(judge_memory(MemoryFacts(GIGABYTE // 20))) == ("fail", "full", None)


def test_a_computer_that_will_go_to_sleep_is_found_unless_it_is_kept_awake() -> None:
    assert told(judge_sleep(SLEEP)) == ("pass", "kept_awake", None)
    assert told(judge_sleep(SleepFacts(0, is_kept_awake=False))) == ("pass", "never", None)
    assert told(judge_sleep(SleepFacts(None, is_kept_awake=True))) == ("pass", "kept_awake", None)
    assert told(judge_sleep(SleepFacts(None, is_kept_awake=False))) == ("unknown", "not_measured", None)
    judgement = judge_sleep(SleepFacts(30, is_kept_awake=False))
    assert told(judgement) == ("warn", "sleeps", Cure.SLEEP_HELP)
    assert judgement.values == {"minutes": 30}


def test_a_missing_webview_is_found_where_one_is_needed() -> None:
    assert told(judge_webview(WEBVIEW)) == ("pass", "present", None)
    assert told(judge_webview(WebViewFacts(is_needed=True))) == ("warn", "missing", None)
    assert told(judge_webview(WebViewFacts(is_needed=False))) == ("pass", "not_here", None)


def test_another_server_on_this_computer_is_found() -> None:
    assert told(judge_instances(INSTANCES)) == ("pass", "alone", None)
    assert told(judge_instances(InstanceFacts(2))) == ("warn", "others", None)


def test_an_old_program_and_one_beside_another_version_are_found() -> None:
    assert told(judge_version(VERSION)) == ("pass", "current", None)
    assert told(judge_version(replace(VERSION, running=None))) == ("pass", "current", None)
    assert told(judge_version(replace(VERSION, running="0.0.9"))) == ("warn", "mixed", None)
    assert told(judge_version(replace(VERSION, now_ms=NOW + 2 * YEAR_MS))) == ("warn", "old", None)
