"""What staff sees of the cloud and decides about it here, done: the implementation of web.ui.cloud_port.CloudPort.

Knows nothing of HTTP, neither the pages' nor the cloud's: connecting and rounds are done by whoever is passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from db.clock import Clock
from db.cloud.aside import aside_count, discard, list_aside, retry, waiting_to_upload
from db.cloud.receipts import Hops, hops_in_total
from db.cloud.reckoning import begin_anew
from db.cloud.state import CloudAccess, change_state, read_access, read_metering, read_state
from db.conflicts import conflict_count, list_conflicts, settle_conflict
from db.database import Database, Snapshot
from db.errors import InvalidInput
from db.history import restore_version
from db.records import load_rows
from db.settings import Setting, read_setting, write_setting
from kiosk.cloud.enrolment import end_enrolment
from kiosk.kept_reading import KeptReading
from web.ui.cloud_port import AsideView, CloudView, ConflictView, DifferingValue, Receipt

CHANNEL = "window"
USUAL_MINUTES = 5
MOST_MINUTES = 24 * 60
MEGABYTE = 10**6
MOST_MEGABYTES = 10**6


@dataclass(frozen=True)
class Activity:
    """The round under way and the next one. See CloudView."""

    is_running: bool = False
    phase: str | None = None
    done: int = 0
    total: int | None = None
    next_try_ms: int | None = None


class Connect(Protocol):
    """See CloudPort.connect."""

    def __call__(self, url: str, key: str, *, may_replace: bool) -> None:
        """Check the key and remember the connection."""
        ...


class CloudDesk:
    """Safe for many threads: every method is one transaction."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        connect: Connect,
        sync_now: Callable[[], None],
        activity: Callable[[], Activity],
    ) -> None:
        self._database = database
        self._clock = clock
        self._connect = connect
        self._sync_now = sync_now
        self._activity = activity
        self._kept = KeptReading(database, _read_view)

    def view(self) -> CloudView:
        """See CloudPort."""
        activity = self._activity()
        today = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC).astimezone().strftime("%Y-%m-%d")
        return replace(
            self._kept.current(today),
            is_running=activity.is_running,
            phase=activity.phase,
            done=activity.done,
            total=activity.total,
            next_try_ms=activity.next_try_ms,
        )

    def connect(self, url: str, key: str, *, may_replace: bool = False) -> None:
        """See CloudPort."""
        self._connect(url, key, may_replace=may_replace)

    def disconnect(self) -> None:
        """See CloudPort."""
        end_enrolment(self._database)

    def sync_now(self) -> None:
        """See CloudPort."""
        self._sync_now()

    def pause(self) -> None:
        """See CloudPort."""
        with self._database.write() as transaction:
            change_state(transaction, is_paused=True)

    def resume(self) -> None:
        """See CloudPort."""
        with self._database.write() as transaction:
            change_state(transaction, is_paused=False)

    def go_on(self, *, refill: bool) -> None:
        """See CloudPort."""
        if refill:
            begin_anew(self._database)
        with self._database.write() as transaction:
            change_state(transaction, halt="", is_full_pull_due=True)
        self._sync_now()

    def choose_minutes(self, minutes: int) -> None:
        """See CloudPort."""
        if not 1 <= minutes <= MOST_MINUTES:
            raise InvalidInput(path="minutes")
        self._write(Setting.CLOUD_MINUTES, minutes)

    def choose_daily_limit(self, megabytes: int) -> None:
        """See CloudPort."""
        if not 0 <= megabytes <= MOST_MEGABYTES:
            raise InvalidInput(path="megabytes")
        self._write(Setting.CLOUD_DAILY_BYTES, megabytes * MEGABYTE)

    def list_aside(self, count: int) -> tuple[AsideView, ...]:
        """See CloudPort."""
        with self._database.read() as snapshot:
            records = list_aside(snapshot, count)
        return tuple(AsideView(each.table, each.record_id, each.name, each.reason.value, each.at) for each in records)

    def retry(self, table: str | None = None, record_id: str | None = None) -> None:
        """See CloudPort."""
        retry(self._database, table, record_id)

    def discard(self, table: str, record_id: str) -> None:
        """See CloudPort."""
        discard(self._database, table, record_id)

    def list_conflicts(self, count: int) -> tuple[ConflictView, ...]:
        """See CloudPort."""
        with self._database.read() as snapshot:
            conflicts = list_conflicts(snapshot, count)
        return tuple(
            ConflictView(
                table=each.table,
                record_id=each.record_id,
                version=each.version,
                patient_name=each.patient_name,
                at_ms=each.at,
                by_name=each.by,
                values=tuple(DifferingValue(column, current, other) for column, current, other in each.values),
                is_deleted=each.is_deleted,
            )
            for each in conflicts
        )

    def restore(self, table: str, record_id: str, version: int) -> None:
        """See CloudPort. Should the program end in between, the conflict is shown once more."""
        restore_version(self._database, table, record_id, version, CHANNEL, only_lost=True)
        settle_conflict(self._database, version)

    def settle(self, version: int) -> None:
        """See CloudPort."""
        settle_conflict(self._database, version)

    def _write(self, setting: Setting, number: int) -> None:
        with self._database.write() as transaction:
            write_setting(transaction, setting, str(number))


def _read_view(snapshot: Snapshot, today: str) -> CloudView:
    """What a view takes from the database."""
    access, state, metering = read_access(snapshot), read_state(snapshot), read_metering(snapshot, today)
    return CloudView(
        is_connected=access is not None,
        url=access.url if access else "",
        device_name=access.device_name if access else "",
        clinic_names=_clinic_names(snapshot, access),
        last_success_ms=state.last_success_ms,
        last_try_ms=state.last_try_ms,
        last_result=state.last_result,
        is_paused=state.is_paused,
        halt=state.halt or None,
        clock_ahead_ms=state.clock_ahead_ms,
        receipt=receipt_of(hops_in_total(snapshot)),
        to_send=waiting_to_upload(snapshot),
        set_aside=aside_count(snapshot),
        conflicts=conflict_count(snapshot),
        minutes=int(read_setting(snapshot, Setting.CLOUD_MINUTES) or USUAL_MINUTES),
        daily_limit_bytes=metering.limit_bytes,
        used_today_bytes=metering.used_bytes,
    )


def receipt_of(hops: Hops) -> Receipt:
    """Where records are, as the pages show it."""
    return Receipt(hops.here, hops.in_cloud, hops.waiting)


def _clinic_names(snapshot: Snapshot, access: CloudAccess | None) -> tuple[str, ...]:
    ids = access.clinic_ids if access else ()
    stored = load_rows(snapshot, "clinics", list(ids))
    return tuple(str(stored[each].data.get("name") or each) if each in stored else each for each in ids)
