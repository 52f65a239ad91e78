"""The move behind the kiosk's pages, in memory.

Knows nothing of HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from db.errors import InvalidInput
from web.ui.move_port import MoveView


class FakeMove:
    """MovePort in memory. ``folders``: those that are there."""

    def __init__(self, now_ms: Callable[[], int], stop_serving: Callable[[], None]) -> None:
        self._now_ms = now_ms
        self._stop_serving = stop_serving
        self._view = MoveView(has_left=False)
        self.folders = {"/media/stick"}

    # MovePort

    def view(self) -> MoveView:
        return self._view

    def search(self) -> None:
        self._view = replace(self._view, drives=tuple(sorted(self.folders)))

    def leave(self) -> None:
        self._stop_serving()
        self._view = replace(self._view, has_left=True)

    def back_up(self, folder: str) -> None:
        if folder not in self.folders:
            raise InvalidInput(path="folder")
        if self._view.has_left:
            self._view = replace(self._view, percent=0, failure="")

    # The world

    def is_served_again(self) -> None:
        self._view = replace(self._view, has_left=False)

    def finishes(self, failure: str = "") -> None:
        made = "" if failure else "/media/stick/Al Noor 2026-12-01 09-00-00.hikma-backup"
        self._view = replace(self._view, percent=None, failure=failure, made=made, made_ms=self._now_ms())
