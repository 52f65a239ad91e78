"""What the page "Add a phone" says: the codes, whether new phones are let in, and which have come.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from web.i18n import Translator
from web.ui.phone_rows import NewPhone, joined_phones, waiting_phones
from web.ui.ports import KioskStatus, NetworkAddress, ServingState
from web.ui.qr import QrDrawer

LEASE_MS = 60_000
"""For how long the page lets new phones in each time it asks; it asks more often (web/static/add_phone.mjs)."""


@dataclass(frozen=True)
class CodesView:
    """Both codes as SVG markup; ``newer_code`` is None until there is a pairing code."""

    older_code: str
    newer_code: str | None
    address: str


@dataclass(frozen=True)
class AddPhoneView:
    """Everything on the page that can change by itself."""

    is_open: bool
    tone: str
    headline: str
    detail: str
    codes: CodesView | None  # None while no phone can connect
    addresses: tuple[NetworkAddress, ...]  # empty unless there is a choice
    waiting: tuple[NewPhone, ...]
    joined: tuple[NewPhone, ...]


def add_phone_view(status: KioskStatus, words: Translator, qr: QrDrawer) -> AddPhoneView:
    """The page for ``status`` in the language of ``words``."""
    can_connect = status.state is ServingState.SERVING and status.phone_url is not None
    is_open = can_connect and status.pairing_open_until_ms is not None
    key = "pairing.open" if is_open else "pairing.closed"
    return AddPhoneView(
        is_open=is_open,
        tone="good" if is_open else "off",
        headline=words.text(key if can_connect else f"state.{status.state.value}"),
        detail=words.text(f"{key}.detail" if can_connect else "add_phone.not_now"),
        codes=_codes_view(status, qr),
        addresses=status.addresses if len(status.addresses) > 1 else (),
        waiting=waiting_phones(status, words),
        joined=joined_phones(status, words),
    )


def _codes_view(status: KioskStatus, qr: QrDrawer) -> CodesView | None:
    if status.state is not ServingState.SERVING or status.phone_url is None:
        return None
    return CodesView(
        older_code=qr.draw(status.phone_url),
        newer_code=qr.draw(status.pairing_code) if status.pairing_code else None,
        address=status.phone_url,
    )
