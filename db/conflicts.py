"""Edits that lost against another edit of the same columns, for staff to look at: what is current, what lost.

Knows nothing of how conflicts come about (db/push_rows.py, db/cloud/arrivals.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Database, Snapshot
from db.errors import NotFound
from db.records import Data, StoredRow, VersionKind, load_rows
from db.schema import RECORD_HISTORY, RECORD_TABLES, SYNC_LOG
from db.sqlite.dialect import field

_IS_CONFLICT = RECORD_HISTORY.c.kind == VersionKind.CONFLICT.value


@dataclass(frozen=True)
class Conflict:
    """``version``: its number in the history; ``values``: (column, current, lost) as text; ``by``: who made what lost,
    None for the cloud; ``at``: epoch ms by the stamp of the change that won."""

    version: int
    table: str
    record_id: str
    patient_name: str
    at: int
    by: str | None
    values: tuple[tuple[str, str, str], ...]
    is_deleted: bool


def conflict_count(snapshot: Snapshot) -> int:
    """How many conflicts nobody has looked at."""
    return int(snapshot.scalar(sa.select(sa.func.count()).select_from(RECORD_HISTORY).where(_IS_CONFLICT)))


def list_conflicts(snapshot: Snapshot, count: int) -> list[Conflict]:
    """Conflicts that nobody has looked at, newest first."""
    users = RECORD_TABLES["users"]
    query = (
        sa.select(RECORD_HISTORY, field(users, "name").label("user_name"))
        .select_from(
            RECORD_HISTORY.outerjoin(SYNC_LOG, SYNC_LOG.c.id == RECORD_HISTORY.c.sync_id).outerjoin(
                users, users.c.id == SYNC_LOG.c.user_id
            )
        )
        .where(_IS_CONFLICT)
        .order_by(RECORD_HISTORY.c.id.desc())
        .limit(count)
    )
    return [_conflict(snapshot, row) for row in snapshot.rows(query)]


def settle_conflict(database: Database, version: int) -> None:
    """Staff has looked at it. The version stays in the history. Raises NotFound."""
    with database.write() as transaction:
        settled = RECORD_HISTORY.update().where(RECORD_HISTORY.c.id == version, _IS_CONFLICT)
        if not transaction.run(settled.values(kind=VersionKind.REPLACED.value)).rowcount:
            raise NotFound(version=version)


def patient_name(snapshot: Snapshot, table: str, data: Data) -> str:
    """The name of the patient whom a record is about, for the screen only; "" if there is none."""
    if table != "patients":
        patients = RECORD_TABLES["patients"]
        text = snapshot.scalar(sa.select(patients.c.data).where(patients.c.id == str(data.get("patient_id") or "")))
        data = msgspec.json.decode(text) if text else {}
    return " ".join(str(data[name]) for name in ("given_name", "surname") if data.get(name))


def _conflict(snapshot: Snapshot, row: Any) -> Conflict:
    values = row._mapping
    table, record_id = values["table_name"], values["record_id"]
    lost: Data = msgspec.json.decode(values["data"])
    current = load_rows(snapshot, table, [record_id]).get(record_id)
    secret = CATALOGUE[table].secret_columns
    columns = [name for name in msgspec.json.decode(values["columns"]) if name not in secret]
    return Conflict(
        version=values["id"],
        table=table,
        record_id=record_id,
        patient_name=patient_name(snapshot, table, current.data if current else lost),
        at=values["replaced_stamp"],
        by=values["user_name"],
        values=tuple((name, _shown(_of(current, name)), _shown(lost.get(name))) for name in columns),
        is_deleted=current is None or current.is_deleted,
    )


def _of(row: StoredRow | None, name: str) -> object:
    return row.data.get(name) if row else None


def _shown(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
