"""The icon in the window's own toolkit: its menu, in a process of its own, since a toolkit wants its main thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from kiosk.server_process import PROGRAM_FOLDER

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere pystray draws it")

PROGRAM = """
import json
from qtpy.QtWidgets import QApplication
from kiosk.tray import TrayActions, TrayTexts
from kiosk.tray_qt import QtTray
application, done = QApplication([]), []
does = lambda name: lambda: done.append(name)
texts = lambda start: TrayTexts("Server", "Open", start, "Quit", "", "", str)
tray = QtTray(texts("At login"), TrayActions(does("open"), does("quit"), does("toggle"), lambda: True, does("look")))
tray.show(texts("Al entrar"), "Phones can sync")
application.processEvents()
tray._menu.aboutToShow.emit()
entries = tray._menu.actions()
for entry in entries:
    entry.trigger()
shown = [entry.text() for entry in entries if entry.isVisible()]
tray.close()
application.processEvents()
print(json.dumps([shown, done, entries[2].isCheckable(), application.quitOnLastWindowClosed(), tray._icon.isVisible()]))
"""


def test_the_menu_says_the_state_in_the_language_in_use_and_does_what_it_says() -> None:
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=PROGRAM_FOLDER, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    shown, called, is_checkable, quits_with_last_window, is_visible = json.loads(done.stdout.splitlines()[-1])
    assert shown == ["Open", "Phones can sync", "Al entrar", "Quit"]
    assert called == ["look", "open", "toggle", "quit"]
    assert is_checkable
    assert not quits_with_last_window
    assert not is_visible
