"""The move to another computer, as far as it happens here: the implementation of web.ui.move_port.MovePort.

Knows nothing of HTTP. What happens on the other computer is a restore like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from db.clock import Clock
from db.database import Database
from db.errors import InvalidInput
from db.settings import Setting, read_setting, write_setting
from kiosk.background_look import BackgroundLook
from kiosk.backups_desk import BackupsDesk
from kiosk.drives import connected_drives
from web.ui.move_port import MoveView


class MoveDesk:
    """Safe for many threads. ``stop_serving``: phones are kept out from then on."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        backups: BackupsDesk,
        stop_serving: Callable[[], None],
        drives: Callable[[], Sequence[Path]] = connected_drives,
    ) -> None:
        self._database = database
        self._clock = clock
        self._backups = backups
        self._stop_serving = stop_serving
        self._drives = BackgroundLook[Sequence[Path]](drives, ())

    def view(self) -> MoveView:
        """See MovePort."""
        left_ms = moved_away_at(self._database)
        if left_ms is None:
            return MoveView(has_left=False)
        last = self._backups.elsewhere
        is_of_move = last.made_ms >= left_ms
        return MoveView(
            has_left=True,
            drives=tuple(map(str, self._drives.last)),
            percent=self._backups.percent,
            made=last.file if is_of_move else "",
            made_ms=last.made_ms if is_of_move else 0,
            failure=last.failure,
        )

    def search(self) -> None:
        """See MovePort."""
        self._drives.again()

    def leave(self) -> None:
        """See MovePort."""
        self._stop_serving()
        with self._database.write() as transaction:
            write_setting(transaction, Setting.MOVED_AWAY_AT, str(self._clock.now_ms()))

    def back_up(self, folder: str) -> None:
        """See MovePort."""
        path = Path(folder.strip()).expanduser()
        if not folder.strip() or not path.is_absolute() or not path.is_dir():
            raise InvalidInput(path="folder")
        if moved_away_at(self._database) is not None:
            self._backups.make_at(path)


def moved_away_at(database: Database) -> int | None:
    """Since when another computer is to serve in the place of this one."""
    with database.read() as snapshot:
        stored = read_setting(snapshot, Setting.MOVED_AWAY_AT)
    return int(stored) if stored else None


def serve_here_again(database: Database) -> None:
    """This computer serves after all."""
    if moved_away_at(database) is not None:
        with database.write() as transaction:
            write_setting(transaction, Setting.MOVED_AWAY_AT, "")
