"""The process that exchanges the program. With servers that serve phones: tests/e2e/test_update.py."""

from __future__ import annotations

import pytest

from db.errors import NotFound, StorageBusy
from db.exchange import ExchangeStep
from db.update_errors import UpdateFailed, UpdateRunning
from kiosk import __version__
from kiosk.instance import ServerLock
from kiosk.update.lock import update_lock
from kiosk.update.place import Plan, UpdatePlace
from kiosk.update.updater import run_update
from tests.kiosk.backups import OpenClinic, patients_in
from tests.updates import BROKEN, NEXT, OBEDIENT, START, write_start

PLAN = Plan(version=NEXT, start=f"program/{NEXT}/{START}", serve=())


def planned(place: UpdatePlace, text: str = OBEDIENT) -> None:
    place.program(NEXT).mkdir()
    write_start(place.program(NEXT) / START, text.replace("VERSION", NEXT))
    place.write_plan(PLAN)


def test_without_serving_only_the_program_is_exchanged(clinic: OpenClinic, place: UpdatePlace) -> None:
    clinic.store.close()
    planned(place)
    assert run_update(clinic.config, clinic.clock, serves=False) == NEXT
    pointer = place.pointer()
    assert pointer is not None
    assert pointer.program.version == NEXT
    assert place.read_plan() is None


def test_without_a_plan_there_is_nothing_to_do(clinic: OpenClinic) -> None:
    with pytest.raises(NotFound):
        run_update(clinic.config, clinic.clock, serves=False)


def test_two_at_once_do_not_get_in_each_others_way(clinic: OpenClinic, place: UpdatePlace) -> None:
    with update_lock(place.folder), pytest.raises(UpdateRunning):
        run_update(clinic.config, clinic.clock, serves=False)


def test_a_server_that_does_not_end_keeps_its_program(clinic: OpenClinic, place: UpdatePlace) -> None:
    planned(place)
    with ServerLock(clinic.folder), pytest.raises(StorageBusy):
        run_update(clinic.config, clinic.clock, serves=False)
    assert place.pointer() is None


def test_what_failed_is_told_and_cleared_away(clinic: OpenClinic, place: UpdatePlace) -> None:
    clinic.store.close()
    planned(place, BROKEN)
    with pytest.raises(UpdateFailed):
        run_update(clinic.config, clinic.clock, serves=False)
    outcome = place.read_outcome()
    assert outcome is not None
    assert (outcome.result, outcome.version, outcome.before) == ("update_failed", NEXT, __version__)
    assert [path.name for path in place.folder.program.iterdir()] == ["outcome.json"]
    assert patients_in(clinic.config, clinic.clock) == {"amal"}


def test_a_full_disk_in_the_middle_changes_nothing(clinic: OpenClinic, place: UpdatePlace) -> None:
    clinic.store.close()
    planned(place)

    def full(step: ExchangeStep) -> None:
        raise OSError(28, "no space left")

    with pytest.raises(Exception, match="disk_full"):
        run_update(clinic.config, clinic.clock, serves=False, at=full)
    assert place.pointer() is None
    assert patients_in(clinic.config, clinic.clock) == {"amal"}
