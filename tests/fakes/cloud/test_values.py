"""What the double makes of single values (CLOUD §4, value rules)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.clock import AdjustableClock
from tests.fakes.cloud import Cloud, times
from tests.fakes.cloud.asking import DONE, MADE_MS, SERVER_ERROR, Asking
from tests.fakes.cloud.test_push import stored

OK = (200, DONE)
FAILED = (500, SERVER_ERROR)
NOW = "now"
MADE = "2026-11-22T14:06:33.933Z"


@pytest.mark.parametrize(
    ("sent", "meaning"),
    [
        (MADE, MADE),
        ("2026-11-22T16:06:33.933+02:00", MADE),
        ("2026-11-22", "2026-11-22T00:00:00.000Z"),
        (MADE_MS, MADE),
        (str(MADE_MS), MADE),
        (1767323045, "2026-01-02T03:04:05.000Z"),
        ("1767323045", "2026-01-02T03:04:05.000Z"),
        (-641520000000, "1949-09-03T00:00:00.000Z"),
        (641520000000, NOW),
        ("1849-12-31T00:00:00Z", NOW),
        ("2121-01-01T00:00:00Z", NOW),
        ("not a time", NOW),
        ({}, NOW),
        (0, NOW),
        ("", NOW),
        (None, NOW),
    ],
)
def test_most_times_are_read_from_many_forms_and_become_now_when_they_cannot_be(
    cloud: Cloud, clock: AdjustableClock, asking: Asking, sent: Any, meaning: str
) -> None:
    """CLOUD §4: milliseconds before September 2001 are among those that cannot."""
    assert asking.create("patients", created_at=sent) == OK
    assert stored(cloud, "patients")["created_at"] == (times.iso(clock.now_ms() * 1000) if meaning is NOW else meaning)


@pytest.mark.parametrize(
    ("sent", "date"),
    [
        ("1990-05-01", "1990-05-01"),
        ("1990-05-01T23:59:59.999Z", "1990-05-01"),
        ("1990-05-01T01:00:00+02:00", "1990-04-30"),
        (-641520000000, "1949-09-03"),
        (641520000000, "2026-11-22"),
        (0, None),
        ("0", None),
        ("", None),
        (None, None),
    ],
)
def test_birthdays_are_dates_in_utc_and_those_in_milliseconds_are_destroyed(
    cloud: Cloud, asking: Asking, sent: Any, date: str | None
) -> None:
    """CLOUD §4 [96b, 96c, 96d]."""
    assert asking.create("patients", date_of_birth=sent) == OK
    assert stored(cloud, "patients")["date_of_birth"] == (date and f"{date}T00:00:00.000Z")


@pytest.mark.parametrize("sent", ["not a date", 5, True])
def test_a_birthday_that_is_no_date_fails(asking: Asking, sent: Any) -> None:
    """CLOUD §4 [96]."""
    assert asking.create("patients", date_of_birth=sent) == FAILED


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"a": [1]}, {"a": [1]}),
        ('{"a": 1}', {"a": 1}),
        ("[1]", [1]),
        ([1], {}),
        ("{bad", {}),
        ("5", {}),
        ("", {}),
        (5, {}),
        (None, {}),
    ],
)
def test_objects_may_come_as_text_and_become_empty_when_they_cannot_be_read(
    cloud: Cloud, asking: Asking, sent: Any, kept: Any
) -> None:
    """CLOUD §4, jsonb [98]."""
    assert asking.create("patients", additional_data=sent) == OK
    assert stored(cloud, "patients")["additional_data"] == kept


def test_lists_may_come_as_text(cloud: Cloud, asking: Asking) -> None:
    """CLOUD §4, jsonb [99c]."""
    asking.create("patients")
    asking.create("visits")
    assert asking.create("events", form_data='[{"fieldId": "x", "value": 3.0}]') == OK
    assert stored(cloud, "events")["form_data"] == [{"fieldId": "x", "value": 3}]


@pytest.mark.parametrize(
    ("column", "longest"), [("sex", 24), ("camp", 50), ("government_id", 100), ("external_patient_id", 100)]
)
def test_some_texts_have_a_longest_length(cloud: Cloud, asking: Asking, column: str, longest: int) -> None:
    """CLOUD §4, text limits."""
    assert asking.create("patients", **{column: "ä" * longest}) == OK
    assert asking.create("patients", **{column: "ä" * (longest + 1)}) == FAILED


def test_a_problems_label_has_one_too(asking: Asking) -> None:
    """CLOUD §4, text limits."""
    asking.create_all()
    assert asking.create("patient_problems", problem_label="x" * 255) == OK
    assert asking.create("patient_problems", problem_label="x" * 256) == FAILED


@pytest.mark.parametrize("values", [{"surname": "a\0b"}, {"metadata": {"deep": ["a\0b"]}}])
def test_a_nul_character_fails(asking: Asking, values: dict[str, Any]) -> None:
    """CLOUD §4 [95]."""
    assert asking.create("patients", **values) == FAILED


def test_half_a_surrogate_is_replaced_and_nothing_else_of_a_text(cloud: Cloud, asking: Asking) -> None:
    """As Node writes text to PostgreSQL."""
    assert asking.create("patients", surname="\ud83d x", given_name="\U0001f600 é عربي") == OK
    row = stored(cloud, "patients")
    assert (row["surname"], row["given_name"]) == ("\ufffd x", "\U0001f600 é عربي")


@pytest.mark.parametrize(
    ("column", "sent", "kept"),
    [
        ("heart_rate", "72", 72),
        ("heart_rate", 72.0, 72),
        ("bmi", "22.4", "22.40"),
        ("bmi", 22.345, "22.35"),
        ("bmi", 99.99, "99.99"),
        ("height_cm", 170, "170.00"),
        ("heart_rate", None, None),
    ],
)
def test_numbers_may_come_as_text(cloud: Cloud, asking: Asking, column: str, sent: Any, kept: Any) -> None:
    """CLOUD §4."""
    asking.create_all()
    assert asking.update("patient_vitals", **{column: sent}, updated_at=MADE_MS + 1) == OK
    assert stored(cloud, "patient_vitals")[column] == kept


@pytest.mark.parametrize(
    ("column", "sent"),
    [
        ("heart_rate", ""),
        ("heart_rate", 72.5),
        ("heart_rate", 2**31),
        ("bmi", ""),
        ("bmi", 100),
        ("bmi", {}),
    ],
)
def test_a_number_that_does_not_fit_its_column_fails(asking: Asking, column: str, sent: Any) -> None:
    """CLOUD §4 [88d, 88e]."""
    asking.create_all()
    assert asking.update("patient_vitals", **{column: sent}, updated_at=MADE_MS + 1) == FAILED


@pytest.mark.parametrize(("sent", "kept"), [(0, False), (1, True), ("false", False), ("t", True)])
def test_is_deleted_may_be_a_number_or_a_text(cloud: Cloud, asking: Asking, sent: Any, kept: bool) -> None:
    """CLOUD §4 [99]."""
    assert asking.create("patients", is_deleted=sent) == OK
    assert stored(cloud, "patients")["is_deleted"] is kept


def test_is_deleted_that_means_nothing_fails(asking: Asking) -> None:
    assert asking.create("patients", is_deleted="perhaps") == FAILED


@pytest.mark.parametrize("column", ["photo_url", "image_timestamp"])
def test_an_empty_photo_is_none(cloud: Cloud, asking: Asking, column: str) -> None:
    """As pulls show after push 40."""
    assert asking.create("patients", **{column: ""}) == OK
    assert stored(cloud, "patients")[column] is None
