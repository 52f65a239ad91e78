"""Backups as staff sees and makes them at this computer."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from db.backup_file import Progress
from db.errors import StorageBusy
from db.settings import Setting, read_setting
from kiosk.backups import Backups
from kiosk.backups_desk import BackupsDesk
from tests.kiosk.backups import OpenClinic
from tests.polling import eventually
from tests.web.ui.backups_port_contract import BackupsPortContract


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


def count_looks(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    looks: list[int] = []
    listed = backups.listed
    monkeypatch.setattr(backups, "listed", lambda: (looks.append(1), listed())[1])
    return looks


def test_what_is_listed_is_looked_at_again_only_when_something_happened_to_it(
    clinic: OpenClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = Backups(clinic.folder, clinic.store.database, clinic.key, clinic.clock)
    looks = count_looks(backups, monkeypatch)
    desk = BackupsDesk(clinic.folder, clinic.store.database, clinic.key, backups, lambda _: 10**12)
    for _ in range(5):  # a page that is open
        assert desk.listed() == ()
    assert len(looks) == 1
    backups.make()  # not from the page: the daily one
    assert [len(desk.listed()) for _ in range(5)] == [1] * 5
    assert len(looks) == 2
    desk.look_again()
    assert len(looks) == 3


def test_a_second_place_that_does_not_answer_keeps_nobody_waiting(
    clinic: OpenClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = Backups(clinic.folder, clinic.store.database, clinic.key, clinic.clock)
    answers = threading.Event()
    monkeypatch.setattr(backups, "listed", lambda: (answers.wait(30), [])[1])
    desk = BackupsDesk(clinic.folder, clinic.store.database, clinic.key, backups, lambda _: 10**12)
    assert desk.listed() == ()
    assert desk.view().is_looking
    answers.set()
    eventually(lambda: not desk.view().is_looking)


def test_a_backup_that_a_check_asks_for_is_shown_like_any_other(
    clinic: OpenClinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = Backups(clinic.folder, clinic.store.database, clinic.key, clinic.clock)
    desk = BackupsDesk(clinic.folder, clinic.store.database, clinic.key, backups, lambda _: 10**12)
    seen: list[int | None] = []
    make = backups.make

    def watched(*, progress: Progress) -> object:
        seen.append(desk.view().percent)
        with pytest.raises(StorageBusy):
            desk.make_and_wait()
        return make(progress=progress)

    monkeypatch.setattr(backups, "make", watched)
    desk.make_and_wait()
    assert (seen, desk.view().percent, desk.view().result) == ([0], None, "ok")


def test_one_into_a_folder_of_choice_is_told_and_is_nowhere_else(clinic: OpenClinic, tmp_path: Path) -> None:
    desk = desk_of(clinic)
    for folder, failure in ((tmp_path / "stick", ""), (tmp_path / "gone", "backup_place_failed")):
        if not failure:
            folder.mkdir()
        desk.make_at(folder)
        eventually(lambda: desk.percent is None)
        assert (desk.elsewhere.failure, bool(desk.elsewhere.file)) == (failure, not failure)
    assert desk.listed() == ()
