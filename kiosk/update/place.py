"""The folder in the data folder that holds newer programs, and what the steps of an update leave there for each other.

Knows nothing of the steps.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TypeVar

import msgspec

from kiosk.paths import DataFolder
from kiosk.private_file import make_private_folder, write_private
from kiosk.update.pointer import STARTS_NAME, Pointer, read_pointer

OK = "ok"
_Kind = TypeVar("_Kind", bound=msgspec.Struct)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What the process that exchanges the program is to do. ``serve``: how the server was started, without the program
    and the data folder."""

    version: str
    start: str  # from the data folder
    serve: tuple[str, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How the last update ended: "ok", or the code of an error; then the version before it serves."""

    result: str
    version: str
    before: str
    at_ms: int


class UpdatePlace:
    """The folder ``program`` of one data folder."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder

    @property
    def unpacking(self) -> Path:
        """Where a program is unpacked; worth nothing until it is moved to its place."""
        return self.folder.program / "unpacking"

    @property
    def trial(self) -> Path:
        """A data folder with copies, for the new program to be tried with."""
        return self.folder.program / "trial"

    @property
    def before(self) -> Path:
        """The database as it was before the new program got it, while there is a way back."""
        return self.folder.program / "before"

    @property
    def plan_file(self) -> Path:
        """The Plan of the update under way."""
        return self.folder.program / "plan.json"

    def program(self, version: str) -> Path:
        """The folder of a program."""
        return self.folder.program / version

    def prepare(self) -> None:
        """Raises OSError."""
        make_private_folder(self.folder.program)

    def write_plan(self, plan: Plan) -> None:
        """Raises OSError."""
        write_private(self.plan_file, msgspec.json.encode(plan))

    def read_plan(self) -> Plan | None:
        """None where there is none."""
        return _read(self.plan_file, Plan)

    def write_outcome(self, outcome: Outcome) -> None:
        """Told to people on the page about updates. Where it cannot be told, the version says enough."""
        with contextlib.suppress(OSError):
            self.prepare()
            write_private(self.folder.program / "outcome.json", msgspec.json.encode(outcome))

    def read_outcome(self) -> Outcome | None:
        """Of the last update, if there was one."""
        return _read(self.folder.program / "outcome.json", Outcome)

    def pointer(self) -> Pointer | None:
        """See read_pointer."""
        return read_pointer(self.folder.root)

    def clear(self, *, keep: tuple[str, ...] = ()) -> None:
        """Removes what no step needs any more: plan, trial, the way back, all programs but those kept."""
        kept = {"outcome.json", *keep}
        with contextlib.suppress(OSError):
            for path in self.folder.program.iterdir():
                if path.name in kept:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def forget_starts(self) -> None:
        """The next program begins to be counted anew."""
        with contextlib.suppress(OSError):
            (self.folder.program / STARTS_NAME).unlink(missing_ok=True)


def _read(path: Path, kind: type[_Kind]) -> _Kind | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None
