"""Whether the records are safe: what to think of the database, its backups, and the way to the cloud.

Knows nothing of how the facts were measured. Pure functions.
"""

from __future__ import annotations

from db.cloud.state import Halt
from kiosk.doctor.facts import DataFacts
from kiosk.doctor.judgement import Judgement, bad, doubtful, good, unclear
from web.ui.check_port import Cure, SharedReason

DAY_MS = 24 * 3_600_000
CHECK_DUE_MS = 3 * DAY_MS
CHECK_OLD_MS = 14 * DAY_MS
BACKUP_DUE_MS = 2 * DAY_MS
BACKUP_OLD_MS = 7 * DAY_MS
DRILL_DUE_MS = 10 * DAY_MS
DRILL_OLD_MS = 21 * DAY_MS
CLOUD_SILENT_MS = 3 * DAY_MS
WAITING_LONG_MS = 2 * DAY_MS
WAITING_TOO_LONG_MS = 14 * DAY_MS
SLOW_ROUND_S = 60
BUSY = "storage_busy"
NEWER = "newer_database"


def judge_database(facts: DataFacts) -> Judgement:
    """Whether the database can be read and was found sound lately."""
    if facts.failure == BUSY:
        return unclear()
    if facts.failure:
        return bad("cannot_open", code=facts.failure)
    if facts.is_absent:
        return good("none_yet")
    if facts.faults:
        return bad("faults", count=facts.faults)
    if facts.checked_ms is None:
        is_new = facts.now_ms - facts.born_ms < CHECK_DUE_MS
        return good("not_due") if is_new else doubtful("never", Cure.CHECK_DATABASE)
    if facts.now_ms - facts.checked_ms > CHECK_OLD_MS:
        return doubtful("long_ago", Cure.CHECK_DATABASE, when=facts.checked_ms)
    return good("sound", when=facts.checked_ms)


def judge_migrations(facts: DataFacts) -> Judgement:
    """Whether the tables are those of this release."""
    if facts.failure == NEWER:
        return bad("newer")
    if facts.failure:
        return unclear(SharedReason.NO_DATABASE)
    if facts.is_absent or facts.revision == facts.newest_revision:
        return good("newest")
    return bad("behind")


def judge_backup(facts: DataFacts) -> Judgement:
    """Whether there is a backup of these days."""
    if facts.failure:
        return unclear(SharedReason.NO_DATABASE)
    if facts.backed_up_ms is None:
        is_new = facts.is_absent or facts.now_ms - facts.born_ms < BACKUP_DUE_MS
        return good("not_due") if is_new else bad("never", Cure.BACK_UP_NOW)
    age_ms = facts.now_ms - facts.backed_up_ms
    if age_ms > BACKUP_OLD_MS:
        return bad("old", Cure.BACK_UP_NOW, when=facts.backed_up_ms)
    if age_ms > BACKUP_DUE_MS:
        return doubtful("old", Cure.BACK_UP_NOW, when=facts.backed_up_ms)
    return good("recent", when=facts.backed_up_ms)


def judge_drill(facts: DataFacts) -> Judgement:
    """Whether a backup was opened and found good lately."""
    if facts.failure:
        return unclear(SharedReason.NO_DATABASE)
    if facts.drilled_ms is None:
        is_new = facts.is_absent or facts.backed_up_ms is None or facts.now_ms - facts.born_ms < DRILL_DUE_MS
        return good("not_due") if is_new else doubtful("never", Cure.BACK_UP_NOW)
    if facts.drill_result != "ok":
        return bad("failed", Cure.BACK_UP_NOW, when=facts.drilled_ms)
    if facts.now_ms - facts.drilled_ms > DRILL_OLD_MS:
        return doubtful("long_ago", Cure.BACK_UP_NOW, when=facts.drilled_ms)
    return good("sound", when=facts.drilled_ms)


def judge_cloud(facts: DataFacts) -> Judgement:
    """Whether the cloud was reached lately. A day without internet is normal (DESIGN §7)."""
    if (unusable := _without_cloud(facts)) is not None:
        return unusable
    cloud = facts.cloud
    if cloud.is_paused:
        return doubtful("paused", Cure.OPEN_CLOUD)
    if not cloud.last_success_ms:
        return doubtful("never", Cure.SYNC_NOW) if cloud.last_try_ms else good("not_yet")
    if facts.now_ms - cloud.last_success_ms > CLOUD_SILENT_MS:
        return doubtful("long_ago", Cure.SYNC_NOW, when=cloud.last_success_ms)
    return good("lately", when=cloud.last_success_ms)


def judge_cloud_key(facts: DataFacts) -> Judgement:
    """Whether the exchange waits for a person's decision."""
    if (unusable := _without_cloud(facts)) is not None:
        return unusable
    if facts.cloud.halt in set(Halt):
        return bad(facts.cloud.halt, Cure.OPEN_CLOUD)
    return good("accepted")


def judge_cloud_speed(facts: DataFacts) -> Judgement:
    """Whether a round takes so long that the line must be bad."""
    if (unusable := _without_cloud(facts)) is not None:
        return unusable
    if facts.cloud.round_ms is None:
        return good("no_round")
    seconds = -(-facts.cloud.round_ms // 1000)
    return doubtful("slow", seconds=seconds) if seconds > SLOW_ROUND_S else good("quick", seconds=seconds)


def judge_outbox(facts: DataFacts) -> Judgement:
    """Whether changes get to the cloud."""
    if (unusable := _without_cloud(facts)) is not None:
        return unusable
    cloud = facts.cloud
    if not cloud.waiting or cloud.oldest_waiting_ms is None:
        return good("empty")
    age_ms = facts.now_ms - cloud.oldest_waiting_ms
    if age_ms > WAITING_LONG_MS:
        judge = bad if age_ms > WAITING_TOO_LONG_MS else doubtful
        return judge("waiting", Cure.SYNC_NOW, count=cloud.waiting, when=cloud.oldest_waiting_ms)
    return good("moving", count=cloud.waiting)


def judge_set_aside(facts: DataFacts) -> Judgement:
    """Whether there are records the cloud would not keep."""
    if (unusable := _without_cloud(facts)) is not None:
        return unusable
    return doubtful("some", Cure.OPEN_CLOUD, count=facts.cloud.set_aside) if facts.cloud.set_aside else good("none")


def _without_cloud(facts: DataFacts) -> Judgement | None:
    """What to say where nothing is known of a cloud; None where there is one."""
    if facts.failure:
        return unclear(SharedReason.NO_DATABASE)
    return None if facts.cloud.is_connected else good(SharedReason.NOT_CONNECTED)
