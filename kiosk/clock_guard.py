"""Whether this computer's clock can be right, and whose phone has a wrong one: the clock guard of the main page.

Knows nothing of where the facts come from. Stamps stay in order whatever a clock does (db/stamps.py): this is about the
times that people read, and about first-generation apps (docs/reliability.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from types import MappingProxyType

from db.health import PhoneClock
from kiosk.doctor.computer_checks import (
    CLOCK_LEEWAY_MS,
    DAY_MS,
    judge_clock,
    judge_cloud_clock,
    judge_phone_clocks,
)
from kiosk.doctor.facts import ClockFacts
from kiosk.doctor.judgement import Judgement
from web.ui.check_port import Area, Finding, Verdict

CLOUD_IS_FRESH_MS = DAY_MS
"""For so long the cloud's word about the clock counts: the clock may have been set since."""
NO_CLOCKS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Evidence:
    """``cloud_ahead_ms``: of this computer against the cloud, at ``cloud_seen_ms`` by this computer's clock (0: never).
    ``phones``: one for each push of the last day."""

    now_ms: int
    released_ms: int
    cloud_ahead_ms: int
    cloud_seen_ms: int
    phones: Sequence[PhoneClock]


@dataclass(frozen=True)
class ClockJudgement:
    """``finding``: what is wrong with the computer's clock, in the words of the check of that name; None: nothing that
    is known. ``phones``: those whose clock is wrong by itself, and by how much it is ahead."""

    finding: Finding | None = None
    phones: Mapping[str, int] = field(default_factory=lambda: NO_CLOCKS)


def judge(evidence: Evidence) -> ClockJudgement:
    """The strongest evidence counts: the program's own age, then the cloud, then the phones together."""
    is_cloud_fresh = bool(evidence.cloud_seen_ms) and (
        abs(evidence.now_ms - evidence.cloud_seen_ms) < CLOUD_IS_FRESH_MS
    )
    facts = ClockFacts(
        now_ms=evidence.now_ms,
        released_ms=evidence.released_ms,
        cloud_ahead_ms=evidence.cloud_ahead_ms if is_cloud_fresh else None,
        phone_offsets_ms=tuple(phone.ahead_ms for phone in evidence.phones),
        zone="",
    )
    checks = [("clock", judge_clock(facts)), ("cloud_clock", judge_cloud_clock(facts))]
    ahead = _ahead_by_phone(evidence.phones)
    odd = {device: offset for device, offset in ahead.items() if offset > CLOCK_LEEWAY_MS or offset < -DAY_MS}
    if not is_cloud_fresh and 2 * len(odd) > len(ahead):  # most phones: where half of them agree, it is right
        checks.append(("phone_clocks", judge_phone_clocks(facts)))
    for name, judgement in checks:
        if judgement.verdict is not Verdict.PASS:
            return ClockJudgement(_finding(name, judgement))
    return ClockJudgement(phones=MappingProxyType(odd))


def _finding(name: str, judgement: Judgement) -> Finding:
    return Finding(name, Area.COMPUTER, judgement.verdict, judgement.reason, judgement.values, judgement.cure)


def _ahead_by_phone(clocks: Sequence[PhoneClock]) -> Mapping[str, int]:
    """Of a phone's pushes the middle one. Work that was done long before the push makes a phone seem behind by that
    time: only more than a day tells."""
    by_phone: dict[str, list[int]] = {}
    for clock in clocks:
        by_phone.setdefault(clock.device_id, []).append(clock.ahead_ms)
    return {device: round(median(offsets)) for device, offsets in by_phone.items()}
