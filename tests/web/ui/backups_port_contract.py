"""What every BackupsPort does, the fake one of the page tests and the program's own alike."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from db.errors import InvalidInput
from web.ui.backups_port import BackupsPort


class World(Protocol):
    """What happens around the port."""

    def finish(self) -> None:
        """The backup that was begun is over."""
        ...

    def stick(self) -> str:
        """A folder that can be chosen as the second place."""
        ...


class BackupsPortContract:
    """Subclasses give the fixtures ``backups``, a port without a backup, and ``world`` around it."""

    def test_a_fresh_computer_has_none_and_says_so(self, backups: BackupsPort) -> None:
        view = backups.view()
        assert (view.made_ms, view.result, view.second_folder, view.percent) == (0, "", "", None)
        assert view.free_bytes > 0
        assert backups.listed() == ()

    def test_one_that_is_made_is_listed_and_noted(self, backups: BackupsPort, world: World) -> None:
        backups.make_now()
        backups.make_now()  # as by a second click
        world.finish()
        view = backups.view()
        assert (view.result, view.percent) == ("ok", None)
        (line,) = backups.listed()
        assert abs(view.made_ms - (line.made_ms or 0)) < 60_000
        assert (line.is_second, line.size > 0) == (False, True)

    def test_the_second_place_is_a_folder_that_is_there(
        self, backups: BackupsPort, world: World, tmp_path: Path
    ) -> None:
        backups.choose_second_folder(world.stick())
        assert backups.view().second_folder == world.stick()
        with pytest.raises(InvalidInput):
            backups.choose_second_folder(str(tmp_path / "not there"))
        assert backups.view().second_folder == world.stick()
        backups.choose_second_folder("")
        assert backups.view().second_folder == ""

    def test_the_recovery_code_stays_the_same(self, backups: BackupsPort) -> None:
        assert not backups.view().is_code_known
        code = backups.recovery_code()
        assert code
        assert backups.view().is_code_known
        assert backups.recovery_code() == code
