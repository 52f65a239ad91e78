"""The backups behind the kiosk's pages, in memory.

Knows nothing of HTTP. Methods that BackupsPort does not have play the program and the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from db.errors import InvalidInput
from web.ui.backups_port import OK, BackupLine, BackupsView

GIGABYTE = 10**9
CODE = "ABCDE-FGHJK-MNPQR-STVWX-YZ234"


class FakeBackups:
    """BackupsPort in memory. ``folders``: those that are there to be chosen. A backup that was begun is made when the
    test says so."""

    def __init__(self, now_ms: Callable[[], int], fail_if_told: Callable[[], None]) -> None:
        self._now_ms = now_ms
        self._fail_if_told = fail_if_told
        self._view = BackupsView(free_bytes=200 * GIGABYTE)
        self._lines: tuple[BackupLine, ...] = ()
        self.folders = {"/media/stick"}
        self.looks = 0
        self.code: str | None = CODE

    # BackupsPort

    def view(self) -> BackupsView:
        return self._view

    def listed(self) -> tuple[BackupLine, ...]:
        return self._lines

    def look_again(self) -> None:
        self.looks += 1

    def make_now(self) -> None:
        self._fail_if_told()
        if self._view.percent is None:
            self._view = replace(self._view, percent=0)

    def choose_second_folder(self, folder: str) -> None:
        self._fail_if_told()
        if folder and folder not in self.folders:
            raise InvalidInput(path="folder")
        self._view = replace(self._view, second_folder=folder)

    def recovery_code(self) -> str | None:
        self._fail_if_told()
        self._view = replace(self._view, is_code_known=True)
        return self.code

    # The world

    def comes_to(self, percent: int) -> None:
        self._view = replace(self._view, percent=percent)

    def ends(self, result: str = OK, *, ago_ms: int = 0) -> None:
        """The backup under way is over."""
        made = self._now_ms() - ago_ms
        self._view = replace(self._view, percent=None, result=result)
        if result == OK:
            self._view = replace(self._view, made_ms=made)
            self._lines = (BackupLine(f"Clinic {made}.hikma-backup", made, 1_400_000, is_second=False), *self._lines)

    def copy_ends(self, result: str = OK) -> None:
        at = self._now_ms() if result == OK else self._view.second_ms
        self._view = replace(self._view, second_ms=at, second_result=result)

    def is_tried_out(self, result: str = OK) -> None:
        self._view = replace(self._view, tried_out_ms=self._now_ms(), tried_out_result=result)

    def has_damaged(self, name: str) -> None:
        self._lines = (*self._lines, BackupLine(name, None, 12, is_second=True))

    def disk_fills(self) -> None:
        self._view = replace(self._view, free_bytes=800_000_000, is_space_low=True)
