from __future__ import annotations

import pytest

from tests.fakes.update_port import STICK, FakeUpdates
from tests.web.ui.update_port_contract import UpdatePortContract


class World:
    def folder(self) -> str:
        return STICK


class TestFakeUpdates(UpdatePortContract):
    @pytest.fixture
    def updates(self) -> FakeUpdates:
        return FakeUpdates(lambda: 1_790_000_000_000, lambda: None)

    @pytest.fixture
    def world(self) -> World:
        return World()
