"""What the icon does for the window: hiding, saying so once, the state, the start at login, the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer
from kiosk.start_at_login import StartAtLogin, XdgAutostart
from kiosk.tray import Tray, TrayActions, TrayTexts
from kiosk.tray_desk import TrayDesk
from tests.kiosk.hubs import built_hub
from tests.polling import eventually
from tests.web.ui.kiosk_port_contract import FORM

TEXTS = TrayTexts("Server", "Open", "Start at login", "Quit…", "Hidden", "Still there", lambda code: f"it is {code}")


class Window:
    """What the window was asked for."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.running: RunningServer | None = None

    def server(self) -> RunningServer | None:
        return self.running

    def come_to_front(self) -> None:
        self.done.append("front")

    def hide(self) -> None:
        self.done.append("hide")

    def tell(self, title: str, message: str) -> None:
        self.done.append(f"{title}: {message}")

    def ask_to_end(self) -> None:
        self.done.append("ask")


class Icon:
    """A place for icons that remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.is_closed = False
        self.actions: TrayActions | None = None

    def make(self, texts: TrayTexts, actions: TrayActions) -> Tray | None:
        self.actions = actions
        return self

    def show(self, texts: TrayTexts, state: str) -> None:
        self.said.append(state)

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    return folder


def desk(
    folder: DataFolder,
    window: Window,
    texts: Callable[[], TrayTexts | None] = lambda: TEXTS,
    at_login: StartAtLogin | None = None,
) -> TrayDesk:
    return TrayDesk(folder, window, texts, at_login)


def test_hiding_is_explained_the_first_time_and_never_again(folder: DataFolder) -> None:
    window = Window()
    desk(folder, window).hide_window()
    desk(folder, window).hide_window()
    assert window.done == ["Hidden: Still there", "hide", "hide"]


def test_without_a_place_for_icons_there_is_none(folder: DataFolder) -> None:
    tray = desk(folder, Window())
    tray.put_up(lambda texts, actions: None)
    assert not tray.is_shown
    tray.say("nobody hears it")
    tray.refresh()
    tray.take_down()


def test_without_words_there_is_no_icon(folder: DataFolder) -> None:
    tray, icon = desk(folder, Window(), lambda: None), Icon()
    tray.put_up(icon.make)
    assert not tray.is_shown


def test_the_state_is_what_the_server_says(tmp_path: Path, folder: DataFolder) -> None:
    window, icon = Window(), Icon()
    tray = desk(folder, window)
    tray.put_up(icon.make)
    tray.refresh()  # nobody to ask
    with built_hub(tmp_path / "hub") as hub:
        window.running = hub.start()
        hub.control.complete_first_run(FORM)
        hub.control.stop_serving()
        assert icon.actions is not None
        icon.actions.looked_at()
        eventually(lambda: "it is stopped" in icon.said)
    tray.take_down()
    assert icon.is_closed
    assert not tray.is_shown


def test_the_entries_show_the_window_and_ask_before_the_end(folder: DataFolder) -> None:
    window, icon = Window(), Icon()
    desk(folder, window).put_up(icon.make)
    assert icon.actions is not None
    icon.actions.open()
    eventually(lambda: window.done == ["front"])
    icon.actions.quit()
    eventually(lambda: window.done == ["front", "front", "ask"])


def test_the_start_at_login_is_chosen_there(folder: DataFolder, tmp_path: Path) -> None:
    setting = StartAtLogin(folder, XdgAutostart(tmp_path / "own", tmp_path / "all"), ["program"])
    icon = Icon()
    desk(folder, Window(), at_login=setting).put_up(icon.make)
    assert icon.actions is not None
    assert icon.actions.is_at_login is not None
    assert not icon.actions.is_at_login()
    icon.actions.toggle_at_login()
    eventually(setting.is_on)
    icon.actions.toggle_at_login()
    eventually(lambda: not setting.is_on())
