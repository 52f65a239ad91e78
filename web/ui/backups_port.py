"""What the pages need of the program's backups, as a protocol the program implements.

Knows nothing of how backups are made, nor of HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

OK = "ok"


@dataclass(frozen=True)
class BackupLine:
    """A backup that lies somewhere. ``made_ms`` None: it cannot be read."""

    name: str
    made_ms: int | None
    size: int
    is_second: bool  # in the second place, not on this computer


@dataclass(frozen=True)
class BackupsView:
    """How safe the records are. Times in epoch ms, 0: never; results: "ok", "" (nothing yet) or an error code."""

    made_ms: int = 0
    result: str = ""
    tried_out_ms: int = 0
    tried_out_result: str = ""
    second_folder: str = ""
    second_ms: int = 0
    second_result: str = ""
    percent: int | None = None  # of the backup that is being made from the page
    free_bytes: int = 0
    is_space_low: bool = False
    is_looking: bool = False  # what is listed may be out of date
    is_code_known: bool = False  # somebody has looked at the recovery code


class BackupsPort(Protocol):
    """Methods may raise db.errors.HubError."""

    def view(self) -> BackupsView:
        """How things stand now."""
        ...

    def listed(self) -> tuple[BackupLine, ...]:
        """All that are there, newest first; those of the second place last. Quick: a second place that is slow to
        answer is told as it was before."""
        ...

    def look_again(self) -> None:
        """Look anew what is there: somebody has opened the page."""
        ...

    def make_now(self) -> None:
        """Begins one and returns; how it goes is in the view. Nothing happens while one is being made."""
        ...

    def choose_second_folder(self, folder: str) -> None:
        """Every backup is copied there too from now on; "": nowhere. Raises InvalidInput (``path``: "folder")."""
        ...

    def recovery_code(self) -> str | None:
        """The code that opens backups on another computer; None if it is not known here."""
        ...
