"""Backups as staff sees and makes them at this computer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.settings import Setting, read_setting
from kiosk.backups import Backups
from kiosk.backups_desk import BackupsDesk
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import OpenClinic, opened_clinic
from tests.polling import eventually
from tests.web.ui.backups_port_contract import BackupsPortContract


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[OpenClinic]:
    made = opened_clinic(tmp_path / "data", AdjustableClock())
    yield made
    made.store.database.close()


def desk_of(clinic: OpenClinic, free: int = 10**12) -> BackupsDesk:
    backups = Backups(clinic.folder, clinic.store.database, clinic.key, clinic.clock)
    return BackupsDesk(clinic.folder, clinic.store.database, clinic.key, backups, lambda _: free)


class World:
    def __init__(self, desk: BackupsDesk, folder: Path) -> None:
        self._desk = desk
        self._stick = folder / "stick"
        self._stick.mkdir()

    def finish(self) -> None:
        eventually(lambda: self._desk.view().percent is None)

    def stick(self) -> str:
        return str(self._stick)


class TestBackupsDesk(BackupsPortContract):
    @pytest.fixture
    def backups(self, clinic: OpenClinic) -> BackupsDesk:
        return desk_of(clinic)

    @pytest.fixture
    def world(self, backups: BackupsDesk, tmp_path: Path) -> World:
        return World(backups, tmp_path)


def made(desk: BackupsDesk) -> None:
    desk.make_now()
    eventually(lambda: desk.view().percent is None)


def test_the_copy_in_the_second_place_is_listed_as_such(clinic: OpenClinic, tmp_path: Path) -> None:
    desk = desk_of(clinic)
    (tmp_path / "stick").mkdir()
    desk.choose_second_folder(str(tmp_path / "stick"))
    made(desk)
    assert [line.is_second for line in desk.listed()] == [False, True]
    assert desk.view().second_result == "ok"


def test_a_stick_that_was_pulled_out_is_told_and_the_backup_on_this_computer_is_good(
    clinic: OpenClinic, tmp_path: Path
) -> None:
    desk = desk_of(clinic)
    (tmp_path / "stick").mkdir()
    desk.choose_second_folder(str(tmp_path / "stick"))
    (tmp_path / "stick").rmdir()
    made(desk)
    view = desk.view()
    assert (view.result, view.second_result) == ("ok", "backup_place_failed")


def test_a_backup_that_cannot_be_written_is_told_by_its_code(clinic: OpenClinic) -> None:
    clinic.folder.backups.parent.mkdir(exist_ok=True)
    clinic.folder.backups.write_text("no folder")
    desk = desk_of(clinic)
    made(desk)
    assert desk.view().result not in ("", "ok")


@pytest.mark.parametrize(("free", "is_low"), [(4 * 10**9, True), (6 * 10**9, False)])
def test_little_free_space_is_told(clinic: OpenClinic, free: int, is_low: bool) -> None:
    view = desk_of(clinic, free).view()
    assert (view.free_bytes, view.is_space_low) == (free, is_low)


def test_the_code_that_is_shown_is_the_one_that_is_kept(clinic: OpenClinic) -> None:
    shown = desk_of(clinic).recovery_code()
    with clinic.store.database.read() as snapshot:
        assert shown == read_setting(snapshot, Setting.RECOVERY_CODE)
