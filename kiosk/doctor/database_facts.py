"""Reads from the database what the checks judge: one snapshot, quickly.

Knows nothing of how it is judged.
"""

from __future__ import annotations

from collections.abc import Mapping

from db.cloud.aside import aside_count
from db.cloud.state import read_access, read_state
from db.database import Database, Snapshot
from db.devices import recent_devices
from db.health import born_at, last_check, last_round, oldest_waiting, phone_clock_offsets, revision_of
from db.migrate import newest_revision
from db.outbox import waiting_count
from db.settings import read_settings
from db.sync_log import SyncKind
from kiosk.doctor.facts import CloudFacts, DataFacts

MOST_PHONES = 1_000


def read_data_facts(database: Database, now_ms: int) -> DataFacts:
    """Raises HubError."""
    with database.read() as snapshot:
        settings = read_settings(snapshot)
        by_name = {setting.value: value for setting, value in settings.items()}
        check = last_check(settings)
        phones = recent_devices(snapshot, MOST_PHONES)
        state = read_state(snapshot)
        return DataFacts(
            now_ms=now_ms,
            born_ms=born_at(snapshot),
            checked_ms=check.at_ms if check else None,
            faults=check.faults if check else 0,
            revision=revision_of(snapshot),
            newest_revision=newest_revision(),
            backed_up_ms=_moment(by_name, "last_backup_at"),
            drilled_ms=_moment(by_name, "last_drill_at"),
            drill_result=by_name.get("last_drill_result", ""),
            phones=len(phones),
            last_phone_sync_ms=phones[0].last_sync_at if phones else None,
            phone_offsets_ms=phone_clock_offsets(snapshot, now_ms),
            cloud_ahead_ms=state.clock_ahead_ms if state.last_success_ms else None,
            cloud=_cloud_facts(snapshot),
        )


def _cloud_facts(snapshot: Snapshot) -> CloudFacts:
    if read_access(snapshot) is None:
        return CloudFacts(is_connected=False)
    state = read_state(snapshot)
    last = last_round(snapshot, SyncKind.CLOUD_PULL)
    return CloudFacts(
        is_connected=True,
        is_paused=state.is_paused,
        halt=state.halt,
        last_success_ms=state.last_success_ms,
        last_try_ms=state.last_try_ms,
        round_ms=last.duration_ms if last else None,
        waiting=waiting_count(snapshot),
        oldest_waiting_ms=oldest_waiting(snapshot),
        set_aside=aside_count(snapshot),
    )


def _moment(settings: Mapping[str, str], name: str) -> int | None:
    """A time that the backups note (kiosk/backup); None where they have not noted one."""
    text = settings.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text) else None
