"""The restore behind the page tests behaves like the program's own."""

from __future__ import annotations

import pytest

from tests.fakes.kiosk_port import START_MS
from tests.fakes.restore_port import FakeRestore
from tests.web.ui.restore_port_contract import RestorePortContract


class World:
    def __init__(self, restore: FakeRestore) -> None:
        self._restore = restore

    def backup(self) -> str:
        return "/media/stick/x.hikma-backup"

    def is_looked_at(self) -> None:
        self._restore.is_looked_at()


class TestFakeRestore(RestorePortContract):
    @pytest.fixture
    def restore(self) -> FakeRestore:
        return FakeRestore(lambda: START_MS, lambda: None)

    @pytest.fixture
    def world(self, restore: FakeRestore) -> World:
        return World(restore)
