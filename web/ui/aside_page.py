"""What the page "Set aside" says: each record that the cloud did not keep, why, and what can be done.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from db.cloud.aside import AsideReason
from web.i18n import Translator
from web.ui.cloud_port import AsideView
from web.ui.questions import Question
from web.ui.record_names import more_than_shown, record_kind

MOST_SHOWN = 50


@dataclass(frozen=True)
class AsideCard:
    """One record, ready to print. ``key`` names it inside the page, ``query`` in an address."""

    key: str
    table: str
    record_id: str
    kind: str
    name: str
    when: str
    when_exact: str
    why: str
    query: str


@dataclass(frozen=True)
class AsidePage:
    """Everything on the page that can change by itself."""

    cards: tuple[AsideCard, ...]
    more: str | None


def aside_page(records: Sequence[AsideView], count: int, now_ms: int, words: Translator) -> AsidePage:
    """The page for these records of ``count`` in the language of ``words``."""
    cards = tuple(_card(record, now_ms, words) for record in records)
    return AsidePage(cards, more_than_shown(count, len(cards), words))


def discard_question(record: AsideView, words: Translator) -> Question:
    """Asked before a record is given up."""
    kind = record_kind(record.table, words)
    about = f"{kind} · {record.patient_name}" if record.patient_name else kind
    return Question(
        title=words.text("aside.discard.title"),
        sentences=(about, why(record, words), words.text("aside.discard.effect")),
        address="/cloud/aside/discard",
        yes=words.text("aside.discard.yes"),
        no=words.text("action.cancel"),
        back="/cloud/aside",
        fields=(("table", record.table), ("id", record.record_id)),
    )


def why(record: AsideView, words: Translator) -> str:
    """Why a record is set aside and what to do about it; a reason of another release is told as a refusal."""
    reason = record.reason if record.reason in set(AsideReason) else AsideReason.REFUSED
    return words.text(f"aside.reason.{reason}")


def _card(record: AsideView, now_ms: int, words: Translator) -> AsideCard:
    return AsideCard(
        key=hashlib.sha256(f"{record.table}/{record.record_id}".encode()).hexdigest()[:16],
        table=record.table,
        record_id=record.record_id,
        kind=record_kind(record.table, words),
        name=record.patient_name,
        when=words.text("aside.when", when=words.relative_time(record.at_ms, now_ms)),
        when_exact=words.date_time(record.at_ms),
        why=why(record, words),
        query=urlencode({"table": record.table, "id": record.record_id}),
    )
