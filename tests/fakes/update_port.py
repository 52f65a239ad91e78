"""Updates behind the kiosk's pages, in memory.

Knows nothing of HTTP. Methods that UpdatePort does not have play the stick and the program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from db.errors import InvalidInput, NotFound
from db.update_errors import UpdateNotNewer, UpdateRunning
from web.ui.update_port import OK, FoundUpdate, LastUpdate, Stage, UpdateView

VERSION = "0.1.0"
STICK = "/media/stick"
GOOD = FoundUpdate(
    f"{STICK}/hikma-local-server-0.2.0-linux-x86_64.hikma-update",
    "hikma-local-server-0.2.0-linux-x86_64.hikma-update",
    110_000_000,
    "0.2.0",
)
OLD = FoundUpdate(
    f"{STICK}/old.hikma-update", "old.hikma-update", 90_000_000, "0.0.9", "update_not_newer", {"version": "0.0.9"}
)
LETTER = FoundUpdate(f"{STICK}/letter.hikma-update", "letter.hikma-update", 12, "", "update_damaged")


class FakeUpdates:
    """UpdatePort in memory. ``folders``: what lies in the folders that are there; "": on the sticks."""

    def __init__(self, now_ms: Callable[[], int], fail_if_told: Callable[[], None]) -> None:
        self._now_ms = now_ms
        self._fail_if_told = fail_if_told
        self._view = UpdateView(
            version=VERSION,
            is_able=True,
            folder="",
            found=None,
            stage=None,
            percent=None,
            failure=None,
            last=None,
            may_ask=False,
            newest="",
            asked_ms=0,
            asked_result="",
        )
        self.folders: dict[str, tuple[FoundUpdate, ...]] = {"": (), STICK: (GOOD, OLD, LETTER)}
        self.newest = VERSION

    # UpdatePort

    def view(self) -> UpdateView:
        return self._view

    def look(self, folder: str) -> None:
        self._fail_if_told()
        if folder not in self.folders:
            raise InvalidInput(path="folder")
        self._view = replace(self._view, folder=folder, found=self.folders[folder])

    def found(self, path: str) -> FoundUpdate:
        for one in self._view.found or ():
            if one.path == path:
                return one
        raise NotFound(table="update")

    def install(self, path: str) -> None:
        self._fail_if_told()
        if self.found(path).refusal:
            raise UpdateNotNewer(version=self.found(path).version)
        if self._view.stage is not None:
            raise UpdateRunning
        self._view = replace(self._view, stage=Stage.CHECKING, percent=0, failure=None)

    def choose_asking(self, may_ask: bool) -> None:
        self._fail_if_told()
        self._view = replace(self._view, may_ask=may_ask)

    def ask_now(self) -> None:
        self._fail_if_told()
        if not self._view.may_ask:
            raise InvalidInput(path="may_ask")
        newest = self.newest if self.newest != VERSION else ""
        self._view = replace(self._view, newest=newest, asked_ms=self._now_ms(), asked_result=OK)

    # The world

    def comes_to(self, stage: Stage, percent: int = 0) -> None:
        self._view = replace(self._view, stage=stage, percent=percent)

    def gives_up(self, code: str) -> None:
        self._view = replace(self._view, stage=None, percent=None, failure=code)

    def has_updated(self, result: str = OK, *, ago_ms: int = 0) -> None:
        version, before = (VERSION, "0.0.9") if result == OK else ("0.2.0", VERSION)
        last = LastUpdate(result, version, before, self._now_ms() - ago_ms)
        self._view = replace(self._view, stage=None, percent=None, last=last)

    def trusts_nobody(self) -> None:
        self._view = replace(self._view, is_able=False)
