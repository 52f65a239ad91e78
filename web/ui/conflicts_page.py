"""What the page "Conflicts" says: each edit that lost, with both values side by side.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.catalogue import BOOKKEEPING_COLUMNS
from web.i18n import Translator
from web.ui.cloud_port import ConflictView, DifferingValue
from web.ui.plain_values import Lines, column_name, two_values
from web.ui.record_names import more_than_shown, record_kind

MOST_SHOWN = 30
MOST_ROWS = 12
_NOT_SHOWN = BOOKKEEPING_COLUMNS | {"id"}


@dataclass(frozen=True)
class ValueRow:
    """One part of the record. A value without lines is missing."""

    label: str
    current: Lines
    lost: Lines


@dataclass(frozen=True)
class ConflictCard:
    """One conflict, ready to print."""

    version: int
    table: str
    record_id: str
    kind: str
    name: str
    sentence: str
    exact: str
    rows: tuple[ValueRow, ...]
    more_rows: str | None
    is_deleted: bool


@dataclass(frozen=True)
class ConflictsPage:
    """Everything on the page that can change by itself."""

    cards: tuple[ConflictCard, ...]
    more: str | None


def conflicts_page(conflicts: Sequence[ConflictView], count: int, now_ms: int, words: Translator) -> ConflictsPage:
    """The page for these conflicts of ``count`` in the language of ``words``."""
    cards = tuple(_card(conflict, now_ms, words) for conflict in conflicts)
    return ConflictsPage(cards, more_than_shown(count, len(cards), words))


def _card(conflict: ConflictView, now_ms: int, words: Translator) -> ConflictCard:
    when = words.relative_time(conflict.at_ms, now_ms)
    by = conflict.by_name
    told = words.text("conflicts.by_user", user=by, when=when) if by else words.text("conflicts.by_cloud", when=when)
    shown = [value for value in conflict.values if value.column not in _NOT_SHOWN and _differs(value, conflict)]
    left_out = len(shown) - MOST_ROWS
    return ConflictCard(
        version=conflict.version,
        table=conflict.table,
        record_id=conflict.record_id,
        kind=record_kind(conflict.table, words),
        name=conflict.patient_name,
        sentence=told,
        exact=words.date_time(conflict.at_ms),
        rows=tuple(_row(value, conflict, words) for value in shown[:MOST_ROWS]),
        more_rows=words.text("value.more", count=left_out) if left_out > 0 else None,
        is_deleted=conflict.is_deleted,
    )


def _differs(value: DifferingValue, conflict: ConflictView) -> bool:
    return bool(value.other) if conflict.is_deleted else value.current != value.other


def _row(value: DifferingValue, conflict: ConflictView, words: Translator) -> ValueRow:
    label = column_name(value.column, words)
    if conflict.is_deleted:
        _, lost = two_values(conflict.table, value.column, "", value.other, words)
        return ValueRow(label, (words.text("conflicts.is_deleted"),), lost)
    return ValueRow(label, *two_values(conflict.table, value.column, value.current, value.other, words))
