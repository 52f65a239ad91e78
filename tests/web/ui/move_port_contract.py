"""What every MovePort does, the fake one of the page tests and the program's own alike."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from db.errors import InvalidInput
from web.ui.move_port import MovePort


class World(Protocol):
    """What happens around the port."""

    stick: str

    def finish(self) -> None:
        """The backup that was begun is over."""
        ...


class MovePortContract:
    """Subclasses give the fixtures ``move``, a port of a computer that serves, and ``world`` around it."""

    def test_it_begins_with_keeping_phones_out(self, move: MovePort, world: World) -> None:
        assert not move.view().has_left
        move.back_up(world.stick)
        assert move.view().percent is None
        move.leave()
        assert move.view().has_left

    def test_the_last_backup_is_made_where_staff_wants_it(self, move: MovePort, world: World) -> None:
        move.leave()
        move.search()
        assert move.view().drives == (world.stick,)
        move.back_up(world.stick)
        world.finish()
        view = move.view()
        assert Path(view.made).parent == Path(world.stick)
        assert (view.failure, view.made_ms > 0) == ("", True)

    def test_a_folder_that_is_not_there_is_refused(self, move: MovePort, tmp_path: Path) -> None:
        move.leave()
        for folder in ("", str(tmp_path / "gone")):
            with pytest.raises(InvalidInput):
                move.back_up(folder)
