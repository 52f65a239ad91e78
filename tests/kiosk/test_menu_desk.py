"""What is chosen in the menu is done on the server's own pages, here those of a real listener."""

from __future__ import annotations

import os
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.errors import NotRunning, StorageFailed
from kiosk.menu import MenuAction
from kiosk.menu_desk import DEEDS, PAGES, MenuDesk, Refusal, ask, report_by_command, show_in_file_manager
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.serving import TOKEN, free_port, serve_ui
from web.ui.ports import ServingState


def server_at(url: str) -> RunningServer:
    return RunningServer(pid=os.getpid(), ui_url=url, token=TOKEN, phones_url=None, version="0.1.0", started_at_ms=0)


class Hands:
    """The window: what it was asked to show, and where the person saves."""

    def __init__(self, server: RunningServer | None) -> None:
        self._server = server
        self.opened: list[str] = []
        self.failures: list[str] = []
        self.offered: list[str] = []
        self.place: Path | None = None

    def server(self) -> RunningServer | None:
        return self._server

    def open_page(self, path: str) -> None:
        self.opened.append(path)

    def choose_file(self, folder: Path, name: str) -> Path | None:
        assert folder.is_dir()
        self.offered.append(name)
        return self.place

    def choose_backup(self) -> Path | None:
        return self.place

    def tell_failure(self, code: str) -> None:
        self.failures.append(code)


@pytest.fixture
def kiosk() -> FakeKioskPort:
    port = FakeKioskPort()
    port.complete_first_run(FORM)
    return port


@pytest.fixture
def hands(kiosk: FakeKioskPort) -> Iterator[Hands]:
    with serve_ui(kiosk) as ui:
        yield Hands(server_at(ui.url))


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.mark.parametrize(("action", "page"), PAGES.items())
def test_an_entry_opens_its_page(hands: Hands, folder: DataFolder, action: MenuAction, page: str) -> None:
    MenuDesk(folder, hands).do(action)
    assert (hands.opened, hands.failures) == ([page], [])
    server = hands.server()
    assert server is not None
    assert ask(server, "GET", page).status in (200, 303)


def test_serving_is_stopped_and_started(hands: Hands, kiosk: FakeKioskPort, folder: DataFolder) -> None:
    desk = MenuDesk(folder, hands)
    desk.do(MenuAction.STOP)
    assert kiosk.status().state is ServingState.STOPPED
    desk.do(MenuAction.START)
    assert kiosk.status().state is ServingState.SERVING
    assert (hands.opened, hands.failures) == (["/", "/"], [])


def test_a_refusal_is_told_and_no_page_is_opened(hands: Hands, kiosk: FakeKioskPort, folder: DataFolder) -> None:
    kiosk.fail_next(StorageFailed())
    MenuDesk(folder, hands).do(MenuAction.STOP)
    assert (hands.failures, hands.opened) == (["storage_failed"], [])


def test_every_deed_has_a_route(hands: Hands) -> None:
    server = hands.server()
    assert server is not None
    for path, page in DEEDS.values():
        try:
            assert ask(server, "POST", path).status < 400
        except Refusal as refusal:
            assert refusal.code not in ("not_found", "method_not_allowed", "invalid_input")
        assert page.startswith("/")


@pytest.mark.parametrize("action", [MenuAction.ABOUT, MenuAction.SYNC_NOW])
def test_without_a_server_that_is_said(folder: DataFolder, action: MenuAction) -> None:
    nobody = Hands(None)
    MenuDesk(folder, nobody).do(action)
    dead = Hands(server_at(f"http://127.0.0.1:{free_port()}"))
    MenuDesk(folder, dead).do(MenuAction.START)
    assert nobody.failures == dead.failures == [NotRunning.code]


def test_the_report_is_saved_where_the_person_wants_it_and_its_page_is_shown(
    hands: Hands, folder: DataFolder, tmp_path: Path
) -> None:
    hands.place = tmp_path / "r.zip"
    MenuDesk(folder, hands).do(MenuAction.EXPORT)
    assert zipfile.is_zipfile(tmp_path / "r.zip")
    assert (hands.opened, hands.failures) == (["/diagnostics"], [])
    assert hands.offered[0].startswith("hikma-diagnostics-")
    assert hands.offered[0].endswith(".zip")


