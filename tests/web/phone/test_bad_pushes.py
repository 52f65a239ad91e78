"""What bad pushes get, on both addresses: a coded error or a documented coercion; never a 500, half a push, or a phone
that cannot sync any more."""

from __future__ import annotations

import json
from itertools import count

import pytest

from tests.web.phone.bad_pushes import (
    ABSENT,
    COERCED,
    NESTED,
    NOT_JSON,
    ODD_IDS,
    WRONG_SHAPES,
    Refused,
    Taken,
    patients,
)
from tests.web.phone.store_contents import contents, stored, what_a_phone_could_not_take
from tests.web.phones_listener import AS_DOCTOR, AS_NURSE, BODY_LIMIT, Answer, PhonesListener

PATHS = ["/sync", "/api/v2/sync"]
both = pytest.mark.parametrize("path", PATHS)
_numbers = count()


def must_sync(phones: PhonesListener, path: str) -> None:
    """The same phone's next sync: everything it pulls it can take, and what it pushes is stored."""
    for schema in ("", "9"):
        pulled = phones.pull(path=path, schema_version=schema)
        assert what_a_phone_could_not_take(pulled) == []
    record_id = f"next-{next(_numbers)}"
    changes = {"patients": {"created": [{"id": record_id, "given_name": "next"}], "updated": [], "deleted": []}}
    assert phones.push(changes, pulled["timestamp"], path=path).status == 200
    assert stored(phones.database, "patients", record_id) == {"id": record_id, "given_name": "next"}


def must_be_refused(answer: Answer, code: str, path: str | None) -> None:
    assert (answer.status, answer.json["code"], answer.json.get("path")) == (400, code, path)
    assert answer.json["error"] == answer.json["message"] != ""
    assert answer.json.keys() <= {"code", "error", "message", "request_id", "path"}


@both
@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_what_is_not_json_is_refused_and_nothing_is_stored(
    standing_phones: PhonesListener, path: str, body: bytes
) -> None:
    before = contents(standing_phones.database)
    must_be_refused(standing_phones.push(body, path=path), "invalid_json", "body")
    assert contents(standing_phones.database) == before
    must_sync(standing_phones, path)


@both
@pytest.mark.parametrize("case", WRONG_SHAPES.values(), ids=WRONG_SHAPES.keys())
def test_a_wrong_shape_is_refused_by_its_place_and_nothing_is_stored(
    standing_phones: PhonesListener, path: str, case: Refused
) -> None:
    before = contents(standing_phones.database)
    must_be_refused(standing_phones.push(case.body, path=path), case.code, case.path)
    assert contents(standing_phones.database) == before
    must_sync(standing_phones, path)


# Hundreds of values, on either address in turn: what reads them is the same.
_ODD = [
    pytest.param(PATHS[at % 2], case, id=name) for at, (name, case) in enumerate([*COERCED.items(), *NESTED.items()])
]


@pytest.mark.parametrize(("path", "case"), _ODD)
def test_odd_values_are_coerced_as_documented(phones: PhonesListener, path: str, case: Taken) -> None:
    answer = phones.push(case.body, path=path)
    assert (answer.status, answer.body) == (200, b"{}")
    found = stored(phones.database, "patients", "odd")
    assert (found is None) == (case.becomes is None)
    for name, value in (case.becomes or {}).items():
        shown = (found or {}).get(name, ABSENT)
        assert (shown, type(shown)) == (value, type(value))
    assert phones.push(case.body, path=path).status == 200
    must_sync(phones, path)


@pytest.mark.parametrize("record_id", ODD_IDS)
def test_an_odd_id_is_kept_as_it_is(standing_phones: PhonesListener, record_id: str) -> None:
    pushed_on, pulled_on = PATHS
    assert standing_phones.push(patients({"id": record_id, "given_name": "x"}), path=pushed_on).status == 200
    assert stored(standing_phones.database, "patients", record_id) is not None
    first = standing_phones.pull(path=pulled_on)
    assert record_id in [row["id"] for row in first["changes"]["patients"]["created"]]
    deletion = patients(deleted=[record_id])
    assert standing_phones.push(deletion, path=pushed_on, headers=AS_DOCTOR).status == 200
    assert standing_phones.pull(first["timestamp"], path=pulled_on)["changes"]["patients"]["deleted"] == [record_id]


@both
@pytest.mark.parametrize(
    "depth", [100, 200, 300, 400, 600, 800, 850, 900, 920, 940, 960, 980, 1000, 1100, 1500, 10_000]
)
@pytest.mark.parametrize(
    "column", ["metadata", "given_name", "created_at", "is_deleted", "date_of_birth", "unknown_column", "_changed"]
)
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_deep_nesting_is_stored_or_refused_never_more(
    standing_phones: PhonesListener, path: str, depth: int, column: str, opening: bytes
) -> None:
    """The limits of the JSON libraries lie somewhere here, and reading and writing have different ones."""
    value = opening * depth + b"1" + (b"]" if opening == b"[" else b"}") * depth
    before = contents(standing_phones.database)
    record_id = f"deep-{next(_numbers)}"
    body = b'{"patients":{"created":[{"id":"%s","%s":%s}]}}' % (record_id.encode(), column.encode(), value)
    answer = standing_phones.push(body, path=path)
    if answer.status == 200:
        assert stored(standing_phones.database, "patients", record_id) is not None
    else:
        assert answer.status == 400
        assert answer.json["code"] in ("invalid_json", "invalid_input")
        assert contents(standing_phones.database) == before


