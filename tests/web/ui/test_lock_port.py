"""The fake LockPort of the page tests keeps the contract of the real one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fakes.lock_port import CODE, FakeLock
from tests.web.ui.lock_port_contract import LockPortContract


class TestFakeLock(LockPortContract):
    @pytest.fixture
    def lock(self) -> FakeLock:
        return FakeLock()

    @pytest.fixture
    def code(self) -> Callable[[], str]:
        return lambda: CODE

    @pytest.fixture
    def leave(self, lock: FakeLock) -> Callable[[], None]:
        return lock.nobody_is_there
