"""The move to another computer, as far as it happens on this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.backups import Backups
from kiosk.backups_desk import BackupsDesk
from kiosk.move_desk import MoveDesk, moved_away_at, serve_here_again
from tests.fakes.clock import HOUR_MS
from tests.kiosk.backups import OpenClinic
from tests.kiosk.hubs import built_hub
from tests.polling import eventually
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.move_port_contract import MovePortContract
from web.ui.ports import Notice, ServingState


class Moving:
    """A desk and what is around it."""

    def __init__(self, clinic: OpenClinic, stick: Path) -> None:
        database = clinic.store.database
        self.database = database
        self.backups = BackupsDesk(
            clinic.folder, database, clinic.key, Backups(clinic.folder, database, clinic.key, clinic.clock)
        )
        self.stops = 0
        stick.mkdir()
        self.stick = str(stick)
        self.desk = MoveDesk(database, clinic.clock, self.backups, self._stop, lambda: [stick])

    def _stop(self) -> None:
        self.stops += 1

    def finish(self) -> None:
        eventually(lambda: self.desk.view().percent is None)


@pytest.fixture
def moving(clinic: OpenClinic, tmp_path: Path) -> Moving:
    return Moving(clinic, tmp_path / "stick")


class TestMoveDesk(MovePortContract):
    @pytest.fixture
    def move(self, moving: Moving) -> MoveDesk:
        return moving.desk

    @pytest.fixture
    def world(self, moving: Moving) -> Moving:
        return moving


def test_phones_are_kept_out_before_it_is_said(moving: Moving) -> None:
    moving.desk.leave()
    assert (moving.stops, moved_away_at(moving.database) is not None) == (1, True)
    serve_here_again(moving.database)
    assert not moving.desk.view().has_left


def test_a_backup_from_before_phones_were_kept_out_is_not_the_last_one(moving: Moving, clinic: OpenClinic) -> None:
    moving.desk.leave()
    moving.desk.back_up(moving.stick)
    moving.finish()
    assert moving.desk.view().made
    serve_here_again(moving.database)
    clinic.clock.advance(HOUR_MS)
    moving.desk.leave()
    assert not moving.desk.view().made


def test_a_stick_that_is_pulled_out_is_told(moving: Moving) -> None:
    moving.desk.leave()
    moving.backups.make_at(Path(moving.stick) / "gone")
    moving.finish()
    assert moving.desk.view().failure == "backup_place_failed"


def test_a_computer_that_was_left_serves_no_phones_after_a_start_until_somebody_wants_it(tmp_path: Path) -> None:
    with built_hub(tmp_path) as hub:
        hub.control.complete_first_run(FORM)
        hub.control.moving.leave()
        assert hub.control.status().state is ServingState.STOPPED
    with built_hub(tmp_path) as hub:
        assert hub.start().phones_url is None
        assert Notice.MOVED_AWAY in [view.notice for view in hub.control.status().notices]
        hub.control.start_serving()
        assert Notice.MOVED_AWAY not in [view.notice for view in hub.control.status().notices]
    with built_hub(tmp_path) as hub:
        assert hub.start().phones_url is not None
