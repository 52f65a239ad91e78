"""Lines of a label and a value, ready to print.

Knows nothing of what they are about.
"""

from __future__ import annotations

from dataclasses import dataclass

from web.i18n import Translator


@dataclass(frozen=True)
class Fact:
    """One line; ``exact`` says the same more exactly."""

    label: str
    value: str
    exact: str | None = None


def moment(label: str, at_ms: int, now_ms: int, words: Translator) -> Fact:
    """When something was last done; 0: never."""
    if not at_ms:
        return Fact(label, words.text("phones.never"))
    return Fact(label, words.relative_time(at_ms, now_ms), words.date_time(at_ms))
