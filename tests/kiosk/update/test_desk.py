"""Updates as staff sees and begins them at this computer."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from db.errors import DiskFull
from db.update_errors import UpdateFeedFailed, UpdateRunning
from kiosk import __version__
from kiosk.paths import DataFolder
from kiosk.update.desk import ASK_AFTER_MS, QUIET_S, Surroundings, UpdateDesk
from kiosk.update.place import Outcome, UpdatePlace
from tests.kiosk.backups import OpenClinic
from tests.polling import eventually
from tests.updates import NEXT, Publisher
from tests.web.ui.update_port_contract import UpdatePortContract
from web.ui.update_port import Stage


@dataclass
class Program:
    """The server around the desk, and what it was told."""

    clinic: OpenClinic
    publisher: Publisher
    told: list[str] = field(default_factory=list)
    quiet_s: float = float("inf")
    newest: Callable[[], str] = lambda: NEXT
    exchanged: threading.Event = field(default_factory=threading.Event)
    is_serving: bool = True

    def desk(self, **changed: object) -> UpdateDesk:
        around = Surroundings(
            folder=self.clinic.folder,
            database=self.clinic.store.database,
            clock=self.clinic.clock,
            serve=("--port", "4001"),
            back_up=lambda progress: self.told.append("backup"),
            quiet_for=lambda: self.quiet_s,
            stop_phones=self.stop_phones,
            start_phones=lambda: self.told.append("start"),
            newest=lambda: self.newest(),
            keys=lambda: (self.publisher.public,),
            start_updater=self.start_updater,
        )
        return UpdateDesk(replace(around, **changed))  # type: ignore[arg-type]

    def stop_phones(self) -> bool:
        self.told.append("stop")
        return self.is_serving

    def start_updater(self, folder: DataFolder) -> subprocess.Popen[bytes]:
        self.told.append("exchange")
        self.exchanged.set()
        return subprocess.Popen([sys.executable, "-c", ""])


@pytest.fixture
def program(clinic: OpenClinic, publisher: Publisher) -> Program:
    return Program(clinic, publisher)


class World:
    def __init__(self, publisher: Publisher, folder: Path) -> None:
        self._folder = folder / "stick"
        self._folder.mkdir()
        shutil.copy(publisher.small_update(), self._folder / "b.hikma-update")
        shutil.copy(publisher.small_update("0.0.1"), self._folder / "a.hikma-update")

    def folder(self) -> str:
        return str(self._folder)


@pytest.fixture
def world(publisher: Publisher, tmp_path: Path) -> World:
    return World(publisher, tmp_path)


class TestUpdateDesk(UpdatePortContract):
    @pytest.fixture
    def updates(self, program: Program) -> UpdateDesk:
        return program.desk()


def begun(desk: UpdateDesk, world: World) -> str:
    desk.look(world.folder())
    good, _ = desk.view().found or ()
    desk.install(good.path)
    return good.path


def test_the_server_stops_for_phones_only_at_the_end_and_goes_on_if_nothing_came_of_it(
    program: Program, world: World
) -> None:
    desk = program.desk()
    begun(desk, world)
    eventually(lambda: desk.view().failure == "update_failed")
    assert program.told == ["backup", "stop", "exchange", "start"]
    assert desk.view().stage is None
    plan = UpdatePlace(program.clinic.folder).read_plan()
    assert plan is not None
    assert (plan.version, plan.serve) == (NEXT, ("--port", "4001"))


def test_an_update_of_which_nothing_came_serves_no_phones_that_were_not_served_before(
    program: Program, world: World
) -> None:
    program.is_serving = False
    desk = program.desk()
    begun(desk, world)
    eventually(lambda: desk.view().failure == "update_failed")
    assert program.told == ["backup", "stop", "exchange"]


def test_it_waits_for_a_sync_and_for_nothing_else(program: Program, world: World) -> None:
    program.quiet_s = QUIET_S - 1
    desk = program.desk()
    path = begun(desk, world)
    eventually(lambda: desk.view().stage is Stage.WAITING)
    with pytest.raises(UpdateRunning):
        desk.install(path)
    assert "stop" not in program.told
    program.quiet_s = QUIET_S
    assert program.exchanged.wait(30)
    eventually(lambda: desk.view().stage is None)


def test_without_a_backup_nothing_is_exchanged(program: Program, world: World) -> None:
    def full(progress: object) -> None:
        raise DiskFull

    desk = program.desk(back_up=full)
    begun(desk, world)
    eventually(lambda: desk.view().failure == "disk_full")
    assert program.told == []


def test_how_the_last_update_went_is_told(program: Program) -> None:
    outcome = Outcome(result="ok", version=__version__, before="0.0.1", at_ms=7)
    place = UpdatePlace(program.clinic.folder)
    place.write_outcome(outcome)
    last = program.desk().view().last
    assert last is not None
    assert (last.result, last.version, last.before, last.at_ms) == ("ok", __version__, "0.0.1", 7)


def test_the_newest_version_is_asked_for_once_a_day_if_that_is_allowed(program: Program) -> None:
    asked: list[int] = []

    def newest() -> str:
        asked.append(1)
        return NEXT

    program.newest = newest
    desk = program.desk()
    desk.ask_if_due()
    assert asked == []
    desk.choose_asking(True)
    desk.ask_if_due()
    desk.ask_if_due()
    assert (len(asked), desk.view().newest) == (1, NEXT)
    program.clinic.clock.advance(ASK_AFTER_MS)
    desk.ask_if_due()
    assert len(asked) == 2


def test_without_internet_that_is_noted_and_nothing_else_happens(program: Program) -> None:
    def offline() -> str:
        raise UpdateFeedFailed

    program.newest = offline
    desk = program.desk()
    desk.choose_asking(True)
    desk.ask_if_due()
    assert (desk.view().asked_result, desk.view().newest) == ("update_feed_failed", "")
    with pytest.raises(UpdateFeedFailed):
        desk.ask_now()


def test_a_version_that_is_not_newer_is_no_news(program: Program) -> None:
    program.newest = lambda: "0.0.1"
    desk = program.desk()
    desk.choose_asking(True)
    desk.ask_now()
    assert (desk.view().newest, desk.view().asked_result) == ("", "ok")
