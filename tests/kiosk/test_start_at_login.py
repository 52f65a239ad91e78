"""Start at login: it really registers with the system, and "off" is off also beside the installer's entry for all."""

from __future__ import annotations

import plistlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from kiosk.paths import DataFolder
from kiosk.server_process import own_program
from kiosk.start_at_login import (
    MAC_LABEL,
    NAME,
    LaunchAgent,
    RunKey,
    StartAtLogin,
    XdgAutostart,
    is_unwanted,
    login_command,
    start_at_login,
)

COMMAND = ["/opt/a b/program", "--data-dir", '/srv/100 % "$HOME" `\\', "at-login"]


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.root.mkdir()
    return folder


def exec_line(file: Path) -> str:
    (line,) = [line for line in file.read_text("utf-8").splitlines() if line.startswith("Exec=")]
    return line.removeprefix("Exec=")


def read_back(line: str) -> Sequence[str]:
    """As a desktop reads it: first the escapes of the file, then those of the quotes, then the field codes."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line.replace("\\\\", "\\"))
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in words]


def test_on_linux_it_is_a_file_that_the_desktop_reads(folder: DataFolder, tmp_path: Path) -> None:
    setting = StartAtLogin(folder, XdgAutostart(tmp_path / "own", tmp_path / "all"), COMMAND)
    assert not setting.is_on()
    setting.choose(True)
    assert setting.is_on()
    file = tmp_path / "own" / f"{NAME}.desktop"
    assert file.read_text("utf-8").startswith("[Desktop Entry]\nType=Application\n")
    assert read_back(exec_line(file)) == COMMAND
    setting.choose(False)
    assert not setting.is_on()
    assert not file.exists()


def test_off_is_off_though_the_installer_has_an_entry_for_all(folder: DataFolder, tmp_path: Path) -> None:
    everybody = tmp_path / "all"
    everybody.mkdir()
    (everybody / f"{NAME}.desktop").touch()
    setting = StartAtLogin(folder, XdgAutostart(tmp_path / "own", everybody), COMMAND)
    assert setting.is_on()
    setting.choose(False)
    assert not setting.is_on()
    assert is_unwanted(folder)
    setting.choose(True)
    assert setting.is_on()
    assert not is_unwanted(folder)


def test_on_macos_it_is_a_launch_agent(folder: DataFolder, tmp_path: Path) -> None:
    setting = StartAtLogin(folder, LaunchAgent(tmp_path / "LaunchAgents"), COMMAND)
    setting.choose(True)
    content = plistlib.loads((tmp_path / "LaunchAgents" / f"{MAC_LABEL}.plist").read_bytes())
    assert (content["Label"], content["ProgramArguments"], content["RunAtLoad"]) == (MAC_LABEL, COMMAND, True)
    assert setting.is_on()
    setting.choose(False)
    assert not setting.is_on()
    assert list((tmp_path / "LaunchAgents").iterdir()) == []


def test_what_is_run_is_this_program_on_this_folder(folder: DataFolder) -> None:
    assert login_command(folder) == [*own_program(), "--data-dir", str(folder.root), "at-login"]


@pytest.mark.skipif(sys.platform != "linux", reason="each system has its own")
def test_the_setting_of_this_system_is_in_the_account_s_own_folder(folder: DataFolder, tmp_path: Path) -> None:
    setting = start_at_login(folder, tmp_path, {})
    assert setting is not None
    setting.choose(True)
    assert (tmp_path / ".config" / "autostart" / f"{NAME}.desktop").exists()
    elsewhere = start_at_login(folder, tmp_path, {"XDG_CONFIG_HOME": str(tmp_path / "config")})
    assert elsewhere is not None
    elsewhere.choose(True)
    assert (tmp_path / "config" / "autostart" / f"{NAME}.desktop").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="there it would change the account's registry")
def test_the_registry_is_only_of_windows() -> None:
    entry = RunKey()
    entry.make(COMMAND)
    entry.remove()
    assert not entry.is_there()
