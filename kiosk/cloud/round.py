"""One exchange with the cloud as named steps: check the key, pull, push, pull again to see what it kept (DESIGN §7).

Knows nothing of when rounds run (kiosk/cloud/loop.py) or of what becomes of a row (db/cloud). Every step may be
repeated: killed or broken off anywhere, the next round goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from db.clock import Clock
from db.cloud.arrivals import Arrival, Arrivals
from db.cloud.aside import likely_refusal, set_aside, waiting_to_upload
from db.cloud.fitting import fit_waiting
from db.cloud.queue import Batch, Position, Rules, next_batch, note_answered, start_position
from db.cloud.reckoning import begin_full_pull, finish_pull, halt, looks_emptied
from db.cloud.state import CloudAccess, CloudState, Halt, change_state, read_access, read_state, write_access
from db.cloud.strangers import find_strangers
from db.database import Database
from db.errors import CloudHalted, CloudNotConnected, CloudPushAborted, CloudPushTooLarge
from db.sync_log import SyncEntry, SyncKind, log_sync
from kiosk.cloud.connecting import Connect
from kiosk.cloud.pace import Pace

if TYPE_CHECKING:
    from kiosk.cloud.client import CloudClient, CloudPull

OVERLAP_MS = 60_000
"""A pull goes back so far: the cloud overlooks what was being written when it answered (CLOUD §3)."""
EVERYTHING_SINCE = 1
"""Instead of 0, with which the cloud lists no deletions."""
FULL_PULL_EVERY_MS = 24 * 3_600_000
CHECK_KEY_EVERY_MS = 24 * 3_600_000
ROWS_AT_ONCE = 5_000
BYTES_AT_ONCE = 4_000_000
FIRST_BATCH = 200
LARGEST_BATCH = 2_000
AIM_S = 4.0
CONFIRM_EVERY = 5_000
"""Records sent: then the cloud is asked what it kept. What it shows back of a long time offline would else be one reply
of many megabytes at the end, which a bad line never gets to its end."""
DEVICES = "devices"


class CloudStopped(Exception):
    """The program ends: the round goes on another time."""


class Phase(StrEnum):
    """What a round is doing."""

    CHECKING = "checking"
    PULLING = "pulling"
    PUSHING = "pushing"
    CONFIRMING = "confirming"


@dataclass(frozen=True)
class Progress:
    """How far a round is: records so far in this phase; ``total`` None: nobody knows."""

    phase: Phase
    done: int = 0
    total: int | None = None


@dataclass(frozen=True)
class RoundSettings:
    """What a round needs besides the database. ``count`` is told of bytes that went over
    the line, ``checkpoint`` the name of each point that a kill may come at;
    ``should_stop`` is asked between pieces of work; ``monotonic``: seconds."""

    clock: Clock
    connect: Connect
    pace: Pace
    report: Callable[[Progress], None] = lambda _: None
    count: Callable[[int], None] = lambda _: None
    checkpoint: Callable[[str], None] = lambda _: None
    should_stop: Callable[[], bool] = lambda: False
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class RoundResult:
    """What a round did, in records."""

    pulled: int
    pushed: int
    set_aside: int


class Round:
    """One round. ``check_key``: ask the cloud first whether this is still its computer."""

    def __init__(self, database: Database, settings: RoundSettings, *, check_key: bool = False) -> None:
        self._database = database
        self._settings = settings
        self._must_check = check_key
        self._batch_size = FIRST_BATCH
        self._pushed = 0
        self._pulled = 0
        self._set_aside = 0
        self._pushed_counts: dict[str, int] = {}
        self._bytes = 0

    def run(self) -> RoundResult:
        """Does it. Raises CloudNotConnected, CloudHalted, CloudStopped, a CloudFailure, or what storage raises."""
        access, state = self._begin()
        self._settings.checkpoint("round begun")
        client = self._settings.connect(access)
        try:
            if self._must_check or self._now - state.checked_at_ms > CHECK_KEY_EVERY_MS:
                access = self._check_key(client, access)
            self._pull(client, access, Phase.PULLING)
            if self._push(client, access):
                self._pull(client, access, Phase.CONFIRMING)
        finally:
            client.close()
        return RoundResult(self._pulled, self._pushed, self._set_aside)

    @property
    def _now(self) -> int:
        return self._settings.clock.now_ms()

    def _begin(self) -> tuple[CloudAccess, CloudState]:
        with self._database.read() as snapshot:
            access, state = read_access(snapshot), read_state(snapshot)
        if access is None:
            raise CloudNotConnected
        if state.halt:
            raise CloudHalted(why=state.halt)
        return access, state

    def _check_key(self, client: CloudClient, access: CloudAccess) -> CloudAccess:
        self._settings.report(Progress(Phase.CHECKING))
        device = client.verify_key()
        self._settings.checkpoint("key checked")
        if device.id != access.device_id:
            halt(self._database, Halt.OTHER_CLOUD)
            raise CloudHalted(why=Halt.OTHER_CLOUD.value)
        with self._database.write() as transaction:
            change_state(transaction, checked_at_ms=self._now)
        return self._note_clinics(access, device.clinic_ids)

    def _note_clinics(self, access: CloudAccess, clinic_ids: tuple[str, ...]) -> CloudAccess:
        """The key is for other clinics than before: their old rows come only with a full pull (CLOUD §3)."""
        if sorted(clinic_ids) == sorted(access.clinic_ids):
            return access
        access = msgspec.structs.replace(access, clinic_ids=clinic_ids)
        with self._database.write() as transaction:
            write_access(transaction, access)
            change_state(transaction, is_full_pull_due=True)
        self._settings.checkpoint("clinics noted")
        return access

    def _pull(self, client: CloudClient, access: CloudAccess, phase: Phase) -> None:
        with self._database.read() as snapshot:
            state = read_state(snapshot)
        is_full = state.is_full_pull_due or self._now - state.full_pull_at_ms > FULL_PULL_EVERY_MS
        number = begin_full_pull(self._database) if is_full else state.full_pull
        self._settings.checkpoint("pull begun")
        since = EVERYTHING_SINCE if is_full else max(state.cursor_ms - OVERLAP_MS, EVERYTHING_SINCE)
        arrivals = Arrivals(self._database, number)
        own_clinics: tuple[str, ...] | None = None
        self._wait_for_turn()
        self._settings.report(Progress(phase))
        with client.pull(since) as pull:
            for pieces in self._pieces(pull):
                arrivals.apply(pieces)
                self._settings.checkpoint("piece applied")
                own_clinics = _clinics_of(access.device_id, pieces) or own_clinics
                self._settings.report(Progress(phase, sum(arrivals.counts.values())))
        self._settings.count(pull.received_bytes)
        self._settings.checkpoint("pull received")
        self._pulled += sum(arrivals.counts.values())
        if is_full:
            self._check_not_emptied(number)
        finish_pull(self._database, pull.timestamp, number if is_full else None)
        self._settings.checkpoint("cursor moved")
        self._note_clock(pull.server_date_ms)
        if own_clinics is not None:
            self._note_clinics(access, own_clinics)

    def _pieces(self, pull: CloudPull) -> Iterator[list[Arrival]]:
        """The rows of a pull in pieces that go into one transaction each, in the order they came."""
        pieces: list[Arrival] = []
        rows, bytes_before = 0, 0
        for row in pull:
            if self._settings.should_stop():
                raise CloudStopped
            if not pieces or pieces[-1].table != row.table:
                pieces.append(Arrival(row.table))
            if isinstance(row.value, str):
                pieces[-1].deleted.append(row.value)
            else:
                pieces[-1].rows.append(row.value)
            rows += 1
            if rows >= ROWS_AT_ONCE or pull.received_bytes - bytes_before >= BYTES_AT_ONCE:
                yield pieces
                pieces, rows, bytes_before = [], 0, pull.received_bytes
        if pieces:
            yield pieces

    def _check_not_emptied(self, number: int) -> None:
        with self._database.read() as snapshot:
            is_emptied = looks_emptied(snapshot, number)
        if is_emptied:
            halt(self._database, Halt.LOOKS_EMPTY)
            raise CloudHalted(why=Halt.LOOKS_EMPTY.value)

    def _note_clock(self, server_date_ms: int | None) -> None:
        if server_date_ms is not None:
            with self._database.write() as transaction:
                change_state(transaction, clock_ahead_ms=self._now - server_date_ms)
            self._settings.checkpoint("clock noted")

    def _push(self, client: CloudClient, access: CloudAccess) -> bool:
        """Sends what waits; returns whether anything was sent that no pull has come after."""
        with self._database.read() as snapshot:
            access = read_access(snapshot) or access  # its clinics may have changed with the pull
            ahead = read_state(snapshot).clock_ahead_ms
        home = access.clinic_ids[0] if access.clinic_ids else None
        fit_waiting(self._database, home)
        self._settings.checkpoint("records fitted")
        with self._database.read() as snapshot:
            position = start_position(snapshot)
            total = waiting_to_upload(snapshot)
            strangers = find_strangers(snapshot, home)
        unconfirmed = 0
        while not position.is_at_end:
            rules = Rules(frozenset(access.clinic_ids), strangers.unknown_users, self._now - ahead)
            batch, position = self._next_batch(position, rules)
            if batch is None:
                continue
            self._send(client, batch)
            unconfirmed += len(batch.records)
            self._settings.report(Progress(Phase.PUSHING, self._pushed, max(total, self._pushed)))
            if unconfirmed >= CONFIRM_EVERY and not position.is_at_end:
                self._pull(client, access, Phase.CONFIRMING)
                unconfirmed = 0
        if self._pushed_counts:
            self._log_push()
        return unconfirmed > 0

    def _next_batch(self, position: Position, rules: Rules) -> tuple[Batch | None, Position]:
        if self._settings.should_stop():
            raise CloudStopped
        batch, position = next_batch(self._database, position, rules, self._batch_size)
        self._settings.checkpoint("batch marked")
        return batch, position

    def _send(self, client: CloudClient, batch: Batch) -> None:
        """Sends a batch; halves it where the cloud fails, until the record it fails at is alone."""
        self._wait_for_turn()
        began = self._settings.monotonic()
        try:
            answer = client.push(batch.changes)
        except (CloudPushAborted, CloudPushTooLarge) as failure:
            self._settings.checkpoint("batch refused")
            self._send_apart(client, batch, failure)
            return
        self._settings.checkpoint("batch sent")
        note_answered(self._database, batch)
        self._settings.checkpoint("answer noted")
        self._pushed += len(batch.records)
        self._bytes += answer.sent_bytes
        self._settings.count(answer.sent_bytes)
        for record in batch.records:
            self._pushed_counts[record.table] = self._pushed_counts.get(record.table, 0) + 1
        self._adapt(len(batch.records), self._settings.monotonic() - began)

    def _send_apart(self, client: CloudClient, batch: Batch, failure: CloudPushAborted | CloudPushTooLarge) -> None:
        if self._settings.should_stop():
            raise CloudStopped
        if len(batch.records) > 1:
            for half in batch.halves():
                self._send(client, half)
            return
        # A cloud in trouble fails at everything: only one that is well otherwise has refused this record.
        client.verify_key()
        record = batch.records[0]
        with self._database.write() as transaction:
            reason = likely_refusal(record.wire)
            set_aside(transaction, record.table, record.record_id, record.entry_stamp, reason)
        self._set_aside += 1
        self._settings.checkpoint("record set aside")

    def _adapt(self, records: int, seconds: float) -> None:
        """Larger batches while they are quick, smaller ones on a slow line: a lost one costs little then."""
        if seconds > AIM_S:
            self._batch_size = max(int(records * AIM_S / seconds), 1)
        elif records >= self._batch_size and seconds < AIM_S / 2:
            self._batch_size = min(self._batch_size * 2, LARGEST_BATCH)

    def _wait_for_turn(self) -> None:
        if not self._settings.pace.wait_for_turn(self._settings.should_stop):
            raise CloudStopped

    def _log_push(self) -> None:
        with self._database.write() as transaction:
            log_sync(
                transaction,
                SyncEntry(SyncKind.CLOUD_PUSH, "cloud", None, None, self._pushed_counts, bytes=self._bytes),
            )
        self._settings.checkpoint("push logged")


def _clinics_of(device_id: str, pieces: list[Arrival]) -> tuple[str, ...] | None:
    """The clinics of this computer's key, where the pull told them anew."""
    for piece in pieces:
        if piece.table == DEVICES:
            for row in piece.rows:
                if row.get("id") == device_id and isinstance(row.get("clinic_ids"), list):
                    return tuple(str(clinic) for clinic in row["clinic_ids"])
    return None
