"""Program and database are exchanged together, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.errors import StorageBusy
from db.exchange import ExchangeStep
from db.files import DATABASE_NAME
from db.update_errors import UpdateFailed
from kiosk import __version__
from kiosk.opening import held_door, open_beside
from kiosk.update.place import Plan, UpdatePlace
from kiosk.update.pointer import Program
from kiosk.update.switching import confirm, go_back, switch
from tests.kiosk.backups import OpenClinic, opened_clinic, patients_in
from tests.updates import BROKEN, NEXT, OBEDIENT, START, write_start

PLAN = Plan(version=NEXT, start=f"program/{NEXT}/{START}", serve=())


class Killed(Exception):
    pass


def unpacked(place: UpdatePlace, text: str = OBEDIENT) -> None:
    place.program(NEXT).mkdir()
    write_start(place.program(NEXT) / START, text.replace("VERSION", NEXT))


def number(path: Path) -> int:
    """Tells files apart, however they are called."""
    return path.stat().st_ino


def test_the_new_program_is_in_force_with_the_database_it_was_tried_with(
    clinic: OpenClinic, place: UpdatePlace
) -> None:
    clinic.store.close()
    unpacked(place)
    old = number(clinic.folder.database_file)
    switch(clinic.config, clinic.clock, place, PLAN)
    pointer = place.pointer()
    assert pointer is not None
    assert (pointer.program, pointer.previous) == (Program(NEXT, PLAN.start), Program(__version__, ""))
    assert (pointer.is_proved, pointer.stamp > 0) == (False, True)
    assert number(clinic.folder.database_file) != old == number(place.before / DATABASE_NAME)
    assert not place.trial.exists()
    assert patients_in(clinic.config, clinic.clock) == {"amal"}


def test_a_program_that_fails_its_trial_changes_nothing(clinic: OpenClinic, place: UpdatePlace) -> None:
    clinic.store.close()
    unpacked(place, BROKEN)
    old = number(clinic.folder.database_file)
    with pytest.raises(UpdateFailed):
        switch(clinic.config, clinic.clock, place, PLAN)
    assert (place.pointer(), number(clinic.folder.database_file)) == (None, old)
    assert not place.trial.exists()
    assert patients_in(clinic.config, clinic.clock) == {"amal"}


def test_while_a_command_has_the_database_open_nothing_is_exchanged(clinic: OpenClinic, place: UpdatePlace) -> None:
    clinic.store.close()
    unpacked(place)
    _, database = open_beside(clinic.config, clinic.clock)
    try:
        with database.read() as snapshot:
            snapshot.begin()
            with pytest.raises(StorageBusy):
                switch(clinic.config, clinic.clock, place, PLAN)
    finally:
        database.close()
    assert place.pointer() is None


@pytest.mark.parametrize("step", list(ExchangeStep))
def test_killed_at_any_moment_both_are_old_or_both_are_new(
    clinic: OpenClinic, place: UpdatePlace, step: ExchangeStep
) -> None:
    clinic.store.close()
    unpacked(place)
    old = number(clinic.folder.database_file)

    def die(at: ExchangeStep) -> None:
        if at is step:
            raise Killed

    with pytest.raises(Killed):
        switch(clinic.config, clinic.clock, place, PLAN, die)
    decided = place.pointer()  # as the next start sees it, before anything is finished
    with held_door(clinic.folder):
        pass
    assert place.pointer() == decided
    assert (decided is None) == (step is ExchangeStep.READY)
    assert (number(clinic.folder.database_file) == old) == (decided is None)
    assert patients_in(clinic.config, clinic.clock) == {"amal"}


def switched(clinic: OpenClinic, place: UpdatePlace) -> None:
    clinic.store.close()
    unpacked(place)
    switch(clinic.config, clinic.clock, place, PLAN)


def test_the_way_back_leads_to_the_program_and_the_database_of_before(clinic: OpenClinic, place: UpdatePlace) -> None:
    switched(clinic, place)
    clinic.folder.database_file.write_bytes(b"what a program that does not work has left of it")
    assert go_back(clinic.config, clinic.clock, place)
    pointer = place.pointer()
    assert pointer is not None
    assert (pointer.program, pointer.is_proved) == (Program(__version__, ""), True)
    assert patients_in(clinic.config, clinic.clock) == {"amal"}


def test_there_is_no_way_back_over_records_that_phones_sent_meanwhile(clinic: OpenClinic, place: UpdatePlace) -> None:
    switched(clinic, place)
    later = opened_clinic(clinic.folder.root, clinic.clock)
    later.add_patients("badr")
    later.store.database.close()  # as after a kill: not even the log is folded in
    assert not go_back(clinic.config, clinic.clock, place)
    pointer = place.pointer()
    assert pointer is not None
    assert (pointer.program.version, pointer.is_proved) == (NEXT, True)
    assert patients_in(clinic.config, clinic.clock) == {"amal", "badr"}


def test_there_is_none_from_a_program_that_has_proved_itself(clinic: OpenClinic, place: UpdatePlace) -> None:
    switched(clinic, place)
    confirm(place)
    confirm(place)
    assert not go_back(clinic.config, clinic.clock, place)
    assert not go_back(clinic.config, clinic.clock, UpdatePlace(clinic.folder))
