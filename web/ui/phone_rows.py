"""Phones in words, for the pages that show them: what one is called, and those that wait or have just come.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from web.i18n import Translator
from web.ui.ports import KioskStatus, PhoneView

JUST_NOW_MS = 10 * 60_000
"""For how long a phone counts as one that has just joined."""
WAITING, PAIRED, SYNCED = "waiting", "paired", "synced"
IN_USE = frozenset({PAIRED, SYNCED})
_GENERATIONS = MappingProxyType({"first": "add_phone.older", "second": "add_phone.newer"})


@dataclass(frozen=True)
class NewPhone:
    """A phone that waits for an answer, or has just joined, ready to print."""

    id: str
    name: str
    sentence: str
    exact: str


def phone_name(phone: PhoneView, words: Translator) -> str:
    """Its own name, else that of its user."""
    return named(phone.name, phone.user_name, words)


def named(name: str | None, user_name: str | None, words: Translator) -> str:
    """What staff knows a phone as."""
    if name:
        return name
    return words.text("phones.phone_of", user=user_name) if user_name else words.text("phones.new")


def generation_of(phone: PhoneView, words: Translator) -> str | None:
    """Which app is on it, as far as it is known."""
    key = _GENERATIONS.get(phone.app_generation)
    return words.text(key) if key else None


def receipt_line(phone: PhoneView, words: Translator) -> str | None:
    """Where the records are that it sent, in three numbers; None where there is no cloud."""
    receipt = phone.receipt
    if receipt is None:
        return None
    return words.text("receipt.line", here=receipt.here, in_cloud=receipt.in_cloud, waiting=receipt.waiting)


def clock_line(phone: PhoneView, words: Translator) -> str | None:
    """What is wrong with its clock; None where nothing is known to be."""
    if not phone.clock_ahead_ms:
        return None
    return words.text("phones.clock_ahead" if phone.clock_ahead_ms > 0 else "phones.clock_behind")


def waiting_phones(status: KioskStatus, words: Translator) -> tuple[NewPhone, ...]:
    """Those that want to connect."""
    waiting = (phone for phone in status.phones if phone.status == WAITING)
    return tuple(_new_phone(phone, phone.seen_ms or 0, "phones.asked", status, words) for phone in waiting)


def joined_phones(status: KioskStatus, words: Translator) -> tuple[NewPhone, ...]:
    """Those that were let in, or synced for the first time, a moment ago; the newest first."""
    since = status.now_ms - JUST_NOW_MS
    joined = [(joined_at(phone), phone) for phone in status.phones if phone.status in IN_USE]
    newest = sorted((pair for pair in joined if pair[0] > since), key=lambda pair: -pair[0])
    return tuple(_new_phone(phone, at, "phones.joined", status, words) for at, phone in newest)


def joined_at(phone: PhoneView) -> int:
    """Since when it is in use."""
    return phone.paired_ms or phone.first_sync_ms


def _new_phone(phone: PhoneView, at_ms: int, key: str, status: KioskStatus, words: Translator) -> NewPhone:
    when = words.relative_time(at_ms, status.now_ms)
    sentence = words.text(key, when=when, address=phone.address)
    return NewPhone(phone.device_id, phone_name(phone, words), sentence, words.date_time(at_ms))
