"""How a check says what it thinks of the facts.

Knows nothing of any check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.ui.check_port import Cure, SharedReason, Verdict


@dataclass(frozen=True)
class Judgement:
    """A finding without the name of its check (web/ui/check_port.py: Finding)."""

    verdict: Verdict
    reason: str
    values: Mapping[str, str | int]
    cure: Cure | None = None
    cure_value: str = ""


def good(reason: str, **values: str | int) -> Judgement:
    """All is well."""
    return Judgement(Verdict.PASS, reason, values)


def doubtful(reason: str, cure: Cure | None = None, **values: str | int) -> Judgement:
    """It works, and somebody should look at it."""
    return Judgement(Verdict.WARN, reason, values, cure)


def bad(reason: str, cure: Cure | None = None, cure_value: str = "", **values: str | int) -> Judgement:
    """It does not work, or will soon not."""
    return Judgement(Verdict.FAIL, reason, values, cure, cure_value)


def unclear(reason: SharedReason = SharedReason.NOT_MEASURED) -> Judgement:
    """It could not be checked."""
    return Judgement(Verdict.UNKNOWN, reason.value, {})