@both
def test_the_sync_goes_on_after_all_that_nesting(standing_phones: PhonesListener, path: str) -> None:
    must_sync(standing_phones, path)


@both
def test_tables_that_phones_may_not_write_are_left_alone(phones: PhonesListener, path: str) -> None:
    before = contents(phones.database)
    row = {"id": "x", "name": "x", "email": "x@y", "hashed_password": "$2b$12$x", "role": "super_admin"}
    owned = ["users", "clinics", "event_forms", "registration_forms", "user_clinic_permissions", "app_config"]
    users = json.loads(before["users"][0][1])
    changes = {
        name: {"created": [row], "updated": [{**users, "role": "super_admin"}], "deleted": [users["id"]]}
        for name in owned
    }
    assert phones.push(changes, path=path).status == 200
    assert contents(phones.database) == before
    must_sync(phones, path)


@both
def test_a_field_of_ten_megabytes_is_stored_or_too_large_as_the_limit_says(
    standing_phones: PhonesListener, path: str
) -> None:
    fits = b'{"patients":{"created":[{"id":"large","metadata":"%s"}]}}' % (b"x" * (BODY_LIMIT - 100))
    assert standing_phones.push(fits, path=path).status == 200
    answer = standing_phones.push(fits + b" " * 200, path=path)
    assert (answer.status, answer.json["code"]) == (413, "too_large")
    must_sync(standing_phones, path)


@both
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense", ""]
)
def test_the_content_type_does_not_matter(standing_phones: PhonesListener, path: str, kind: str) -> None:
    record_id = f"kind-{next(_numbers)}"
    headers = {**AS_NURSE, "Content-Type": kind}
    answer = standing_phones.ask("POST", path, body=patients({"id": record_id}), headers=headers)
    assert answer.status == 200
    assert stored(standing_phones.database, "patients", record_id) is not None


ODD_MARKS = [
    "",
    "null",
    "undefined",
    "NaN",
    "-1",
    "-1e308",
    "0.5",
    "1.5",
    "1e999",
    "9" * 400,
    "text",
    "[]",
    "2025-01-01",
]


@both
@pytest.mark.parametrize("name", ["lastPulledAt", "last_pulled_at"])
@pytest.mark.parametrize("mark", [*ODD_MARKS, str(2**53), str(2**63), "99999999999999", "1"])
def test_any_mark_is_answered_and_one_that_names_no_pull_with_everything(
    standing_phones: PhonesListener, path: str, name: str, mark: str
) -> None:
    assert standing_phones.push(patients({"id": "always"}), path=path).status == 200
    answer = standing_phones.ask("GET", path, {name: mark})
    assert answer.status == 200
    assert what_a_phone_could_not_take(answer.json) == []
    assert "always" in [row["id"] for row in answer.json["changes"]["patients"]["created"]]
    record_id = f"mark-{next(_numbers)}"
    pushed = standing_phones.ask("POST", path, {name: mark}, body=patients({"id": record_id}))
    assert (pushed.status, stored(standing_phones.database, "patients", record_id)) == (200, {"id": record_id})
    assert standing_phones.ask("GET", path, {name: str(answer.json["timestamp"])}).status == 200


@both
@pytest.mark.parametrize("version", ["", "0", "-1", "nine", "9.5", "9" * 300, "null", "[]", "1000"])
def test_any_schema_version_is_answered_with_the_ten_tables_at_least(
    standing_phones: PhonesListener, path: str, version: str
) -> None:
    for name in ("schema_version", "schemaVersion"):
        pulled = standing_phones.pull(path=path, **{name: version})
        assert len(pulled["changes"]) >= 10
        assert what_a_phone_could_not_take(pulled) == []


@both
@pytest.mark.parametrize(
    ("migration", "place"),
    [
        ("{", "migration"),
        ("[]", "migration"),
        ('{"tables":5}', "migration.tables"),
        ('{"columns":[5]}', "migration.columns[0]"),
        ('{"columns":[{"table":"events","columns":5}]}', "migration.columns[0].columns"),
        ("[" * 5_000, "migration"),
        ('{"tables":' + "[" * 2_000 + "]" * 2_000 + "}", "migration"),
    ],
)
def test_a_broken_migration_is_refused_by_its_place_and_the_next_sync_works(
    standing_phones: PhonesListener, path: str, migration: str, place: str
) -> None:
    mark = standing_phones.pull(path=path)["timestamp"]
    answer = standing_phones.ask("GET", path, {"lastPulledAt": str(mark), "migration": migration})
    must_be_refused(answer, "invalid_input", place)
    standing_phones.pull(mark, path=path, migration="null")
    must_sync(standing_phones, path)


@both
@pytest.mark.parametrize("migration", ['{"from":"x","tables":["toys",5,null],"columns":[{}]}', "{}", "null", ""])
def test_a_migration_that_names_nothing_known_changes_nothing(
    standing_phones: PhonesListener, path: str, migration: str
) -> None:
    mark = standing_phones.pull(path=path)["timestamp"]
    assert not any(
        any(lists.values()) for lists in standing_phones.pull(mark, path=path, migration=migration)["changes"].values()
    )


def test_query_parameters_may_be_repeated_and_strange(standing_phones: PhonesListener) -> None:
    for query in (
        "lastPulledAt=1&lastPulledAt=2",
        "lastPulledAt",
        "&&&",
        "=",
        "%ff=%fe",
        "lastPulledAt=%00",
        "a" * 8000,
    ):
        answer = standing_phones.ask("GET", f"/sync?{query}")
        assert answer.status == 200
        assert answer.json["timestamp"] > 0
