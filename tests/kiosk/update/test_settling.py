"""What each start makes of an update that is not over."""

from __future__ import annotations

import pytest

from db.update_errors import UpdateFailed
from kiosk import __version__
from kiosk.private_file import write_private
from kiosk.update.place import UpdatePlace
from kiosk.update.pointer import POINTER_NAME, Pointer, Program
from kiosk.update.settling import settle_before_serving, settle_when_serving
from tests.kiosk.backups import OpenClinic, patients_in
from tests.kiosk.update.test_switching import switched
from tests.updates import NEXT

OWN, OTHER = Program(__version__, "program/own/start"), Program("0.0.1", "")


def point(place: UpdatePlace, pointer: Pointer) -> None:
    write_private(place.folder.root / POINTER_NAME, pointer.encode())


def test_without_an_update_nothing_happens(clinic: OpenClinic, place: UpdatePlace) -> None:
    settle_before_serving(clinic.config, clinic.clock)
    settle_when_serving(clinic.config, clinic.clock)
    assert (place.pointer(), place.read_outcome()) == (None, None)


def test_the_program_of_before_is_started_only_to_go_back(clinic: OpenClinic, place: UpdatePlace) -> None:
    switched(clinic, place)
    settle_before_serving(clinic.config, clinic.clock)
    pointer, outcome = place.pointer(), place.read_outcome()
    assert pointer is not None
    assert pointer.program.version == __version__
    assert outcome is not None
    assert (outcome.result, outcome.version, outcome.before) == (UpdateFailed.code, NEXT, __version__)
    assert not place.program(NEXT).exists()
    assert patients_in(clinic.config, clinic.clock) == {"amal"}


def test_a_program_that_serves_has_proved_itself(clinic: OpenClinic, place: UpdatePlace) -> None:
    point(place, Pointer(OWN, OTHER, 1, is_proved=False))
    settle_before_serving(clinic.config, clinic.clock)
    settle_when_serving(clinic.config, clinic.clock)
    pointer, outcome = place.pointer(), place.read_outcome()
    assert pointer is not None
    assert pointer.is_proved
    assert outcome is not None
    assert (outcome.result, outcome.version, outcome.before) == ("ok", __version__, "0.0.1")


def test_the_next_start_clears_away_what_was_before(clinic: OpenClinic, place: UpdatePlace) -> None:
    point(place, Pointer(OWN, OWN, 1, is_proved=True))
    for folder in (place.program("0.0.1"), place.program(__version__), place.before):
        folder.mkdir()
    settle_when_serving(clinic.config, clinic.clock)
    assert [path.name for path in place.folder.program.iterdir()] == [__version__]


@pytest.mark.parametrize("is_proved", [True, False])
def test_a_newer_program_that_was_installed_takes_over(clinic: OpenClinic, place: UpdatePlace, is_proved: bool) -> None:
    point(place, Pointer(Program("0.0.2", "program/0.0.2/start"), OTHER, 1, is_proved=is_proved))
    place.program("0.0.2").mkdir()
    settle_before_serving(clinic.config, clinic.clock)
    settle_when_serving(clinic.config, clinic.clock)
    assert place.pointer() is None
    assert not place.program("0.0.2").exists()