def test_a_name_without_an_ending_gets_one_unless_that_would_replace_something(
    hands: Hands, folder: DataFolder, tmp_path: Path
) -> None:
    hands.place = tmp_path / "report"
    desk = MenuDesk(folder, hands)
    desk.do(MenuAction.EXPORT)
    assert [file.name for file in tmp_path.iterdir()] == ["report.zip"]
    desk.do(MenuAction.EXPORT)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["report", "report.zip"]


def test_nothing_is_saved_when_the_person_thinks_better_of_it(hands: Hands, folder: DataFolder) -> None:
    MenuDesk(folder, hands).do(MenuAction.EXPORT)
    assert (hands.opened, hands.failures) == ([], [])


def test_a_place_that_takes_no_file_is_told(hands: Hands, folder: DataFolder, tmp_path: Path) -> None:
    hands.place = tmp_path / "missing" / "r.zip"
    MenuDesk(folder, hands).do(MenuAction.EXPORT)
    assert (hands.failures, hands.opened) == (["report_place_failed"], [])


def test_without_a_server_the_report_is_made_by_a_process_of_its_own(folder: DataFolder, tmp_path: Path) -> None:
    folder.prepare()
    hands = Hands(None)
    hands.place = tmp_path / "r.zip"
    MenuDesk(folder, hands).do(MenuAction.EXPORT)
    assert hands.failures == []
    assert zipfile.is_zipfile(tmp_path / "r.zip")


def test_what_that_process_refuses_is_told_by_its_code(folder: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        report_by_command(folder, tmp_path / "r.zip")
    assert refusal.value.code == "not_found"


def test_the_window_is_locked_from_the_menu_once_there_is_a_pin(
    hands: Hands, kiosk: FakeKioskPort, folder: DataFolder
) -> None:
    desk = MenuDesk(folder, hands)
    desk.do(MenuAction.LOCK)
    assert (hands.failures, hands.opened) == (["no_pin"], [])
    kiosk.lock.set_pin("4711")
    desk.do(MenuAction.LOCK)
    assert hands.opened == ["/locked"]
    desk.do(MenuAction.STOP)
    assert hands.failures == ["no_pin", "window_locked"]


def test_the_folder_of_the_log_is_shown(hands: Hands, folder: DataFolder) -> None:
    shown: list[Path] = []
    MenuDesk(folder, hands, show_folder=shown.append).do(MenuAction.LOGS)
    assert shown == [folder.logs]


@pytest.mark.skipif(os.name == "nt", reason="Windows has its own call")
def test_the_systems_file_manager_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hands: Hands) -> None:
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    process = show_in_file_manager(tmp_path)
    assert isinstance(process, subprocess.Popen)
    process.wait(10)
    assert (tmp_path / "opened").read_text() == str(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    MenuDesk(DataFolder(tmp_path), hands).do(MenuAction.LOGS)
    assert hands.failures == ["internal"]


def test_a_backup_that_was_chosen_is_what_the_page_offers(
    hands: Hands, kiosk: FakeKioskPort, folder: DataFolder
) -> None:
    desk = MenuDesk(folder, hands)
    desk.do(MenuAction.RESTORE_FILE)
    assert hands.opened == []
    hands.place = Path("/media/stick & co/North ﷽.hikma-backup")
    desk.do(MenuAction.RESTORE_FILE)
    server, (page,) = hands.server(), hands.opened
    assert server is not None
    assert "stick &amp; co/North ﷽.hikma-backup" in ask(server, "GET", page).body.decode()


def test_a_backup_is_made_from_the_menu(hands: Hands, kiosk: FakeKioskPort, folder: DataFolder) -> None:
    MenuDesk(folder, hands).do(MenuAction.BACK_UP)
    assert (hands.opened, hands.failures, kiosk.backups.view().percent) == (["/backups"], [], 0)
