"""The phones behind the kiosk's pages, in memory: decided about as the real ones are, without a database.

Knows nothing of HTTP. Methods that PhonesPort does not have play the phones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from db.errors import InvalidInput, NotFound
from db.scope import PhoneScope
from web.ui.cloud_port import Receipt
from web.ui.ports import LastSent, PhoneDetails, PhoneView

LONGEST_NAME = 80
HOUR_MS = 3_600_000


class FakePhones:
    """PhonesPort in memory. A phone that only syncs has the name of its user as its id."""

    def __init__(self, now_ms: Callable[[], int], fail_if_told: Callable[[], None]) -> None:
        self._now_ms = now_ms
        self._fail_if_told = fail_if_told
        self._views: dict[str, PhoneView] = {}
        self._sent: dict[str, LastSent] = {}
        self.open_until_ms: int | None = None
        self.scope = PhoneScope.ALL

    # PhonesPort

    def open_pairing(self, duration_ms: int) -> None:
        self._fail_if_told()
        if not 0 < duration_ms <= HOUR_MS:
            raise InvalidInput(path="minutes")
        self.open_until_ms = max(self.open_until_ms or 0, self._now_ms() + duration_ms)

    def close_pairing(self) -> None:
        self._fail_if_told()
        self.open_until_ms = None

    def approve(self, device_id: str) -> None:
        status = "paired" if self._known(device_id).has_identity else "synced"
        self._change(device_id, status=status, paired_ms=self._now_ms())

    def block(self, device_id: str) -> None:
        self._change(device_id, status="blocked")

    def revoke(self, device_id: str) -> None:
        self._change(device_id, status="revoked")

    def rename(self, device_id: str, name: str) -> None:
        if len(name) > LONGEST_NAME:
            raise InvalidInput(path="name")
        self._change(device_id, name=name.strip() or None)

    def details(self, device_id: str) -> PhoneDetails:
        return PhoneDetails(self._known(device_id), self._sent.get(device_id))

    def choose_scope(self, scope: PhoneScope) -> None:
        self._fail_if_told()
        self.scope = scope

    # The phones

    def shown(self) -> tuple[PhoneView, ...]:
        """As a status tells them."""
        last = sorted(self._views.values(), key=lambda phone: -max(phone.last_sync_ms, phone.seen_ms or 0))
        return tuple(sorted(last, key=lambda phone: phone.status != "waiting"))

    def knock(self, device_id: str, *, address: str = "192.168.1.23", ago_ms: int = 0) -> None:
        """A phone wants to connect; it is let in at once while that is allowed."""
        at_ms = self._now_ms() - ago_ms
        status = "waiting" if self.open_until_ms is None else "paired"
        paired_ms = None if status == "waiting" else at_ms
        self._views[device_id] = PhoneView(
            device_id, None, None, status, address, 0, 0, at_ms, paired_ms, 0, 0, "second", has_identity=True
        )

    def have_records(self, device_id: str, receipt: Receipt) -> None:
        """Where the records are that a phone has sent."""
        self._views[device_id] = replace(self._known(device_id), receipt=receipt)

    def set_clock(self, device_id: str, ahead_ms: int) -> None:
        """The clock of a phone is wrong."""
        self._views[device_id] = replace(self._known(device_id), clock_ahead_ms=ahead_ms)

    def sync(self, user: str, at_ms: int, *, received: int, sent: int, generation: str) -> None:
        """A phone of this user syncs with e-mail and password."""
        new = PhoneView(
            user, None, user, "synced", "192.168.1.40", at_ms, 0, None, None, 0, 0, generation, has_identity=False
        )
        known = self._views.get(user, new)
        self._views[user] = replace(
            known,
            last_sync_ms=at_ms,
            records_received=known.records_received + received,
            records_sent=known.records_sent + sent,
        )
        if received:
            self._sent[user] = LastSent(at_ms, {"patients": received})

    def _known(self, device_id: str) -> PhoneView:
        if device_id not in self._views:
            raise NotFound(table="devices")
        return self._views[device_id]

    def _change(self, device_id: str, **values: Any) -> None:
        self._fail_if_told()
        self._views[device_id] = replace(self._known(device_id), **values)
