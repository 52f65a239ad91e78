"""The fake CheckPort of the page tests keeps the contract of the real one."""

from __future__ import annotations

import pytest

from tests.fakes.check_port import FakeCheckPort
from tests.fakes.kiosk_port import START_MS
from tests.web.ui.check_port_contract import CheckPortContract
from web.ui.check_port import CheckPort, Verdict


class TestFakeCheckPort(CheckPortContract):
    @pytest.fixture
    def port(self) -> CheckPort:
        return FakeCheckPort(lambda: START_MS)


def test_verdicts_are_listed_the_worst_first() -> None:
    assert [verdict.value for verdict in Verdict] == ["fail", "warn", "unknown", "pass"]
