"""What each table does with one pushed record: last-write-wins, with every table's own idea of it (CLOUD §4).

Knows nothing of requests and of the order of records. Raises Refused where the database would.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from tests.fakes.cloud import stock
from tests.fakes.cloud.callers import Caller
from tests.fakes.cloud.columns import Column
from tests.fakes.cloud.database import Database, Row
from tests.fakes.cloud.schema import TABLES
from tests.fakes.cloud.values import Reader, Refused, is_truthy, is_uuid, reader_of
from tests.fakes.cloud.visits import INVENTORS

Sent = Mapping[str, Any]
LIVE: Mapping[str, Any] = MappingProxyType({"is_deleted": False, "deleted_at": None})
SERVER_TIMES = frozenset({"last_modified", "server_created_at"})
BIRTH = frozenset({"created_at", "server_created_at"})


@dataclass(frozen=True)
class Rule:
    """``fixed``: stored whatever was sent. On an update ``kept`` columns stay and ``stamped`` ones become server time.

    ``born_now``: columns that are server time on an insert too. ``or_null``: columns where anything falsy is NULL.
    """

    fixed: Mapping[str, Any]
    kept: frozenset[str]
    stamped: frozenset[str]
    born_now: frozenset[str] = frozenset()
    or_null: frozenset[str] = frozenset()
    may_lack_id: bool = False


SERVER_UPDATED = frozenset({"updated_at", "last_modified"})
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "patients": Rule(
            fixed={"deleted_at": None},
            kept=BIRTH | {"deleted_at"},
            stamped=frozenset({"last_modified"}),
            or_null=frozenset({"date_of_birth", "photo_url", "image_timestamp"}),
        ),
        "patient_additional_attributes": Rule(
            fixed={"deleted_at": None},
            kept=BIRTH | {"deleted_at"},
            stamped=SERVER_UPDATED,
            or_null=frozenset({"number_value", "string_value", "boolean_value", "date_value"}),
        ),
        "visits": Rule(
            fixed={"deleted_at": None},
            kept=BIRTH | {"deleted_at"},
            stamped=SERVER_UPDATED,
            or_null=frozenset({"check_in_timestamp"}),
        ),
        "events": Rule(fixed=LIVE, kept=BIRTH | {"deleted_at"}, stamped=SERVER_UPDATED, may_lack_id=True),
        "appointments": Rule(
            fixed=LIVE,
            kept=frozenset({"server_created_at"}),
            stamped=frozenset({"last_modified"}),
            may_lack_id=True,
        ),
        "prescriptions": Rule(
            fixed={**LIVE, "items": [], "metadata": {}},
            kept=BIRTH | {"deleted_at", "is_deleted", "prescribed_at", "filled_at"},
            stamped=frozenset({"last_modified"}),
            or_null=frozenset({"filled_by", "expiration_date", "filled_at"}),
            may_lack_id=True,
        ),
        "patient_vitals": Rule(
            fixed={"event_id": None},
            kept=frozenset({"event_id"}),
            stamped=BIRTH | SERVER_UPDATED,
            may_lack_id=True,
        ),
        "patient_problems": Rule(
            fixed={},
            kept=frozenset({"server_created_at"}),
            stamped=SERVER_UPDATED | {"created_at"},
            born_now=frozenset({"created_at", "updated_at"}),
        ),
        "dispensing_records": Rule(
            fixed=LIVE,
            kept=BIRTH | {"deleted_at", "is_deleted", "clinic_id", "patient_id"},
            stamped=SERVER_UPDATED,
            may_lack_id=True,
        ),
        "prescription_items": Rule(
            fixed={**LIVE, "recorded_by_user_id": None, "metadata": {}},
            kept=BIRTH | {*LIVE, "updated_at", "last_modified", "recorded_by_user_id", "metadata"},
            stamped=frozenset(),
            may_lack_id=True,
        ),
    }
)


@dataclass(frozen=True)
class Intake:
    """How one column takes a sent value."""

    column: Column
    read: Reader

    def store(self, sent: Sent, now_ms: int) -> Any:
        name = self.column.name
        if name in sent or self.column.kind == "moment":
            value = self.read(sent.get(name), now_ms)
        else:
            value = self.column.default
        if value is None and self.column.is_required:
            raise Refused(f"null value in column {name}")
        return value


def _intakes(table: str, rule: Rule) -> tuple[Intake, ...]:
    ignored = {*rule.fixed, *rule.born_now, *SERVER_TIMES}
    return tuple(Intake(column, reader_of(column)) for column in TABLES[table].columns if column.name not in ignored)


INTAKES: Mapping[str, tuple[Intake, ...]] = MappingProxyType(
    {table: _intakes(table, rule) for table, rule in RULES.items()}
)


def upsert(db: Database, table: str, sent: Sent, caller: Caller) -> None:
    """Stores the record, or skips it in silence where a newer one is stored."""
    with db.lock:
        sent, visit = INVENTORS[table](db, sent, caller) if table in INVENTORS else (sent, None)
        if visit is not None:
            _check_references(db, "visits", visit, None)
            db.put("visits", visit)
        try:
            _store(db, table, new_row(db, table, sent))
        except Refused:
            if visit is not None and table != "events":  # the others invent inside their transaction
                db.remove("visits", visit["id"])
            raise


def new_row(db: Database, table: str, sent: Sent) -> Row:
    """The row an insert would make of what was sent, in the order of the table's columns."""
    rule = RULES[table]
    now_ms, stamp_us = db.now_ms(), db.statement_us()
    adjusted = {**sent, **{name: None for name in rule.or_null if name in sent and not is_truthy(sent[name])}}
    if (table == "patients" and not is_uuid(sent.get("id"))) or (rule.may_lack_id and not sent.get("id")):
        adjusted["id"] = str(uuid.uuid4())
    row = dict.fromkeys(TABLES[table].names)
    row.update({intake.column.name: intake.store(adjusted, now_ms) for intake in INTAKES[table]})
    row.update(rule.fixed)
    row.update(dict.fromkeys(rule.born_now | SERVER_TIMES, stamp_us))
    _fill_in(table, sent, row, stamp_us)
    return row


