"""The cloud's rows become what phones hold, and ours what the cloud takes (CLOUD §§3, 4)."""

from __future__ import annotations

from typing import Any

import pytest

from db.cloud.wire import RowReader, differences, is_cloud_id, iso_time, to_cloud
from tests.db.cloud.exchange import cloud_patient, new_id

NOBODY: frozenset[str] = frozenset()
MAY_1990 = 641_520_000_000


def read(table: str, **values: Any) -> dict[str, Any]:
    reader = RowReader(table)
    row = reader.recognise({"id": new_id(), **values})
    assert row is not None
    return reader.read(row).data


@pytest.mark.parametrize("sent", ["1990-05-01T00:00:00.000Z", "1990-04-30T22:00:00.000Z", "1990-05-01T05:00:00.000Z"])
def test_a_date_is_the_nearest_midnight_whatever_zone_the_cloud_runs_in(sent: str) -> None:
    """CLOUD §3, row encoding."""
    assert read("patients", date_of_birth=sent)["date_of_birth"] == "1990-05-01"
    assert read("patient_problems", onset_date=sent)["onset_date"] == MAY_1990


def test_times_become_milliseconds_and_decimals_numbers_and_documents_text() -> None:
    vitals = read("patient_vitals", timestamp="2026-11-22T14:06:33.933Z", height_cm="170.50", metadata={"a": [1]})
    assert (vitals["timestamp"], vitals["height_cm"], vitals["metadata"]) == (1_795_356_393_933, 170.5, '{"a":[1]}')


def test_what_only_the_cloud_counts_with_does_not_reach_phones() -> None:
    assert "last_modified" not in read("patients", last_modified="2026-11-22T14:06:33.933Z")


def test_the_digest_is_of_the_content_alone() -> None:
    reader = RowReader("patients")
    record_id = new_id()
    first = reader.recognise(cloud_patient(record_id))
    again = reader.recognise(cloud_patient(record_id, last_modified="2027-01-01T00:00:00.000Z"))
    other = reader.recognise(cloud_patient(record_id, phone="1"))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.digest == again.digest != other.digest


def test_a_row_without_an_id_is_none() -> None:
    assert RowReader("patients").recognise({"given_name": "Ada"}) is None


def test_a_whole_row_goes_to_the_cloud_in_its_own_spelling() -> None:
    """CLOUD §4: ISO times, since milliseconds before 2001 are read as seconds; null for an id that is none."""
    data = {"id": "v1", "patient_id": "p1", "visit_id": "", "timestamp": 1_000_000_000, "metadata": '{"a":1}'}
    sent = to_cloud("patient_vitals", {**data, "event_id": "e1", "is_deleted": True, "last_modified": 5}, 2000, NOBODY)
    assert sent == {
        "id": "v1",
        "patient_id": "p1",
        "visit_id": None,
        "timestamp": "1970-01-12T13:46:40.000Z",
        "metadata": {"a": 1},
        "is_deleted": False,
        "deleted_at": None,
        "updated_at": "1970-01-01T00:00:02.000Z",
    }


def test_staff_that_only_this_computer_knows_is_left_out() -> None:
    data = {"id": "v1", "provider_id": "local", "clinic_id": "c"}
    assert to_cloud("visits", data, 1, frozenset({"local"}))["provider_id"] is None
    assert to_cloud("visits", data, 1, NOBODY)["provider_id"] == "local"


def test_a_null_character_never_goes_out() -> None:
    assert to_cloud("patients", {"id": "p", "phone": "1\0"}, 1, NOBODY)["phone"] == "1"


@pytest.mark.parametrize(
    ("table", "ours", "theirs"),
    [
        ("patients", {"photo_url": ""}, {"photo_url": None}),
        ("patients", {"metadata": '{"b":1, "a":2}'}, {"metadata": '{"a":2,"b":1}'}),
        ("patients", {"metadata": "not json"}, {"metadata": "{}"}),
        ("patient_vitals", {"height_cm": 170.504}, {"height_cm": 170.5}),
        ("patient_vitals", {"event_id": "e1"}, {"event_id": None}),
        ("patient_additional_attributes", {"number_value": 0}, {"number_value": None}),
        ("patient_additional_attributes", {"boolean_value": False}, {"boolean_value": None}),
        ("patient_problems", {"onset_date": MAY_1990 - 7_200_000}, {"onset_date": MAY_1990}),
        ("prescriptions", {"items": '[{"x":1}]', "filled_at": 5}, {"items": "[]", "filled_at": None}),
        ("visits", {"provider_id": "local"}, {"provider_id": None}),
        ("visits", {"updated_at": 1}, {"updated_at": 2}),
    ],
)
def test_what_the_cloud_cannot_keep_as_we_hold_it_is_no_difference(
    table: str, ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    assert differences(table, ours, theirs) == frozenset()


@pytest.mark.parametrize(
    ("table", "ours", "theirs"),
    [
        ("patients", {"phone": "1"}, {"phone": "2"}),
        ("patients", {"phone": "1"}, {"phone": ""}),
        ("patients", {}, {"image_timestamp": 5}),
        ("patient_vitals", {"height_cm": 170.5}, {"height_cm": 170.6}),
        ("visits", {"provider_id": "a"}, {"provider_id": "b"}),
        ("patients", {"metadata": "{}"}, {"metadata": '{"a":1}'}),
    ],
)
def test_everything_else_is_one(table: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert differences(table, ours, theirs) == theirs.keys()


def test_only_uuids_are_ids_that_the_cloud_keeps() -> None:
    assert is_cloud_id(new_id())
    assert not is_cloud_id("p1")
    assert not is_cloud_id(None)


def test_a_time_beyond_all_calendars_is_none() -> None:
    assert iso_time(10**18) is None
    assert iso_time(-1) == "1969-12-31T23:59:59.999Z"
