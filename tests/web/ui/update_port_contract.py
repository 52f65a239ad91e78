"""What every UpdatePort does, the fake one of the page tests and the program's own alike."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from db.errors import HubError, InvalidInput, NotFound
from web.ui.update_port import UpdatePort


class World(Protocol):
    """What happens around the port."""

    def folder(self) -> str:
        """A folder with one update that can be installed and one that cannot."""
        ...


class UpdatePortContract:
    """Subclasses give the fixtures ``updates``, a fresh port, and ``world`` around it."""

    def test_a_fresh_computer_has_looked_for_nothing_and_may_not_ask(self, updates: UpdatePort) -> None:
        view = updates.view()
        assert (view.found, view.stage, view.failure, view.last) == (None, None, None, None)
        assert (view.may_ask, view.newest, view.asked_ms, view.asked_result) == (False, "", 0, "")
        assert view.is_able

    def test_what_is_in_a_folder_is_found_with_what_can_be_installed_first(
        self, updates: UpdatePort, world: World
    ) -> None:
        updates.look(world.folder())
        good, *others = updates.view().found or ()
        assert (good.refusal, bool(good.version), good.size > 0) == (None, True, True)
        assert others
        assert all(other.refusal for other in others)
        assert updates.found(good.path) == good
        assert updates.view().folder == world.folder()

    def test_a_folder_that_is_not_there_is_refused(self, updates: UpdatePort, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput):
            updates.look(str(tmp_path / "not there"))

    def test_only_what_was_found_and_fits_is_installed(self, updates: UpdatePort, world: World) -> None:
        with pytest.raises(NotFound):
            updates.install("/etc/passwd")
        updates.look(world.folder())
        with pytest.raises(NotFound):
            updates.found("/etc/passwd")
        refused = next(one for one in updates.view().found or () if one.refusal)
        with pytest.raises(HubError):
            updates.install(refused.path)
        assert updates.view().stage is None

    def test_it_is_asked_only_when_that_is_allowed(self, updates: UpdatePort) -> None:
        with pytest.raises(InvalidInput):
            updates.ask_now()
        updates.choose_asking(True)
        updates.ask_now()
        assert updates.view().asked_ms > 0
        assert (updates.view().may_ask, updates.view().asked_result) == (True, "ok")
        updates.choose_asking(False)
        assert not updates.view().may_ask