def _fill_in(table: str, sent: Sent, row: Row, stamp_us: int) -> None:
    if table == "patient_vitals" and not sent.get("timestamp"):
        row["timestamp"] = stamp_us
    elif table == "prescriptions":
        row["notes"] = row["notes"] or ""
    elif table == "patient_problems":
        row["is_deleted"] = bool(row["is_deleted"])


def _store(db: Database, table: str, row: Row) -> None:
    stored = _stored(db, table, row)
    if stored is None:
        _check_references(db, table, row, None)
        db.put(table, row)
        if table == "dispensing_records":
            stock.take_from_stock(db, row)
        return
    if row["updated_at"] <= stored["updated_at"]:
        return
    rule = RULES[table]
    changed = {name: row[name] for name in row if name not in rule.kept and name != "id"}
    merged = {**stored, **changed, **dict.fromkeys(rule.stamped, row["last_modified"])}
    _check_references(db, table, merged, stored)
    db.put(table, merged)


def _stored(db: Database, table: str, row: Row) -> Row | None:
    """The row it conflicts with: the same id, or the same attribute of the same patient."""
    if table != "patient_additional_attributes":
        return db.find(table, row["id"])
    same = db.where(table, "patient_id", row["patient_id"])
    found = next((each for each in same if each["attribute_id"] == row["attribute_id"]), None)
    if found is None and db.find(table, row["id"]) is not None:
        raise Refused("duplicate key value violates unique constraint")
    return found


def _check_references(db: Database, table: str, row: Row, before: Row | None) -> None:
    for column, target in TABLES[table].references:
        value = row[column]
        if value is None or (before is not None and before[column] == value):
            continue
        if db.find(target, value) is None:
            raise Refused(f"{table}.{column} is not present in table {target}")
