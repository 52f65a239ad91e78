"""Pairing phones with this computer: who knocked, who was let in, blocked or revoked, and while new ones are let in.

Knows nothing of keys or sessions (web/rpc). A paired phone is a row of ``devices`` whose id is made of its client id.
"""

from __future__ import annotations

import sqlalchemy as sa

from db.database import Database, Snapshot, Transaction
from db.devices import PAIRED_PREFIX, AppGeneration, DeviceStatus, find_device, is_paired_id
from db.errors import InvalidInput, NotFound
from db.schema import DEVICES
from db.settings import Setting, read_setting, write_setting
from db.sync_log import SyncEntry, SyncKind, log_sync

LONGEST_OPEN_MS = 60 * 60_000
"""For how long new phones may be let in without being asked about. Also what a clock set back cannot make longer."""
MOST_WAITING = 50
"""Phones that may wait for an answer at once: anybody on the wifi can knock, again and again under new names."""
LONGEST_NAME = 80


def device_id_of(client_id: str) -> str:
    """The id under which ``devices`` keeps the phone that calls itself ``client_id`` over RPC."""
    return PAIRED_PREFIX + client_id


def open_pairing(transaction: Transaction, duration_ms: int) -> int:
    """Lets new phones in from now on, for ``duration_ms`` or as long as they were let in already; returns until
    when (epoch ms).

    Raises InvalidInput when that is longer than LONGEST_OPEN_MS or not a time at all.
    """
    if not 0 < duration_ms <= LONGEST_OPEN_MS:
        raise InvalidInput(path="minutes")
    now = transaction.now_ms
    until = max(now + duration_ms, pairing_open_until(transaction, now) or 0)
    write_setting(transaction, Setting.PAIRING_OPEN_UNTIL, str(until))
    return until


def close_pairing(transaction: Transaction) -> None:
    """From now on new phones wait for an answer."""
    write_setting(transaction, Setting.PAIRING_OPEN_UNTIL, "0")


def pairing_open_until(snapshot: Snapshot, now_ms: int) -> int | None:
    """Until when new phones are let in (epoch ms), or None while they have to wait."""
    return still_open(read_setting(snapshot, Setting.PAIRING_OPEN_UNTIL), now_ms)


def still_open(setting: str | None, now_ms: int) -> int | None:
    """The same, for who has read the setting already."""
    until = int(setting or 0)
    return until if now_ms < until <= now_ms + LONGEST_OPEN_MS else None


def knock(transaction: Transaction, client_id: str, *, name: str | None, address: str) -> DeviceStatus:
    """A phone shakes hands: notes it and returns where it stands now.

    One that is new, or still waiting, is paired while pairing is open; else it waits. When too many wait already, a
    new one is told to wait without being noted.
    """
    device_id = device_id_of(client_id)
    device = find_device(transaction, device_id)
    is_open = pairing_open_until(transaction, transaction.now_ms) is not None
    if device is None:
        if not is_open and _waiting_count(transaction) >= MOST_WAITING:
            return DeviceStatus.WAITING
        _add(transaction, device_id, _clean_name(name), address)
    status = device.status if device else DeviceStatus.WAITING
    if status is DeviceStatus.WAITING and is_open:
        status = DeviceStatus.PAIRED
        _set_status(transaction, device_id, status)
    values = {"address": address, "seen_at": transaction.now_ms}
    transaction.run(DEVICES.update().where(DEVICES.c.id == device_id).values(values))
    return status


def approve(database: Database, device_id: str, channel: str) -> None:
    """Lets a phone in: one that waits, or that was blocked or revoked before. Raises NotFound."""
    status = DeviceStatus.PAIRED if is_paired_id(device_id) else DeviceStatus.SYNCED
    _decide(database, device_id, status, channel)


def block(database: Database, device_id: str, channel: str) -> None:
    """Says no to a phone that waits. Raises NotFound."""
    _decide(database, device_id, DeviceStatus.BLOCKED, channel)


def revoke(database: Database, device_id: str, channel: str) -> None:
    """Takes a phone's access back, at once: its sessions and tokens end (web/rpc asks for every request).

    A phone that came over REST can be revoked too; what ends then is its chain of marks: it can begin anew as long as
    its user's password is not changed. Raises NotFound.
    """
    _decide(database, device_id, DeviceStatus.REVOKED, channel)


def rename(database: Database, device_id: str, name: str) -> None:
    """Gives a phone a name; an empty one takes it away. Raises NotFound, InvalidInput."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME or not (name.isprintable() or not name):
        raise InvalidInput(path="name")
    with database.write() as transaction:
        _require(transaction, device_id)
        transaction.run(DEVICES.update().where(DEVICES.c.id == device_id).values(name=name or None))


def device_status(snapshot: Snapshot, device_id: str) -> DeviceStatus | None:
    """Where a phone stands; None if it never knocked."""
    status = snapshot.scalar(sa.select(DEVICES.c.status).where(DEVICES.c.id == device_id))
    return DeviceStatus(status) if status else None


def _decide(database: Database, device_id: str, status: DeviceStatus, channel: str) -> None:
    with database.write() as transaction:
        _require(transaction, device_id)
        _set_status(transaction, device_id, status)
        log_sync(transaction, SyncEntry(SyncKind.DEVICE, channel, device_id, None, action=status.value))


def _set_status(transaction: Transaction, device_id: str, status: DeviceStatus) -> None:
    values: dict[str, object] = {"status": status.value}
    if status is DeviceStatus.PAIRED:
        values["paired_at"] = transaction.now_ms
    transaction.run(DEVICES.update().where(DEVICES.c.id == device_id).values(values))


def _require(snapshot: Snapshot, device_id: str) -> None:
    if find_device(snapshot, device_id) is None:
        raise NotFound(table="devices")


def _clean_name(name: str | None) -> str | None:
    """What a phone says of itself, fit to be shown: anybody can knock, under any name."""
    shown = "".join(letter for letter in " ".join((name or "").split()) if letter.isprintable())
    return shown[:LONGEST_NAME] or None


def _waiting_count(snapshot: Snapshot) -> int:
    waiting = DEVICES.c.status == DeviceStatus.WAITING.value
    return int(snapshot.scalar(sa.select(sa.func.count()).select_from(DEVICES).where(waiting)))


def _add(transaction: Transaction, device_id: str, name: str | None, address: str) -> None:
    transaction.run(
        DEVICES.insert().values(
            id=device_id,
            name=name,
            user_id="",
            address=address,
            app_generation=AppGeneration.LATER.value,
            status=DeviceStatus.WAITING.value,
            first_sync_at=0,
            last_sync_at=0,
            records_received=0,
            records_sent=0,
        )
    )
