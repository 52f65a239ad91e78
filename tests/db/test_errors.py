"""Errors have a stable code of their own, and say nothing but what they were given."""

from __future__ import annotations

import re

import db.errors
from db.errors import DiskFull, HubError, InvalidInput, InvalidJson, StorageFailed, WrongKey


def _all_errors() -> list[type[HubError]]:
    return [error for error in vars(db.errors).values() if isinstance(error, type) and issubclass(error, HubError)]


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in _all_errors()]
    assert len(codes) > 10
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", code) for code in codes)


def test_an_error_says_its_code_and_its_context_in_a_fixed_order() -> None:
    assert str(InvalidInput(path="patients.created[3].id", limit=4)) == (
        "invalid_input (limit=4, path=patients.created[3].id)"
    )
    assert str(WrongKey()) == "wrong_key"


def test_an_error_keeps_its_context_for_the_sentence() -> None:
    assert DiskFull(free_mb=3).context == {"free_mb": 3}
    assert DiskFull().args == ("disk_full",)


def test_a_special_case_is_caught_as_the_general_one() -> None:
    assert issubclass(DiskFull, StorageFailed)
    assert issubclass(InvalidJson, InvalidInput)
