"""The key in a real keystore of the operating system: here the Secret Service of a desktop, on a bus of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.paths import DataFolder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is a thing of Linux desktops")

UNLOCK = 'printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"'
OPEN_KEY = """
import pathlib, sys
from db.errors import HubError
from kiosk.keystore import Keystore
from kiosk.paths import DataFolder
folder = DataFolder(pathlib.Path(sys.argv[1]))
folder.prepare()
try:
    key = Keystore(folder).open()
    print(key.place, key.is_new, key.secret.hex())
except HubError as error:
    print(error)
"""


def open_key(tmp_path: Path, *, is_unlocked: bool) -> list[str]:
    """What a program finds that starts in a new desktop session of this user."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    environ = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "HIKMA_KEYSTORE")}
    for name in ("HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"):
        environ[name] = str(home)
    program = [sys.executable, "-c", OPEN_KEY, str(tmp_path / "data")]
    session = ["sh", "-c", UNLOCK, "sh", *program] if is_unlocked else program
    result = subprocess.run(
        ["dbus-run-session", "--", *session], env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    return result.stdout.split()


def test_the_key_survives_the_session_and_is_in_no_file(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    place, is_new, key = open_key(tmp_path, is_unlocked=True)
    assert (place, is_new) == ("os", "True")
    folder.database_file.touch()
    assert open_key(tmp_path, is_unlocked=True) == ["os", "False", key]
    assert [path for path in tmp_path.rglob("*") if path.is_file() and key.encode() in path.read_bytes()] == []


def test_while_the_keystore_is_locked_no_second_key_is_made(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    open_key(tmp_path, is_unlocked=True)
    folder.database_file.touch()
    assert open_key(tmp_path, is_unlocked=False)[0] == "key_missing"
    assert not folder.key_file.exists()
