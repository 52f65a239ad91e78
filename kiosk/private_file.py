"""Small files that only their owner can read, written whole or not at all.

Knows nothing of what is in them (a key, a token) or where they belong (kiosk/paths.py).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from db.durability import move, sync_folder

OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700

# Security identifiers that mean the same on every Windows, whatever its language.
WINDOWS_SYSTEM = "*S-1-5-18"
WINDOWS_ADMINISTRATORS = "*S-1-5-32-544"


def write_private(path: Path, content: bytes) -> None:
    """Puts ``content`` at ``path`` in one step, readable by the owner alone, and on the disk when this returns.

    A power cut leaves the old file or the new one, never a part; a half-written temporary file beside it
    is harmless. Raises OSError.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)  # made with 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            restrict(temporary)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        move(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def make_private_folder(path: Path) -> None:
    """Creates the folder (and its parents) if it is not there; what is new belongs to its owner alone.

    A folder that exists keeps its rights: it may be shared on purpose, and the files in it that matter are
    private by themselves. Raises OSError.
    """
    if path.is_dir():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
    restrict(path)


def restrict(path: Path) -> None:
    """Leaves the file or folder to its owner (on Windows also to the system and the administrators).

    Does nothing on a disk that knows no rights, such as a FAT stick: nothing could help there.
    """
    if sys.platform == "win32":
        subprocess.run(icacls_command(path, _windows_account()), check=False, capture_output=True)  # noqa: S603
        return
    with contextlib.suppress(PermissionError, NotImplementedError):
        path.chmod(OWNER_ONLY_FOLDER if path.is_dir() else OWNER_ONLY_FILE)


def icacls_command(path: Path, account: str) -> list[str]:
    """The Windows command that removes inherited rights from ``path`` and gives them to ``account`` alone."""
    system_folder = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32"
    rights = "(OI)(CI)F" if path.is_dir() else "F"  # a folder hands them on to what is made in it
    grants = [f"{who}:{rights}" for who in (account, WINDOWS_SYSTEM, WINDOWS_ADMINISTRATORS)]
    return [str(system_folder / "icacls.exe"), str(path), "/inheritance:r", "/grant:r", *grants, "/q"]


def _windows_account() -> str:
    domain, user = os.environ.get("USERDOMAIN"), os.environ.get("USERNAME", "")
    return f"{domain}\\{user}" if domain else user
