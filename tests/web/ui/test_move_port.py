"""The move behind the page tests behaves like the program's own."""

from __future__ import annotations

import pytest

from tests.fakes.kiosk_port import START_MS
from tests.fakes.move_port import FakeMove
from tests.web.ui.move_port_contract import MovePortContract


class World:
    stick = "/media/stick"

    def __init__(self, move: FakeMove) -> None:
        self._move = move

    def finish(self) -> None:
        self._move.finishes()


class TestFakeMove(MovePortContract):
    @pytest.fixture
    def move(self) -> FakeMove:
        return FakeMove(lambda: START_MS, lambda: None)

    @pytest.fixture
    def world(self, move: FakeMove) -> World:
        return World(move)
