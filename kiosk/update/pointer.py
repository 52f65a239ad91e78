"""Which program serves a data folder: the installed one, or a newer one that an update put into the data folder.

Knows nothing of how a program gets there. The start of every process comes through here (kiosk/launcher.py), so it
imports next to nothing. The pointer lies beside the database and is exchanged with it in one step (db/exchange.py).
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from db.files import INCOMING_NAME
from kiosk import __version__
from kiosk.paths import PROGRAM_FOLDER
from kiosk.update.versions import is_newer

POINTER_NAME = "program.json"
STARTS_NAME = "starts"
MOST_STARTS = 3
"""So often a program that has never served yet is tried, before the one before it takes over again."""


@dataclass(frozen=True)
class Program:
    """``start``: from the data folder; "": the installed program."""

    version: str
    start: str


@dataclass(frozen=True)
class Pointer:
    """``previous``: what is gone back to while the program ``is_proved`` not. ``stamp``: the last change in the
    database when it was handed to the new program; if there are later ones, going back would lose them."""

    program: Program
    previous: Program
    stamp: int
    is_proved: bool

    def encode(self) -> bytes:
        """As it is stored."""
        return json.dumps(asdict(self)).encode()


def read_pointer(root: Path) -> Pointer | None:
    """The pointer that is in force; None: the installed program. An exchange that was decided counts as done."""
    for folder in (root / INCOMING_NAME, root):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            return _decoded((folder / POINTER_NAME).read_bytes())
    return None


def newer_program(root: Path) -> Pointer | None:
    """The pointer to a program that has served and is newer than this one; None: there is none."""
    try:
        pointer = read_pointer(root)
        if pointer is None or not pointer.is_proved or not is_newer(pointer.program.version, __version__):
            return None
    except (OSError, ValueError):
        return None
    return pointer if pointer.program.start and (root / pointer.program.start).is_file() else None


def count_start(root: Path) -> int:
    """Notes that a program that is not proved is started; returns how often it was before."""
    with contextlib.suppress(OSError):
        path = root / PROGRAM_FOLDER / STARTS_NAME
        before = path.stat().st_size if path.exists() else 0
        with path.open("ab") as stream:
            stream.write(b".")
        return before
    return 0


def _decoded(content: bytes) -> Pointer | None:
    """None for what cannot be read: then the installed program serves, which says itself what it cannot open."""
    try:
        stored = json.loads(content)
        program, previous = (
            Program(str(stored[name]["version"]), str(stored[name]["start"])) for name in ("program", "previous")
        )
        return Pointer(program, previous, int(stored["stamp"]), bool(stored["is_proved"]))
    except (ValueError, KeyError, TypeError):
        return None
