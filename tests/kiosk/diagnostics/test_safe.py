"""Only what was made fit for a report gets into one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from kiosk.diagnostics.safe import (
    FIELDS,
    VERSION,
    Pseudonyms,
    Safe,
    code,
    formed,
    lan_address,
    number,
    render,
    render_lines,
    word,
)

KNOWN = frozenset({"ok", "disk_full"})


@pytest.mark.parametrize(
    "content",
    [
        {"name": "Amina"},
        {"values": ["Amina"]},
        {"values": [{"name": {"at": "Amina"}}]},
        {"Amina": 1},
        {"name": b"Amina"},
        {"name": {"Amina"}},
        ["Amina"],
        {"patient_name": word("ok")},
    ],
)
def test_text_and_fields_that_are_not_listed_are_refused(content: Any) -> None:
    with pytest.raises(LookupError) as refusal:
        render(content)
    assert "Amina" not in str(refusal.value)
    with pytest.raises(LookupError):
        render_lines([{"values": content}])


def test_what_is_fit_is_written_as_json() -> None:
    content = {"name": word("port"), "values": {word("patients"): 5}, "is_set": True, "at": None}
    assert json.loads(render(content)) == {"name": "port", "values": {"patients": 5}, "is_set": True, "at": None}
    assert render_lines([{"at": 1}, {"at": 2}]) == b'{"at": 1}\n{"at": 2}\n'


def test_no_field_is_listed_twice_or_named_after_a_person() -> None:
    assert not {"email", "patient", "phone", "given_name", "password", "key", "token"} & FIELDS


@pytest.mark.parametrize("value", ["Amina", "OK", "ok ", 3, b"ok", ["ok"], {"ok": 1}])
def test_a_code_that_is_not_known_is_called_other(value: object) -> None:
    assert code(value, KNOWN) == "other"


def test_a_known_code_stays_and_none_stays_none() -> None:
    assert isinstance(code("ok", KNOWN), Safe)
    assert code(None, KNOWN) is code("", KNOWN) is None


@pytest.mark.parametrize(
    ("value", "told"),
    [(5, 5), ("5", 5), ("-7", -7), (0, 0), ("Amina", None), ("5 Amina", None), ("٥", None), (True, None), (1.5, None)],
)
def test_a_number_is_a_number(value: object, told: int | None) -> None:
    assert number(value) == told


def test_a_number_that_is_too_large_is_none() -> None:
    assert number(2**70) is None


@pytest.mark.parametrize(
    ("value", "told"), [("1.2.3", "1.2.3"), ("6.2.1rc1", "6.2.1rc1"), ("1.2.3+Amina", "other"), ("Amina", "other")]
)
def test_a_version_has_the_form_of_one(value: str, told: str) -> None:
    assert formed(value, VERSION) == told
    assert formed(None, VERSION) is None


@pytest.mark.parametrize(
    ("value", "told"),
    [("192.168.1.7", "192.168.1.7"), ("10.0.0.1", "10.0.0.1"), ("8.8.8.8", None), ("Amina", None), (7, "0.0.0.7")],
)
def test_only_addresses_of_networks_at_home_are_told(value: object, told: str | None) -> None:
    assert lan_address(value) == (told if value != 7 else None)


def test_an_id_looks_the_same_in_one_report_and_like_nothing_in_another() -> None:
    first, second = Pseudonyms(), Pseudonyms()
    assert first.of("user", "u-1") == first.of("user", "u-1")
    assert first.of("user", "u-1") != first.of("user", "u-2")
    assert first.of("user", "u-1") != second.of("user", "u-1")
    assert re.fullmatch(r"user-[0-9a-f]{12}", str(first.of("user", "u-1")))


def test_an_id_of_one_kind_is_not_that_of_another() -> None:
    names = Pseudonyms()
    assert str(names.of("user", "7"))[5:] != str(names.of("phone", "7"))[6:]
    assert names.of("user", 7) != names.of("user", "7")
    assert names.of("user", None) is names.of("user", "") is None
    assert names.of("user", "\ud800") is not None
