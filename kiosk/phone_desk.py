"""What staff decides about phones at this computer, done: the implementation of web.ui.ports.PhonesPort.

Knows nothing of HTTP or of how phones connect; a decision takes effect because every request asks the database.
"""

from __future__ import annotations

from db.database import Database
from db.devices import Device, find_device_and_user, is_paired_id
from db.errors import NotFound
from db.pairing import approve, block, close_pairing, open_pairing, rename, revoke
from db.scope import PhoneScope, write_phone_scope
from db.sync_log import last_sent_by
from web.ui.cloud_port import Receipt
from web.ui.ports import LastSent, PhoneDetails, PhoneView

CHANNEL = "window"


class PhoneDesk:
    """Safe for many threads: every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_pairing(self, duration_ms: int) -> None:
        """See PhonesPort."""
        with self._database.write() as transaction:
            open_pairing(transaction, duration_ms)

    def close_pairing(self) -> None:
        """See PhonesPort."""
        with self._database.write() as transaction:
            close_pairing(transaction)

    def approve(self, device_id: str) -> None:
        """See PhonesPort."""
        approve(self._database, device_id, CHANNEL)

    def block(self, device_id: str) -> None:
        """See PhonesPort."""
        block(self._database, device_id, CHANNEL)

    def revoke(self, device_id: str) -> None:
        """See PhonesPort."""
        revoke(self._database, device_id, CHANNEL)

    def rename(self, device_id: str, name: str) -> None:
        """See PhonesPort."""
        rename(self._database, device_id, name)

    def details(self, device_id: str) -> PhoneDetails:
        """See PhonesPort."""
        with self._database.read() as snapshot:
            device = find_device_and_user(snapshot, device_id)
            last = last_sent_by(snapshot, device_id)
        if device is None:
            raise NotFound(table="devices")
        sent = (
            LastSent(last.at, {table: count for table, count in last.entry.counts.items() if count}) if last else None
        )
        return PhoneDetails(phone_view(device), sent)

    def choose_scope(self, scope: PhoneScope) -> None:
        """See PhonesPort."""
        with self._database.write() as transaction:
            write_phone_scope(transaction, scope)


def phone_view(device: Device, receipt: Receipt | None = None, clock_ahead_ms: int = 0) -> PhoneView:
    """A phone as the pages show it. ``receipt``: where the records are that it was the last to change;
    ``clock_ahead_ms``: of its clock, where that is wrong."""
    return PhoneView(
        device_id=device.id,
        name=device.name,
        user_name=device.user_name or ("?" if device.user_id else None),
        status=device.status.value,
        address=device.address,
        first_sync_ms=device.first_sync_at,
        last_sync_ms=device.last_sync_at,
        seen_ms=device.seen_at,
        paired_ms=device.paired_at,
        records_received=device.records_received,
        records_sent=device.records_sent,
        app_generation=device.app_generation.value,
        has_identity=is_paired_id(device.id),
        receipt=receipt,
        clock_ahead_ms=clock_ahead_ms,
    )
