"""Runs all checks at once, each in a thread of its own, and waits for none longer than the limit.

Knows nothing of what any of them checks.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from db.errors import HubError
from kiosk.doctor.checklist import CHECKS, Check
from kiosk.doctor.judgement import unclear
from kiosk.doctor.probes import Probes
from web.ui.check_port import Finding, SharedReason, Verdict

LIMIT_S = 8.0
"""Longer than the slowest question to a system takes (kiosk/doctor/system_command.py)."""
_LOG = logging.getLogger(__name__)

Found = Callable[[Finding], object]


def run_checks(
    probes: Probes,
    checks: Sequence[Check[Any]] = CHECKS,
    limit_s: float = LIMIT_S,
    on_found: Found = lambda finding: None,
) -> tuple[Finding, ...]:
    """What every check has found, in the order of the list; ``on_found`` is told each as soon as it is there, in this
    thread. A check that is not done after ``limit_s`` could not be checked: its thread is left to itself."""
    answers: queue.SimpleQueue[Finding] = queue.SimpleQueue()
    for check in checks:
        thread = threading.Thread(target=_run, args=(check, probes, answers.put), name=f"check-{check.name}")
        thread.daemon = True
        thread.start()
    found: dict[str, Finding] = {}
    deadline = time.monotonic() + limit_s
    while len(found) < len(checks):
        try:
            finding = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        found[finding.name] = finding
        on_found(finding)
    for check in checks:
        if check.name not in found:
            _LOG.warning("check %s did not end in time", check.name)
            found[check.name] = check.found(unclear(SharedReason.TIMED_OUT))
            on_found(found[check.name])
    return tuple(found[check.name] for check in checks)


def worst_of(findings: Sequence[Finding]) -> Verdict:
    """The worst verdict; PASS of nothing."""
    order = list(Verdict)
    return min((finding.verdict for finding in findings), key=order.index, default=Verdict.PASS)


def _run(check: Check[Any], probes: Probes, answer: Found) -> None:
    finding = check.found(unclear(SharedReason.FAILED))  # for what nobody expected: the log has its place
    try:
        finding = check.run(probes)
    except (HubError, OSError) as failure:
        _LOG.warning("check %s: %s", check.name, failure)
        finding = check.found(unclear())
    finally:
        answer(finding)
