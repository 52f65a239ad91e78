"""What the page "Phones" says: every phone with what may be done about it, and what is asked before one is shut out.

Knows nothing of HTTP or templates; it decides every word and choice, so the templates only lay them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from db.scope import PhoneScope
from web.i18n import Translator
from web.ui.facts import Fact, moment
from web.ui.phone_rows import IN_USE, NewPhone, generation_of, joined_at, phone_name, receipt_line, waiting_phones
from web.ui.ports import KioskStatus, PhoneDetails, PhoneView

_TONES = MappingProxyType({"paired": "good", "synced": "good", "blocked": "bad", "revoked": "bad"})


@dataclass(frozen=True)
class PhoneCard:
    """One phone, ready to print. ``given_name`` is what the field for its name holds."""

    id: str
    name: str
    given_name: str
    status: str
    tone: str
    generation: str | None
    facts: tuple[Fact, ...]
    receipt: str | None
    is_in_use: bool


@dataclass(frozen=True)
class ScopeChoice:
    """One choice of what phones receive."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class PhonesView:
    """Everything on the page that can change by itself."""

    waiting: tuple[NewPhone, ...]
    in_use: tuple[PhoneCard, ...]
    ended: tuple[PhoneCard, ...]
    choices: tuple[ScopeChoice, ...]
    chosen: str


@dataclass(frozen=True)
class RevokeView:
    """The question before a phone's access ends."""

    id: str
    name: str
    advice: str | None
    last_sent: str
    sent: tuple[tuple[str, str], ...]  # table and number of records


def phones_view(status: KioskStatus, words: Translator) -> PhonesView:
    """The page for ``status`` in the language of ``words``."""
    cards = [_phone_card(phone, status.now_ms, words) for phone in status.phones if phone.status in _TONES]
    choices = tuple(
        ScopeChoice(scope.value, words.text(f"receive.{scope.value}"), scope is status.phones_receive)
        for scope in PhoneScope
    )
    return PhonesView(
        waiting=waiting_phones(status, words),
        in_use=tuple(card for card in cards if card.is_in_use),
        ended=tuple(card for card in cards if not card.is_in_use),
        choices=choices,
        chosen=words.text("receive.now", choice=words.text(f"receive.{status.phones_receive.value}")),
    )


def revoke_view(details: PhoneDetails, now_ms: int, words: Translator) -> RevokeView:
    """The question about one phone in the language of ``words``."""
    phone, last = details.phone, details.last_sent
    user = phone.user_name or words.text("log.unknown_user")
    sentence = words.text("revoke.nothing_sent")
    if last:
        when, exact = words.relative_time(last.at_ms, now_ms), words.date_time(last.at_ms)
        sentence = words.text("revoke.last_sent", when=when, exact=exact)
    return RevokeView(
        id=phone.device_id,
        name=phone_name(phone, words),
        advice=None if phone.has_identity else words.text("revoke.password", user=user),
        last_sent=sentence,
        sent=tuple((_table_name(table, words), words.number(count)) for table, count in _counts(details)),
    )


def _counts(details: PhoneDetails) -> list[tuple[str, int]]:
    return sorted(details.last_sent.counts.items()) if details.last_sent else []


def _table_name(table: str, words: Translator) -> str:
    return words.text(f"tables.{table}") if words.has(f"tables.{table}") else words.text("tables.other")


def _phone_card(phone: PhoneView, now_ms: int, words: Translator) -> PhoneCard:
    return PhoneCard(
        id=phone.device_id,
        name=phone_name(phone, words),
        given_name=phone.name or "",
        status=words.text(f"phones.status.{phone.status}"),
        tone=_TONES[phone.status],
        generation=generation_of(phone, words),
        facts=_facts(phone, now_ms, words),
        receipt=receipt_line(phone, words),
        is_in_use=phone.status in IN_USE,
    )


def _facts(phone: PhoneView, now_ms: int, words: Translator) -> tuple[Fact, ...]:
    facts = [
        moment(words.text("phones.column.last_sync"), phone.last_sync_ms, now_ms, words),
        Fact(words.text("phones.column.received"), words.number(phone.records_received)),
        Fact(words.text("phones.column.sent"), words.number(phone.records_sent)),
    ]
    if phone.name and phone.user_name:
        facts.insert(0, Fact(words.text("phones.user"), phone.user_name))
    since = joined_at(phone)
    if since and phone.status in IN_USE:
        facts.append(Fact(words.text("phones.since"), words.date_time(since)))
    return (*facts, Fact(words.text("phones.address"), phone.address))
