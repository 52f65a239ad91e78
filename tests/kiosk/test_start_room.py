"""Where a server waits for the passphrase of its start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from db.errors import TooManyTries, WrongPassphrase, WrongRecoveryCode
from db.recovery_code import secret_of
from db.wrapped_key import Purpose, encode, wrap
from kiosk.keystore import Keystore
from kiosk.passphrase import is_passphrase_set, set_passphrase
from kiosk.private_file import write_private
from kiosk.recovery import new_recovery_code
from kiosk.start_room import StartRoom
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import OpenClinic, opened_clinic
from tests.web.ui.start_port_contract import PASSPHRASE, StartPortContract

CHEAP = 2


@pytest.fixture
def opened(tmp_path: Path) -> OpenClinic:
    return opened_clinic(tmp_path / "data", AdjustableClock())


@pytest.fixture
def recovery_code(opened: OpenClinic) -> str:
    return new_recovery_code(opened.folder, opened.store.database, opened.key, cost=CHEAP)


@pytest.fixture
def clinic(opened: OpenClinic, recovery_code: str) -> OpenClinic:
    """Closed; it opens with PASSPHRASE."""
    opened.store.close()
    keystore = Keystore(opened.folder, opened.config.keystore)
    set_passphrase(opened.folder, keystore, opened.key, PASSPHRASE, cost=CHEAP)
    return opened


def room_of(clinic: OpenClinic) -> StartRoom:
    return StartRoom(clinic.config, clinic.clock)


class TestStartRoom(StartPortContract):
    @pytest.fixture
    def start(self, clinic: OpenClinic) -> StartRoom:
        return room_of(clinic)

    @pytest.fixture
    def code(self, recovery_code: str) -> Callable[[], str]:
        return lambda: recovery_code


def test_the_passphrase_is_handed_on_and_stays(clinic: OpenClinic) -> None:
    room = room_of(clinic)
    room.try_passphrase(PASSPHRASE)
    assert room.has_changed.is_set()
    assert (room.passphrase, room.is_given_up) == (PASSPHRASE, False)
    assert is_passphrase_set(clinic.folder)


def test_after_the_recovery_code_the_program_starts_by_itself_again(clinic: OpenClinic, recovery_code: str) -> None:
    room = room_of(clinic)
    room.try_recovery_code(recovery_code)
    assert room.passphrase is None
    assert not is_passphrase_set(clinic.folder)
    (key,) = Keystore(clinic.folder, clinic.config.keystore).found()
    assert key.secret == clinic.key


def test_a_code_of_another_database_ends_no_passphrase(clinic: OpenClinic, recovery_code: str) -> None:
    copy = wrap(bytes(32), secret_of(recovery_code), Purpose.RECOVERY, cost=CHEAP)
    write_private(clinic.folder.recovery_file, encode(copy))
    with pytest.raises(WrongRecoveryCode):
        room_of(clinic).try_recovery_code(recovery_code)
    assert is_passphrase_set(clinic.folder)


def test_guessing_takes_longer_and_longer_also_after_a_restart(clinic: OpenClinic) -> None:
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            room_of(clinic).try_passphrase("battery staple")
    with pytest.raises(TooManyTries):
        room_of(clinic).try_passphrase(PASSPHRASE)


def test_the_window_that_closes_ends_it(clinic: OpenClinic) -> None:
    room = room_of(clinic)
    room.quit_server()
    assert (room.has_changed.is_set(), room.is_given_up) == (True, True)
