"""All checks at once: none holds up the others, and one that hangs or breaks could not be checked."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import psutil
import pytest

from db.errors import StorageBusy
from kiosk.doctor.checklist import CHECKS, Check, reasons
from kiosk.doctor.facts import PortFacts
from kiosk.doctor.judgement import bad, doubtful, good
from kiosk.doctor.probes import Probes
from kiosk.doctor.runner import run_checks, worst_of
from tests.fakes.probes import FakeProbes
from web.ui.check_port import Area, Finding, Verdict

Measure = Callable[[Probes], PortFacts | None]


def port_of(probes: Probes) -> PortFacts | None:
    return probes.port()


def check(number: int, measure: Measure) -> Check[PortFacts]:
    return Check(number, f"check-{number}", Area.PHONES, measure, lambda facts: good("fine"), reasons("fine a b c"))


@pytest.fixture
def never() -> Iterator[Measure]:
    """Measures for ever, until the test ends."""
    let_go = threading.Event()

    def wait(probes: Probes) -> PortFacts | None:
        let_go.wait()
        return None

    yield wait
    let_go.set()


def refuse(failure: Exception) -> Measure:
    def measure(probes: Probes) -> PortFacts | None:
        raise failure

    return measure


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.verdict.value, finding.reason) for finding in findings]


def test_findings_come_in_the_order_of_the_list_and_each_as_soon_as_it_is_there() -> None:
    seen: list[Finding] = []
    findings = run_checks(FakeProbes(), on_found=seen.append)
    assert [finding.name for finding in findings] == [each.name for each in CHECKS]
    assert sorted(finding.name for finding in seen) == sorted(each.name for each in CHECKS)


def test_a_check_that_hangs_could_not_be_checked_and_holds_up_nobody(never: Measure) -> None:
    findings = run_checks(FakeProbes(), (check(1, never), check(2, port_of)), limit_s=0.3)
    assert told(findings) == [("unknown", "timed_out"), ("pass", "fine")]


@pytest.mark.parametrize("failure", [StorageBusy(), PermissionError("no")])
def test_a_measurement_that_is_refused_could_not_be_checked(failure: Exception) -> None:
    findings = run_checks(FakeProbes(), (check(1, refuse(failure)), check(2, port_of)))
    assert told(findings) == [("unknown", "not_measured"), ("pass", "fine")]


def test_what_nobody_expected_is_told_at_once_and_left_to_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    uncaught: list[type[BaseException]] = []
    told_of_it = threading.Event()

    def hook(args: threading.ExceptHookArgs) -> None:
        uncaught.append(args.exc_type)
        told_of_it.set()

    monkeypatch.setattr(threading, "excepthook", hook)
    findings = run_checks(FakeProbes(), (check(1, refuse(psutil.Error())), check(2, port_of)))
    assert told(findings) == [("unknown", "failed"), ("pass", "fine")]
    assert told_of_it.wait(5)
    assert uncaught == [psutil.Error]


def test_a_refusal_is_logged_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        run_checks(FakeProbes(), (check(1, refuse(PermissionError("secret"))),))
    # the log's own format drops the texts of exceptions (kiosk/logs.py)
    assert [type(record.args[1]) for record in caplog.records if isinstance(record.args, tuple)] == [PermissionError]


def test_the_worst_verdict_counts() -> None:
    def found(*judgements: object) -> list[Finding]:
        names = check(1, port_of)
        return [names.found(judgement) for judgement in judgements]  # type: ignore[arg-type]

    assert worst_of([]) is Verdict.PASS
    assert worst_of(found(good("a"), doubtful("b"))) is Verdict.WARN
    assert worst_of(found(doubtful("b"), bad("c"), good("a"))) is Verdict.FAIL
