"""The PIN: kept as a hash, typed on any keyboard, and guessing it takes longer and longer, also after a restart."""

from __future__ import annotations

import pytest

from db.errors import InvalidInput, TooManyTries, WrongPin
from db.settings import Setting, read_setting
from kiosk.pin import Pin, digits_of, hashed_pin
from tests.kiosk.backups import OpenClinic


def pin_of(clinic: OpenClinic) -> Pin:
    return Pin(clinic.store.database, clinic.clock)


def test_only_a_hash_of_it_is_kept(clinic: OpenClinic) -> None:
    pin_of(clinic).set("４７١١")
    with clinic.store.database.read() as snapshot:
        hashed = hashed_pin(snapshot)
    assert hashed is not None
    assert hashed.startswith("$2b$")
    pin_of(clinic).check(" 4711 ")


def test_wrong_ones_are_counted_over_restarts_and_forgotten_with_the_right_one(clinic: OpenClinic) -> None:
    pin_of(clinic).set("4711")
    for _ in range(3):
        with pytest.raises(WrongPin):
            pin_of(clinic).check("0000")
    after_restart = pin_of(clinic)
    with pytest.raises(TooManyTries):
        after_restart.check("4711")
    clinic.clock.advance(5_000)
    after_restart.check("4711")
    with clinic.store.database.read() as snapshot:
        assert read_setting(snapshot, Setting.PIN_TRIES) == "0"


def test_a_new_one_begins_to_count_anew_and_a_bad_one_changes_nothing(clinic: OpenClinic) -> None:
    pin = pin_of(clinic)
    pin.set("4711")
    with pytest.raises(InvalidInput):
        pin.set("47 11")
    pin.check("4711")
    pin.remove()
    with clinic.store.database.read() as snapshot:
        assert hashed_pin(snapshot) is None


@pytest.mark.parametrize(("typed", "digits"), [("٤٧١١", "4711"), ("12 34", ""), ("12½4", ""), ("", "")])
def test_digits_of_every_script_count_and_nothing_else(typed: str, digits: str) -> None:
    assert digits_of(typed) == digits
