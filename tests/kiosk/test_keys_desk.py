"""Passphrase and erasing as staff meets them at this computer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.errors import StorageFailed, TooManyTries, WrongPassphrase
from db.settings import Setting, write_setting
from kiosk.backups import Backups
from kiosk.keys_desk import KeysDesk, Serving
from kiosk.keystore import Keystore
from kiosk.passphrase import open_with_passphrase, set_passphrase
from kiosk.recovery import new_recovery_code
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import OpenClinic, opened_clinic
from tests.web.ui.keys_port_contract import NAME, NEW, OLD, KeysPortContract

CHEAP = 2


class World:
    """The server around the desk."""

    def __init__(self, clinic: OpenClinic) -> None:
        self._clinic = clinic
        self._is_serving = True
        self.has_ended = False
        backups = Backups(clinic.folder, clinic.store.database, clinic.key, clinic.clock)
        serving = Serving(lambda: NAME, self._start, self.stop, self._end)
        self.keys = KeysDesk(
            clinic.config, clinic.clock, clinic.store.database, clinic.key, backups, serving, cost=CHEAP
        )

    def see_code(self) -> None:
        new_recovery_code(self._clinic.folder, self._clinic.store.database, self._clinic.key, cost=CHEAP)
        with self._clinic.store.database.write() as transaction:
            write_setting(transaction, Setting.RECOVERY_CODE_SEEN, "yes")

    def is_serving(self) -> bool:
        return self._is_serving

    def erasure(self) -> tuple[str | None, bool] | None:
        erasure = self.keys.erasure
        assert (erasure is not None) == self.has_ended
        return None if erasure is None else (erasure.kept, erasure.with_backups)

    def _start(self) -> None:
        self._is_serving = True

    def stop(self) -> bool:
        was_serving, self._is_serving = self._is_serving, False
        return was_serving

    def _end(self) -> None:
        self.has_ended = True


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    made = opened_clinic(tmp_path / "data", AdjustableClock(), NAME)
    yield made
    made.store.database.close()


@pytest.fixture
def world(clinic: OpenClinic) -> World:
    return World(clinic)


class TestKeysDesk(KeysPortContract):
    @pytest.fixture
    def keys(self, world: World) -> KeysDesk:
        return world.keys


def test_the_passphrase_that_was_set_opens_the_database_and_nothing_else_does(clinic: OpenClinic, world: World) -> None:
    world.see_code()
    world.keys.set_passphrase(OLD)
    keystore = Keystore(clinic.folder, clinic.config.keystore)
    assert keystore.found() == []
    assert open_with_passphrase(clinic.folder, keystore, OLD) == clinic.key


def test_guessing_the_present_passphrase_takes_longer_and_longer(clinic: OpenClinic, world: World) -> None:
    set_passphrase(clinic.folder, Keystore(clinic.folder, clinic.config.keystore), clinic.key, OLD, cost=CHEAP)
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            world.keys.remove_passphrase(NEW)
    with pytest.raises(TooManyTries):
        world.keys.change_passphrase(OLD, NEW)
    clinic.clock.advance(5_000)
    world.keys.remove_passphrase(OLD)


def test_when_the_last_backup_fails_phones_are_served_again(clinic: OpenClinic, world: World) -> None:
    world.see_code()
    clinic.folder.backups.write_text("no folder")
    with pytest.raises(StorageFailed):
        world.keys.make_last_backup(NAME)
    assert world.is_serving()


def test_when_the_last_backup_fails_on_a_computer_that_serves_no_more_it_does_not_begin_to(
    clinic: OpenClinic, world: World
) -> None:
    world.see_code()
    world.stop()
    clinic.folder.backups.write_text("no folder")
    with pytest.raises(StorageFailed):
        world.keys.make_last_backup(NAME)
    assert not world.is_serving()


def test_a_copy_in_the_second_place_is_told(clinic: OpenClinic, world: World, tmp_path: Path) -> None:
    world.see_code()
    (tmp_path / "stick").mkdir()
    with clinic.store.database.write() as transaction:
        write_setting(transaction, Setting.SECOND_BACKUP_FOLDER, str(tmp_path / "stick"))
    made = world.keys.make_last_backup(NAME)
    assert made.copied_to == str(tmp_path / "stick")
    assert Path(made.file).is_file()
