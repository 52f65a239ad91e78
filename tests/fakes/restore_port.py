"""The restore behind the kiosk's pages, in memory: it goes as far as a test says.

Knows nothing of HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from db.errors import InvalidInput
from web.ui.restore_port import (
    BackupPlace,
    ChosenBackup,
    FoundBackup,
    RestoreFailure,
    RestoreOutcome,
    RestorePhase,
    RestoreStep,
    RestoreView,
)

ASIDE = "/home/clinic/.local/share/hikma-local-server/replaced"


class FakeRestore:
    """RestorePort in memory."""

    def __init__(self, now_ms: Callable[[], int], fail_if_told: Callable[[], None]) -> None:
        self._now_ms = now_ms
        self._fail_if_told = fail_if_told
        self._view = RestoreView(RestoreStep.CHOOSE, aside=ASIDE)
        self._outcome: RestoreOutcome | None = None
        self.searches = 0
        self.typed_code = ""

    # RestorePort

    def view(self) -> RestoreView:
        if self._outcome and self._view.step is RestoreStep.CHOOSE:
            return replace(self._view, step=RestoreStep.TOLD, outcome=self._outcome)
        return self._view

    def search(self) -> None:
        self.searches += 1

    def look(self, file: str, code: str) -> None:
        self._fail_if_told()
        if not file.strip():
            raise InvalidInput(path="file")
        if self._view.step is RestoreStep.RESTORE:
            return
        self.typed_code = code
        self._view = replace(self._view, step=RestoreStep.LOOK, tried_file=file.strip(), failure=None, percent=0)

    def begin(self) -> None:
        self._fail_if_told()
        if self._view.chosen is None:
            raise InvalidInput(path="file")
        self._view = replace(self._view, step=RestoreStep.RESTORE, phase=RestorePhase.CHECK, percent=0)

    def cancel(self) -> None:
        if self._view.step is not RestoreStep.RESTORE:
            self._view = replace(self._view, step=RestoreStep.CHOOSE, chosen=None, tried_file="", failure=None)

    def dismiss(self) -> None:
        self._outcome = None

    # The world

    def lies(self, file: str, place: BackupPlace, *, ago_ms: int = 0, server: str = "Al Noor") -> None:
        """A backup can be chosen."""
        name = file.replace("\\", "/").rpartition("/")[2]
        found = FoundBackup(file, name, place, self._now_ms() - ago_ms, server, 48_200_000)
        self._view = replace(self._view, found=(*self._view.found, found))

    def is_looked_at(self, *, ago_ms: int = 0) -> None:
        """It is whole and opens."""
        counts = {"patients": 12_431, "visits": 38_920, "events": 1_104_233, "users": 14, "clinics": 2}
        chosen = ChosenBackup(self._view.tried_file, self._now_ms() - ago_ms, "Al Noor", 48_200_000, counts)
        self._view = replace(self._view, step=RestoreStep.ASK, chosen=chosen)

    def comes_to(self, phase: RestorePhase | None, percent: int) -> None:
        self._view = replace(self._view, phase=phase, percent=percent)

    def fails(self, code: str, *, was_restoring: bool = False, **context: str | int) -> None:
        failure = RestoreFailure(code, context, was_restoring)
        self._view = replace(self._view, step=RestoreStep.CHOOSE, chosen=None, failure=failure)

    def ends(self, outcome: RestoreOutcome) -> None:
        self._view = replace(self._view, step=RestoreStep.CHOOSE, chosen=None, tried_file="")
        self._outcome = outcome
