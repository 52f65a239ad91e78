"""The fake BackupsPort of the page tests keeps the contract of the real one."""

from __future__ import annotations

import pytest

from tests.fakes.backups_port import FakeBackups
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.backups_port_contract import BackupsPortContract


class World:
    def __init__(self, backups: FakeBackups) -> None:
        self._backups = backups

    def finish(self) -> None:
        self._backups.ends()

    def stick(self) -> str:
        return "/media/stick"


class TestFakeBackups(BackupsPortContract):
    @pytest.fixture
    def backups(self) -> FakeBackups:
        return FakeKioskPort().backups

    @pytest.fixture
    def world(self, backups: FakeBackups) -> World:
        return World(backups)
