"""The fake StartPort of the page tests keeps the contract of the real one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fakes.lock_port import CODE
from tests.fakes.start_port import FakeStart
from tests.web.ui.start_port_contract import StartPortContract


class TestFakeStart(StartPortContract):
    @pytest.fixture
    def start(self) -> FakeStart:
        return FakeStart()

    @pytest.fixture
    def code(self) -> Callable[[], str]:
        return lambda: CODE
