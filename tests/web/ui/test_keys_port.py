"""The fake KeysPort of the page tests keeps the contract of the real one."""

from __future__ import annotations

import pytest

from tests.fakes.keys_port import FakeKeys
from tests.web.ui.keys_port_contract import NAME, KeysPortContract


class World:
    def __init__(self) -> None:
        self._is_serving = True
        self.keys = FakeKeys(lambda: NAME, self.start, self.stop)
        self.keys.is_code_seen = False

    def start(self) -> None:
        self._is_serving = True

    def stop(self) -> None:
        self._is_serving = False

    def see_code(self) -> None:
        self.keys.is_code_seen = True

    def is_serving(self) -> bool:
        return self._is_serving

    def erasure(self) -> tuple[str | None, bool] | None:
        return self.keys.erased


class TestFakeKeys(KeysPortContract):
    @pytest.fixture
    def world(self) -> World:
        return World()

    @pytest.fixture
    def keys(self, world: World) -> FakeKeys:
        return world.keys
