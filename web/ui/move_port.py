"""What the page "Move to another computer" needs of the program.

Implemented by kiosk/move_desk.py. All times are epoch milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class MoveView:
    """How far the move is. ``has_left``: phones are not served here any more, not even after the next start.

    ``made``: the file of the last backup, made after that; ``failure``: the code of what kept it from being made.
    """

    has_left: bool
    drives: tuple[str, ...] = ()
    percent: int | None = None  # of the backup that is being made
    made: str = ""
    made_ms: int = 0
    failure: str = ""


class MovePort(Protocol):
    """What the page may ask. Every method may raise db.errors.HubError."""

    def view(self) -> MoveView:
        """How things stand. Quick."""
        ...

    def search(self) -> None:
        """Look anew which drives are connected."""
        ...

    def leave(self) -> None:
        """Stop serving phones here; that stays so until somebody starts it."""
        ...

    def back_up(self, folder: str) -> None:
        """Begin the last backup, into a folder. Raises InvalidInput (``path``: "folder") if there is no such folder.
        Nothing happens while one is being made, or while phones are served."""
        ...
