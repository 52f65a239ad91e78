"""What every StartPort does, the fake one of the page tests and the program's own alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.errors import InvalidInput, RecoveryCodeMistyped, WrongPassphrase, WrongRecoveryCode
from tests.web.ui.lock_port_contract import OTHER_CODE
from web.ui.start_port import StartPort

PASSPHRASE = "correct horse"


class StartPortContract:
    """Subclasses give the fixtures ``start``, which waits for PASSPHRASE, and ``code``: its recovery code."""

    def test_the_passphrase_opens_it_and_nothing_else_does(self, start: StartPort) -> None:
        with pytest.raises(WrongPassphrase):
            start.try_passphrase("battery staple")
        assert not start.is_opening
        start.try_passphrase(PASSPHRASE)
        assert start.is_opening

    def test_the_recovery_code_opens_it_and_ends_the_passphrase(
        self, start: StartPort, code: Callable[[], str]
    ) -> None:
        with pytest.raises(RecoveryCodeMistyped):
            start.try_recovery_code("ABC")
        with pytest.raises(WrongRecoveryCode):
            start.try_recovery_code(OTHER_CODE)
        assert not start.is_opening
        start.try_recovery_code(code())
        assert start.is_opening

    def test_it_speaks_the_language_that_is_chosen(self, start: StartPort) -> None:
        assert start.language is None
        with pytest.raises(InvalidInput):
            start.choose_language("fr")
        start.choose_language("ar")
        assert start.language == "ar"
