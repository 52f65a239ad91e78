"""Whether the program opens by itself when somebody signs in to this computer, for this account.

Knows nothing of windows. The installer may have made an entry for every account of the computer, which an account
cannot take away: so that "off" is off, a note in the data folder keeps ``at-login`` from opening anything.
"""

from __future__ import annotations

import plistlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from kiosk.paths import DataFolder, data_folder
from kiosk.server_process import PROGRAM_FOLDER, own_program

NAME = "hikma-local-server"
NOTE_NAME = "closed-at-login"
MAC_LABEL = "org.hikmahealth.local-server.at-login"
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"


class LoginEntry(Protocol):
    """The system's own way to open a program at sign-in. Methods may raise OSError."""

    def is_there(self) -> bool:
        """Whether there is one, of this account or for all."""
        ...

    def make(self, command: Sequence[str]) -> None:
        """Opens this from the next sign-in on."""
        ...

    def remove(self) -> None:
        """Takes this account's away."""
        ...


class StartAtLogin:
    """The setting. Methods may raise OSError."""

    def __init__(self, folder: DataFolder, entry: LoginEntry, command: Sequence[str] | None = None) -> None:
        self._folder = folder
        self._entry = entry
        self._command = list(command or login_command(folder))

    def is_on(self) -> bool:
        """As it is now, whoever set it."""
        return not is_unwanted(self._folder) and self._entry.is_there()

    def choose(self, is_on: bool) -> None:
        """From the next sign-in on."""
        note = self._folder.root / NOTE_NAME
        if is_on:
            note.unlink(missing_ok=True)
            self._entry.make(self._command)
        else:
            note.write_bytes(b"")
            self._entry.remove()


def is_unwanted(folder: DataFolder) -> bool:
    """Whether somebody turned it off."""
    return (folder.root / NOTE_NAME).exists()


def login_command(folder: DataFolder) -> list[str]:
    """What is run at sign-in."""
    where = [] if folder.root == data_folder(None).root else ["--data-dir", str(folder.root)]
    return [*own_program(), *where, "at-login"]


def start_at_login(folder: DataFolder, home: Path, environ: Mapping[str, str]) -> StartAtLogin | None:
    """The setting on this system; None where a sign-in could not find the program."""
    if sys.platform == "win32":
        return StartAtLogin(folder, RunKey()) if getattr(sys, "frozen", False) else None
    if sys.platform == "darwin":
        return StartAtLogin(folder, LaunchAgent(home / "Library" / "LaunchAgents"))
    own = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "autostart"
    return StartAtLogin(folder, XdgAutostart(own, Path("/etc/xdg/autostart")))


class XdgAutostart:
    """Linux: a file in the autostart folder, named as the packages name theirs, which it then replaces."""

    def __init__(self, own: Path, everybody: Path) -> None:
        self._own = own / f"{NAME}.desktop"
        self._everybody = everybody / f"{NAME}.desktop"

    def is_there(self) -> bool:
        """See LoginEntry."""
        return self._own.exists() or self._everybody.exists()

    def make(self, command: Sequence[str]) -> None:
        """See LoginEntry."""
        self._own.parent.mkdir(parents=True, exist_ok=True)
        lines = ("[Desktop Entry]", "Type=Application", "Version=1.1", "Name=Hikma Local Server")
        started = (f"Exec={' '.join(map(_quoted, command))}", f"Path={PROGRAM_FOLDER}", f"Icon={NAME}")
        self._own.write_text("\n".join((*lines, *started, "Terminal=false", "")), encoding="utf-8")

    def remove(self) -> None:
        """See LoginEntry."""
        self._own.unlink(missing_ok=True)


def _quoted(word: str) -> str:
    """As the Desktop Entry Specification wants it: quoted, escaped, and escaped once more as a string of the file."""
    escaped = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in word)
    return '"' + escaped.replace("\\", "\\\\").replace("%", "%%") + '"'


class LaunchAgent:
    """macOS: a description of what to open, in the account's folder of them."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / f"{MAC_LABEL}.plist"

    def is_there(self) -> bool:
        """See LoginEntry."""
        return self._file.exists()

    def make(self, command: Sequence[str]) -> None:
        """See LoginEntry."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "Label": MAC_LABEL,
            "ProgramArguments": list(command),
            "WorkingDirectory": str(PROGRAM_FOLDER),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }
        self._file.write_bytes(plistlib.dumps(content))

    def remove(self) -> None:
        """See LoginEntry."""
        self._file.unlink(missing_ok=True)


class RunKey:
    """Windows: a value of the registry's Run key; the installer's is the same one for all accounts."""

    def is_there(self) -> bool:
        """See LoginEntry."""
        if sys.platform == "win32":
            import winreg

            for hive in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
                try:
                    with winreg.OpenKey(hive, RUN_KEY) as key:
                        winreg.QueryValueEx(key, NAME)
                        return True
                except FileNotFoundError:
                    continue
        return False

    def make(self, command: Sequence[str]) -> None:
        """See LoginEntry."""
        if sys.platform == "win32":
            import winreg

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key:
                winreg.SetValueEx(key, NAME, 0, winreg.REG_SZ, subprocess.list2cmdline(command))

    def remove(self) -> None:
        """See LoginEntry."""
        if sys.platform == "win32":
            import contextlib
            import winreg

            with (
                contextlib.suppress(FileNotFoundError),
                winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_KEY, 0, winreg.KEY_SET_VALUE) as key,
            ):
                winreg.DeleteValue(key, NAME)
