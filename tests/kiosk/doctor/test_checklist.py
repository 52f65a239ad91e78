"""The list of checks: whole, with names and numbers of their own, and every check passes on a healthy computer."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from db.cloud.state import Halt
from kiosk.doctor import computer_checks
from kiosk.doctor.checklist import CHECKS, Check
from kiosk.doctor.facts import FirewallState
from kiosk.doctor.judgement import good
from tests.fakes.probes import FakeProbes
from web.ui.check_port import Area, SharedReason, Verdict


def test_names_and_numbers_are_given_once() -> None:
    assert len({check.name for check in CHECKS}) == len({check.number for check in CHECKS}) == len(CHECKS) >= 25
    assert all(0 < check.number < 64 for check in CHECKS)  # room in the code that people read out
    assert {check.area for check in CHECKS} == set(Area)


def test_on_a_healthy_computer_every_check_passes() -> None:
    findings = [check.run(FakeProbes()) for check in CHECKS]
    assert [finding for finding in findings if finding.verdict is not Verdict.PASS] == []
    assert [finding.name for finding in findings] == [check.name for check in CHECKS]


def test_what_the_computer_does_not_tell_could_not_be_checked() -> None:
    probes = FakeProbes()
    for name in vars(probes):
        setattr(probes, name, None)
    findings = [check.run(probes) for check in CHECKS]
    assert {(finding.verdict, finding.reason) for finding in findings} == {
        (Verdict.UNKNOWN, SharedReason.NOT_MEASURED.value)
    }


def test_a_reason_that_is_not_listed_is_a_mistake() -> None:
    with pytest.raises(LookupError):
        CHECKS[0].found(good("because"))
    assert CHECKS[0].found(good("not_here")).reason == "not_here"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_reasons_of_a_check_are_those_its_judge_gives(check: Check[Any]) -> None:
    source = inspect.getsource(check.judge)
    if "_judge_difference(" in source:
        source += inspect.getsource(computer_checks._judge_difference)
    given = set(re.findall(r'"([a-z_]+)"', re.sub(r'"""[^"]*"""', "", source)))
    computed = {"firewall": {state.value for state in FirewallState}, "cloud_key": {halt.value for halt in Halt}}
    assert check.reasons <= given | computed.get(check.name, set())
    assert set(re.findall(r'(?:good|doubtful|bad|judge)\(\s*"([a-z_]+)"', source)) <= check.reasons
