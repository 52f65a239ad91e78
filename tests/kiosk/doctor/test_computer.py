"""The operating system under the tests answers, whichever it is."""

from __future__ import annotations

import sys

import pytest

from kiosk.doctor.computer import Computer, this_computer
from kiosk.doctor.facts import FirewallState, ProfileFacts
from tests.fakes.computer import FakeComputer


@pytest.fixture(params=["this one", "the fake"])
def computer(request: pytest.FixtureRequest) -> Computer:
    return this_computer() if request.param == "this one" else FakeComputer()


def test_it_says_which_system_it_is(computer: Computer) -> None:
    assert computer.system in ("windows", "macos", "linux")


def test_its_answers_are_of_the_kinds_that_checks_know(computer: Computer) -> None:
    assert isinstance(computer.firewall(4001), FirewallState)
    assert computer.profile() is None or isinstance(computer.profile(), ProfileFacts)
    minutes = computer.idle_minutes()
    assert minutes is None or minutes >= 0
    webview = computer.webview()
    assert webview.is_needed == (computer.system == "windows")


def test_this_system_is_recognised() -> None:
    expected = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    assert this_computer().system == expected
