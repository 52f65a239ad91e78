"""What a record is called on the screen: its kind, and the patient it is about.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

from web.i18n import Translator


def record_kind(table: str, words: Translator) -> str:
    """The kind of record, in the singular."""
    key = f"record.{table}"
    return words.text(key if words.has(key) else "record.other")


def more_than_shown(count: int, shown: int, words: Translator) -> str | None:
    """Says how many records a list leaves out; None when it shows all of them."""
    return words.text("list.more", count=count - shown) if count > shown else None
