"""Applies what a phone pushed: one transaction, all or nothing, never refused for a conflict (DESIGN §6).

Knows nothing of HTTP, nor of what becomes of a single row (db/push_rows.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from db.changeset import Changeset
from db.database import Database, Transaction
from db.devices import AppGeneration, DeviceStatus, count_traffic, find_device, remember_device
from db.errors import PhoneRevoked
from db.marks import Pull, claim, find_pull_of_device_push, find_pull_of_push
from db.push_gate import gate_for
from db.push_rows import PushedRows
from db.sync_log import SyncEntry, SyncKind, SyncNote, log_sync


@dataclass(frozen=True)
class Sender:
    """Who pushes. ``mark``: the timestamp the phone shows, 0 when it shows none that can be read. ``login_clinic``:
    of the sign-in, "" for none; None only where no member of staff stands behind the push: nothing is asked then.
    ``device_id``: the phone, where the channel proves it (RPC)."""

    user_id: str
    address: str
    mark: int
    body_bytes: int
    login_clinic: str | None
    device_id: str | None = None


@dataclass(frozen=True)
class PushResult:
    """What came of a push, for the caller's log."""

    received: int
    changed: bool
    notes: tuple[SyncNote, ...]


def apply_push(database: Database, changeset: Changeset, sender: Sender, started_ms: int) -> PushResult:
    """Applies a push; when this returns, it is on the disk. ``started_ms``: wall clock, for the log.

    Raises PhoneRevoked, StorageBusy, DiskFull or StorageFailed; then nothing of it was stored.
    """
    with database.write() as transaction:
        pull = _pull_of(transaction, sender)
        device_id = sender.device_id or (pull.device_id if pull else None)
        _check_not_revoked(transaction, device_id)
        gate = None
        if sender.login_clinic is not None:
            gate = gate_for(transaction, sender.user_id, sender.login_clinic)
        application = PushedRows(transaction, pull, gate, holds_what_it_sent=not changeset.is_mended)
        application.apply(changeset)
        notes = application.notes | ({SyncNote.SERVER_OWNED_IGNORED} if changeset.ignored else set())
        counts = {name: changes.size for name, changes in changeset.tables.items()}
        entry = SyncEntry(
            kind=SyncKind.PUSH,
            channel=_channel(sender, pull),
            device_id=device_id,
            user_id=sender.user_id,
            counts=counts,
            bytes=sender.body_bytes,
            duration_ms=max(transaction.now_ms - started_ms, 0),
            notes=tuple(sorted(notes)),
        )
        changed = not application.changes.is_empty
        application.changes.flush(log_sync(transaction, entry))
        received = sum(counts.values())
        if pull and not pull.is_claimed:
            claim(transaction, pull.mark)
        if device_id:
            generation = _generation(sender, pull, changeset)
            _note_sender(transaction, device_id, sender, generation, received)
        return PushResult(received, changed, entry.notes)


def _pull_of(transaction: Transaction, sender: Sender) -> Pull | None:
    """The pull of the same sync, where it is proven. A push that shows no mark proves little: another phone of the
    same user is told by its address, at least."""
    if sender.device_id is not None:
        return find_pull_of_device_push(transaction, sender.mark, sender.user_id, sender.device_id)
    pull = find_pull_of_push(transaction, sender.mark, sender.user_id)
    if pull is None or sender.mark > 0:
        return pull
    device = find_device(transaction, pull.device_id)
    return pull if device and device.address == sender.address else None


def _check_not_revoked(transaction: Transaction, device_id: str | None) -> None:
    device = find_device(transaction, device_id) if device_id else None
    if device is not None and device.status is DeviceStatus.REVOKED:
        raise PhoneRevoked


def _channel(sender: Sender, pull: Pull | None) -> str:
    if sender.device_id is not None:
        return "hub"
    return "library" if pull and pull.says_schema else "first"


def _generation(sender: Sender, pull: Pull | None, changeset: Changeset) -> AppGeneration:
    """What a push tells of the app that sent it."""
    if sender.device_id is not None or pull is None or pull.says_schema:
        return AppGeneration.LATER
    is_first = changeset.sends_deleted_rows or sender.mark == pull.since_mark
    return AppGeneration.FIRST if is_first else AppGeneration.UNKNOWN


def _note_sender(
    transaction: Transaction, device_id: str, sender: Sender, generation: AppGeneration, received: int
) -> None:
    remember_device(transaction, device_id, user_id=sender.user_id, address=sender.address, generation=generation)
    count_traffic(transaction, device_id, received=received)
