"""The code that is read out on the phone: ten letters and digits that tell version, system, state and top problem.

Knows nothing of how they are found. Crockford's alphabet: no I, L, O or U, and who writes one of them for 1, 1, 0 or V
is understood all the same. The last letter checks the others: one wrong letter, or two swapped neighbours, are noticed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from db.errors import InvalidInput
from kiosk.doctor.checklist import CHECKS, Check
from web.ui.check_port import Finding, SharedReason, Verdict

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
FORMAT = 0
_MISHEARD = str.maketrans("ILOU", "110V")
_VERDICTS = (Verdict.PASS, Verdict.UNKNOWN, Verdict.WARN, Verdict.FAIL)
_SYSTEMS = ("other", "windows", "macos", "linux")
_WIDTHS = (("format", 3), ("major", 5), ("minor", 7), ("patch", 7), ("system", 2), ("state", 4))
_PROBLEM_WIDTHS = (("verdict", 2), ("check", 8), ("reason", 4), ("more", 3))
"""45 bits in all: nine letters."""


class State(IntEnum):
    """What the server is doing. Numbers are never given another meaning."""

    UNKNOWN = 0
    SERVING = 1
    STOPPED = 2
    PORT_TAKEN = 3
    NO_NETWORK = 4
    FIRST_RUN = 5
    NO_SERVER = 6
    NO_DATABASE = 7


@dataclass(frozen=True)
class Meaning:
    """What a code says. ``check`` and ``reason`` "": no problem, or one of another release. ``more``: further problems,
    7 stands for as many or more."""

    version: str
    system: str
    state: State
    verdict: Verdict
    check: str
    reason: str
    more: int


def state_of(findings: Sequence[Finding]) -> State:
    """What the server is doing, from what the checks have found."""
    reasons = {finding.name: finding.reason for finding in findings}
    if reasons.get("database") == "cannot_open":
        return State.NO_DATABASE
    if reasons.get("port") == "listening":
        return State.NO_NETWORK if reasons.get("network") == "none" else State.SERVING
    known = {
        "stopped": State.STOPPED,
        "taken": State.PORT_TAKEN,
        "taken_by": State.PORT_TAKEN,
        "first_run": State.FIRST_RUN,
        "no_server": State.NO_SERVER,
    }
    return known.get(reasons.get("port", ""), State.UNKNOWN)


def short_code(version: str, system: str, findings: Sequence[Finding]) -> str:
    """The code for these findings."""
    problems = [finding for finding in findings if finding.verdict in (Verdict.FAIL, Verdict.WARN)]
    top = min(problems, key=lambda finding: list(Verdict).index(finding.verdict), default=None)
    major, minor, patch = _parts_of(version)
    check = next((check for check in CHECKS if top and check.name == top.name), None)
    reasons = _reasons(check) if check else []
    values = {
        "format": FORMAT,
        "major": major,
        "minor": minor,
        "patch": patch,
        "system": _SYSTEMS.index(system) if system in _SYSTEMS else 0,
        "state": int(state_of(findings)),
        "verdict": _VERDICTS.index(top.verdict) if top else 0,
        "check": check.number if check else 0,
        "reason": reasons.index(top.reason) if top and top.reason in reasons else 0,
        "more": max(0, len(problems) - 1),
    }
    bits = 0
    for name, width in (*_WIDTHS, *_PROBLEM_WIDTHS):
        bits = bits << width | min(values[name], (1 << width) - 1)
    letters = "".join(ALPHABET[bits >> 5 * place & 31] for place in range(LENGTH - 2, -1, -1))
    return letters + _check_letter(letters)


def meaning_of_code(typed: str) -> Meaning:
    """What a code says, however it was written down. Raises InvalidInput (``path`` "code") for one that is mistyped."""
    letters = re.sub(r"[\s-]", "", typed.upper()).translate(_MISHEARD)
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET) or _check_letter(letters[:-1]) != letters[-1]:
        raise InvalidInput(path="code")
    bits = 0
    for letter in letters[:-1]:
        bits = bits << 5 | ALPHABET.index(letter)
    values: dict[str, int] = {}
    for name, width in reversed((*_WIDTHS, *_PROBLEM_WIDTHS)):
        values[name] = bits & (1 << width) - 1
        bits >>= width
    if values["format"] != FORMAT:
        raise InvalidInput(path="code")
    check = next((check for check in CHECKS if check.number == values["check"]), None)
    reasons = _reasons(check) if check else []
    return Meaning(
        version="{major}.{minor}.{patch}".format(**values),
        system=_SYSTEMS[values["system"]],
        state=State(values["state"]) if values["state"] in set(State) else State.UNKNOWN,
        verdict=_VERDICTS[values["verdict"]],
        check=check.name if check else "",
        reason=reasons[values["reason"]] if values["reason"] < len(reasons) else "",
        more=values["more"],
    )


def in_groups(code: str) -> str:
    """As it is shown and read out: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def _reasons(check: Check[Any]) -> list[str]:
    """In an order that does not change within a release."""
    return [*sorted(check.reasons), *sorted(SharedReason)]


def _parts_of(version: str) -> tuple[int, int, int]:
    numbers = [int(part) for part in re.findall(r"\d+", version)[:3]]
    major, minor, patch = (*numbers, 0, 0, 0)[:3]
    return major, minor, patch


def _check_letter(letters: str) -> str:
    """Weights that are odd notice every single wrong letter; that differ by two, most swaps of neighbours."""
    return ALPHABET[sum(ALPHABET.index(letter) * (2 * place + 1) for place, letter in enumerate(letters)) % 32]
