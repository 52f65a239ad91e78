"""Pushes that no phone should send, and what each gets (docs/protocol.md): the table behind test_bad_pushes.py.

Knows nothing of how they are sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

ABSENT = "(absent)"


@dataclass(frozen=True)
class Refused:
    """Answered with 400 and this code and path; nothing is stored."""

    body: bytes
    path: str
    code: str = "invalid_input"


@dataclass(frozen=True)
class Taken:
    """Answered with 200. ``becomes``: columns of the patient (id ``odd``) as they are stored, ABSENT for none.
    None: there is no such record afterwards."""

    body: bytes
    becomes: dict[str, Any] | None = field(default_factory=dict)


def body(document: object) -> bytes:
    return json.dumps(document).encode()


def patients(*created: object, updated: object = (), deleted: object = ()) -> bytes:
    return body({"patients": {"created": list(created), "updated": updated, "deleted": deleted}})


def patient(**columns: object) -> bytes:
    return patients({"id": "odd", **columns})


def raw_patient(column: str, value: bytes) -> bytes:
    return b'{"patients":{"created":[{"id":"odd","%s":%s}]}}' % (column.encode(), value)


GOOD = {"id": "good", "given_name": "good"}

NOT_JSON = {
    "nothing": b"",
    "a space": b" ",
    "half a document": b'{"patients":',
    "a trailing comma": b'{"patients":{},}',
    "two documents": b"{}{}",
    "single quotes": b"{'patients':{}}",
    "a form": b"patients=1&events=2",
    "markup": b"<html></html>",
    "noise": bytes(range(128, 256)),
    "NUL": b"\0\0\0\0",
    "a raw NUL in text": raw_patient("given_name", b'"a\0b"'),
    "UTF-16": '{"patients":{}}'.encode("utf-16"),
    "NaN": raw_patient("created_at", b"NaN"),
    "Infinity": raw_patient("created_at", b"-Infinity"),
    "a bare word": raw_patient("created_at", b"undefined"),
    "a bad escape": raw_patient("given_name", rb'"\x41"'),
    "very deep arrays": b"[" * 200_000,
    "very deep arrays that close": b"[" * 200_000 + b"]" * 200_000,
    "very deep objects": b'{"patients":' * 100_000,
    "a number of five thousand digits": raw_patient("created_at", b"9" * 5_000),
    "a very deep unknown table": b'{"toys":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}

WRONG_SHAPES = {
    "null": Refused(b"null", "body"),
    "a list": Refused(b"[]", "body"),
    "text": Refused(b'"patients"', "body"),
    "a number": Refused(b"5", "body"),
    "a table that is null": Refused(body({"patients": None}), "patients"),
    "a table that is a list": Refused(body({"patients": [GOOD]}), "patients"),
    "a table that is text": Refused(body({"events": "x"}), "events"),
    "created is null": Refused(body({"patients": {"created": None}}), "patients.created"),
    "created is an object": Refused(body({"patients": {"created": {"0": GOOD}}}), "patients.created"),
    "updated is text": Refused(body({"visits": {"updated": "x"}}), "visits.updated"),
    "deleted is a number": Refused(body({"visits": {"deleted": 3}}), "visits.deleted"),
    "a row that is null": Refused(patients(GOOD, None), "patients.created[1]"),
    "a row that is text": Refused(patients(GOOD, GOOD, "x"), "patients.created[2]"),
    "a row that is a list": Refused(patients(updated=[["id", "x"]]), "patients.updated[0]"),
    "no id": Refused(patients(GOOD, GOOD, GOOD, {"given_name": "x"}), "patients.created[3].id"),
    "an id that is null": Refused(patients({"id": None}), "patients.created[0].id"),
    "an id that is a number": Refused(patients(updated=[GOOD, {"id": 7}]), "patients.updated[1].id"),
    "an id that is a list": Refused(patients({"id": ["x"]}), "patients.created[0].id"),
    "an id that is true": Refused(patients({"id": True}), "patients.created[0].id"),
    "an empty id": Refused(patients({"id": ""}), "patients.created[0].id"),
    "an id with NUL": Refused(patients({"id": "a\0b"}), "patients.created[0].id"),
    "an id that is a novel": Refused(patients({"id": "x" * 256}), "patients.created[0].id"),
    "a deletion that is null": Refused(patients(deleted=["a", None]), "patients.deleted[1]"),
    "a deletion that is a number": Refused(patients(deleted=[5]), "patients.deleted[0]"),
    "a deletion that is empty": Refused(patients(deleted=[""]), "patients.deleted[0]"),
    "a deletion that is a list": Refused(patients(deleted=[["a"]]), "patients.deleted[0]"),
    "a deleted row without an id": Refused(patients(deleted=[{"given_name": "x"}]), "patients.deleted[0].id"),
    "a fault in a later table": Refused(
        body({"patients": {"created": [GOOD]}, "events": {"created": [{}]}}), "events.created[0].id"
    ),
    "a fault after ten thousand rows": Refused(
        patients(*({"id": f"n{number}"} for number in range(10_000)), {}), "patients.created[10000].id"
    ),
    "a value that is too deep": Refused(raw_patient("metadata", b"[" * 60 + b"]" * 60), "patients.created[0]"),
    "a deleted row that is too deep": Refused(
        b'{"patients":{"deleted":["a",{"id":"b","x":' + b"[" * 60 + b"]" * 60 + b"}]}}", "patients.deleted[1]"
    ),
}

NESTED = {
    f"{depth} levels in {column}": Taken(raw_patient(column, b"[" * depth + b"]" * depth), {})
    for column in ("metadata", "given_name", "created_at", "is_deleted", "date_of_birth", "unknown_column")
    for depth in (1, 5, 50)
}

COERCED = {
    "an empty push": Taken(b"{}", None),
    "an empty push with a byte order mark's worth of spaces": Taken(b"\r\n\t {} \n", None),
    "empty lists": Taken(patients(), None),
    "missing lists": Taken(body({"patients": {}}), None),
    "more lists than there are": Taken(body({"patients": {"created": [{"id": "odd"}], "moved": 5}}), {}),
    "unknown tables": Taken(body({"toys": {"created": [{}]}, "sqlite_master": 1, "": None}), None),
    "the phone's own tables": Taken(body({"event_logs": {"created": [{"id": 1}]}, "peers": 5}), None),
    "rubbish in tables that phones may not write": Taken(
        body(
            {"patients": {"created": [{"id": "odd", "created_at": "x"}]}, "users": {"created": [{}, 5]}, "clinics": 7}
        ),
        {"created_at": 0},
    ),
    "tables only the cloud knows": Taken(body({"resources": {"created": [{"id": "odd"}]}}), None),
    "a prototype": Taken(body({"__proto__": {}, "constructor": {}, "patients": {"created": [{"id": "odd"}]}}), {}),
    "changes in an envelope": Taken(body({"changes": {"patients": {"created": [{"id": "odd"}]}}}), {}),
    "an unknown column": Taken(patient(shoe_size=43, nested={"a": [1, None]}), {"shoe_size": 43}),
    "a column named as ours": Taken(patient(local_server_deleted_at=5), {"local_server_deleted_at": 5}),
    "an empty column name": Taken(patient(**{"": 1}), {"": 1}),
    "the library's private columns": Taken(patient(_status="created", _changed="x"), {"_status": ABSENT}),
    "private columns of the wrong type": Taken(patient(_status=5, _changed={"a": 1}), {"_changed": ABSENT}),
    "numbers as text": Taken(patient(created_at="1700000000000", updated_at=" 17.5 "), {"created_at": 1700000000000}),
    "text as number": Taken(patient(given_name=5, surname=1.5), {"given_name": "5", "surname": "1.5"}),
    "text as boolean": Taken(patient(given_name=True), {"given_name": "true"}),
    "JSON as object": Taken(patient(metadata={"a": [1]}), {"metadata": '{"a":[1]}'}),
    "JSON as list": Taken(patient(additional_data=[1, "x"]), {"additional_data": '[1,"x"]'}),
    "a boolean as number": Taken(patient(is_deleted=1), {"is_deleted": True}),
    "a boolean as text": Taken(patient(is_deleted="False"), {"is_deleted": False}),
    "a boolean as rubbish": Taken(patient(is_deleted="perhaps"), {"is_deleted": False}),
    "a boolean as another number": Taken(patient(is_deleted=7), {"is_deleted": False}),
    "a number as rubbish": Taken(patient(created_at="yesterday"), {"created_at": 0}),
    "a number as object": Taken(patient(created_at={}), {"created_at": 0}),
    "a number as many brackets": Taken(patient(created_at="[" * 100_000), {"created_at": 0}),
    "a number as many digits": Taken(patient(created_at="9" * 100_000), {"created_at": 0}),
    "a time as ISO text": Taken(patient(created_at="2025-01-31T12:00:00Z"), {"created_at": 1738324800000}),
    "a time before all times": Taken(patient(created_at="0001-01-01T00:00:00+23:59"), {}),
    "null where nothing is allowed": Taken(patient(given_name=None, created_at=None), {"given_name": ""}),
    "null where it is allowed": Taken(patient(camp=None), {"camp": None}),
    "a NUL in text": Taken(patient(given_name="a\0b"), {"given_name": "a\0b"}),
    "a NUL in a column's name": Taken(patient(**{"a\0b": 1}), {"a\0b": 1}),
    "a lone surrogate": Taken(patient(given_name="a\ud800b"), {"given_name": "a\ufffdb"}),
    "surrogates the wrong way round": Taken(patient(given_name="\udc00\ud800"), {"given_name": "\ufffd\ufffd"}),
    "a lone surrogate in a column's name": Taken(patient(**{"\ud800": 1}), {"\ufffd": 1}),
    "a pair of surrogates": Taken(patient(given_name="\U0001f600"), {"given_name": "\U0001f600"}),
    "broken UTF-8": Taken(raw_patient("given_name", b'"a\xffb"'), {"given_name": "a\ufffdb"}),
    "beyond 2^53": Taken(patient(created_at=2**53 + 1), {"created_at": 2**53 + 1}),
    "beyond 63 bit": Taken(patient(created_at=2**63, updated_at=-(2**63)), {"created_at": 2**63}),
    "beyond 64 bit": Taken(patient(created_at=2**64, updated_at=2**70), {"created_at": 2**64}),
    "beyond 64 bit, negative": Taken(patient(created_at=-(2**63) - 1), {"created_at": -(2**63) - 1}),
    "beyond 64 bit in an unknown column": Taken(patient(shoe_size=10**30), {"shoe_size": 10**30}),
    "beyond 64 bit inside of JSON": Taken(patient(metadata={"a": 10**30}), {"metadata": f'{{"a":{10**30}}}'}),
    "beyond 64 bit beside a lone surrogate": Taken(patient(created_at=10**30, camp="\ud800"), {"created_at": 10**30}),
    "beyond every float": Taken(patient(created_at=10**400), {"created_at": 10**400}),
    "an exponent beyond every float": Taken(raw_patient("created_at", b"1e400"), {"created_at": 0}),
    "an exponent beyond every float, optional": Taken(raw_patient("deleted_at", b"-1e400"), {"deleted_at": None}),
    "an exponent beyond every float, unknown": Taken(raw_patient("shoe_size", b"1e400"), {"shoe_size": None}),
    "negative times": Taken(patient(created_at=-1, updated_at=-(10**15)), {"created_at": -1}),
    "absurd times": Taken(patient(created_at=10**17, updated_at=1e300, deleted_at=0.5), {"created_at": 10**17}),
    "a birthday as a time": Taken(patient(date_of_birth=86_400_000), {"date_of_birth": "1970-01-02"}),
    "a birthday before 1970 as a time": Taken(patient(date_of_birth=-86_400_000), {"date_of_birth": "1969-12-31"}),
    "a birthday beyond every calendar": Taken(patient(date_of_birth=10**18), {"date_of_birth": ""}),
    "a birthday far beyond every calendar": Taken(patient(date_of_birth=2**62), {"date_of_birth": ""}),
    "a birthday beyond every float": Taken(patient(date_of_birth=-1e308), {"date_of_birth": ""}),
    "a birthday as rubbish": Taken(patient(date_of_birth="soon"), {"date_of_birth": "soon"}),
    "a birthday as a list": Taken(patient(date_of_birth=[1]), {"date_of_birth": "[1]"}),
    "the same id twice": Taken(
        patients({"id": "odd", "given_name": "first"}, {"id": "odd", "given_name": "last"}), {"given_name": "last"}
    ),
    "the same id in both lists": Taken(
        patients({"id": "odd", "given_name": "first"}, updated=[{"id": "odd", "given_name": "last"}]),
        {"given_name": "last"},
    ),
    "created and deleted at once": Taken(patients({"id": "odd"}, deleted=["odd"]), {}),
    "deleted twice": Taken(patients(deleted=["nobody", "nobody"]), None),
    "deleted as a row": Taken(patients(deleted=[{"id": "nobody", "is_deleted": True}]), None),
    "deletions of both kinds": Taken(patients({"id": "odd"}, deleted=["odd", {"id": "odd"}, {"id": "nobody"}]), {}),
    "a deleted row with rubbish in it": Taken(
        patients({"id": "odd"}, deleted=[{"id": "odd", "created_at": {}, "given_name": "\ud800"}]), {}
    ),
    "a row of ten thousand columns": Taken(patient(**{f"c{number}": number for number in range(10_000)}), {"c7": 7}),
    "a text of a million characters": Taken(patient(metadata="x" * 1_000_000), {}),
    "key words": Taken(patient(**{"select": 1, "$.id": 2, "'; DROP TABLE patients; --": 3}), {"$.id": 2}),
}

ODD_IDS = [
    *(" ", "  x  ", ".", "..", "../../etc/passwd", "a/b", "a\\b", "%00", "a\nb", "a\tb", "\x7f", "\u202e", "\ufeff"),
    *("é", "e\u0301", "مريم", "\U0001f600", "'", '"', "';--", "$", "{}", "null", "0", "-1", "1e5", "__proto__"),
    *("constructor", "a" * 255, "\U0001f600" * 255, "<script>", "*", "_", "%"),
]
