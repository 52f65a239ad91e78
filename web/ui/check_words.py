"""What a check has found, in words: for the page "Check this computer", the command line and the report for support.

Knows nothing of how things are checked.
"""

from __future__ import annotations

from web.i18n import Translator
from web.ui.check_port import Finding, SharedReason

MOMENT, SIZE = "when", "size"
"""Names of values that are epoch milliseconds and bytes."""


def title_of(name: str, words: Translator) -> str:
    """What the check of this name is called."""
    return words.text(f"check.{name}")


def sentence_of(finding: Finding, now_ms: int, words: Translator) -> str:
    """The finding as one sentence."""
    is_shared = finding.reason in set(SharedReason)
    key = f"check.any.{finding.reason}" if is_shared else f"check.{finding.name}.{finding.reason}"
    values = {name: _shown(name, value, now_ms, words) for name, value in finding.values.items()}
    return words.text(key, **values)


def _shown(name: str, value: str | int, now_ms: int, words: Translator) -> str | int:
    if name == MOMENT:
        return words.relative_time(int(value), now_ms)
    return words.size(int(value)) if name == SIZE else value
