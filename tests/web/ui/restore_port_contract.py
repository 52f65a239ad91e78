"""What every RestorePort does, the fake one of the page tests and the program's own alike."""

from __future__ import annotations

from typing import Protocol

import pytest

from db.errors import InvalidInput
from web.ui.restore_port import RestorePort, RestoreStep


class World(Protocol):
    """What happens around the port."""

    def backup(self) -> str:
        """The file of a good backup that needs no code."""
        ...

    def is_looked_at(self) -> None:
        """Looking is over."""
        ...


class RestorePortContract:
    """Subclasses give the fixtures ``restore``, a port nobody has used, and ``world`` around it."""

    def test_it_begins_with_the_choice(self, restore: RestorePort) -> None:
        restore.search()
        view = restore.view()
        assert (view.step, view.chosen, view.failure, view.outcome) == (RestoreStep.CHOOSE, None, None, None)
        with pytest.raises(InvalidInput):
            restore.look("  ", "")
        with pytest.raises(InvalidInput):
            restore.begin()
        assert restore.view().step is RestoreStep.CHOOSE

    def test_a_backup_is_looked_at_before_anything_is_asked(self, restore: RestorePort, world: World) -> None:
        restore.look(world.backup(), "")
        world.is_looked_at()
        view = restore.view()
        assert view.chosen is not None
        assert (view.step, view.chosen.file, view.failure) == (RestoreStep.ASK, world.backup(), None)
        assert view.chosen.made_ms > 0
        assert view.chosen.counts["patients"] > 0

    def test_whoever_thinks_better_of_it_is_where_they_began(self, restore: RestorePort, world: World) -> None:
        restore.look(world.backup(), "")
        world.is_looked_at()
        restore.cancel()
        assert (restore.view().step, restore.view().chosen) == (RestoreStep.CHOOSE, None)
        with pytest.raises(InvalidInput):
            restore.begin()
