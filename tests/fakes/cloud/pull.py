"""What a pull shows: which rows after a watermark, within which clinics, in which order of keys (CLOUD §3).

Knows nothing of HTTP. It is written as it is read: one table after the other, without a snapshot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tests.fakes.cloud.callers import Caller
from tests.fakes.cloud.columns import Table
from tests.fakes.cloud.database import MS, Database, Row
from tests.fakes.cloud.encoding import encoder
from tests.fakes.cloud.schema import ALL, ONLY_FOR_HUBS
from tests.fakes.cloud.settings import Settings
from tests.fakes.cloud.times import LAST_DATE_MS

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
DAY_MS = 86_400_000
WITHOUT_HISTORY_LIMIT = frozenset(
    {
        "clinics",
        "patient_registration_forms",
        "event_forms",
        "drug_catalogue",
        "clinic_departments",
        "clinic_inventory",
        "user_clinic_permissions",
        "app_config",
    }
)
Stream = Callable[[], Iterable[Mapping[str, Any]]]
"""Rows as pulls show them, made while the answer is written, so that it may be larger than memory."""


class BadWatermark(Exception):
    """Not a number, or no date: the server fails (CLOUD §1)."""


def watermark(query: Mapping[str, str]) -> int:
    """Epoch milliseconds; 0 when it is missing. Raises BadWatermark."""
    text = (query.get("last_pulled_at") or query.get("lastPulledAt") or "0").strip() or "0"
    if not NUMBER.fullmatch(text) or abs(float(text)) > LAST_DATE_MS:
        raise BadWatermark(text)
    return int(float(text))


def written(
    db: Database, caller: Caller, since_ms: int, settings: Settings, streams: Mapping[str, Stream], *, is_hub: bool
) -> Iterator[bytes]:
    """The answer's JSON, piece by piece."""
    timestamp = db.now_ms()
    yield b'{"success":true,"changes":{'
    separator = b""
    for table in ALL:
        if table.name in ONLY_FOR_HUBS and not is_hub:
            continue
        yield separator + msgspec.json.encode(table.pulled_as) + b":"
        yield from _changes(db, table, caller, since_ms, settings, streams.get(table.name))
        separator = b","
    yield b'},"timestamp":%d}' % timestamp


def _changes(
    db: Database, table: Table, caller: Caller, since_ms: int, settings: Settings, stream: Stream | None
) -> Iterator[bytes]:
    rows: Sequence[Row] = [] if settings.comes_back_empty else db.committed(table.name)
    rows = [row for row in rows if is_in_scope(table, row, caller.clinic_ids)]
    limited_ms = _limited(table, since_ms, settings.max_history_days, db.now_ms())
    encode = encoder(table.name, settings.timezone_offset_minutes)
    created, updated, deleted = select(table, rows, limited_ms)
    yield b'{"created":['
    yield _joined(map(encode, sorted(created, key=_place)))
    if stream is not None and since_ms <= 1:
        yield from _streamed(stream(), is_first=not created)
    yield b'],"updated":['
    yield _joined(map(encode, sorted(updated, key=_place)))
    yield b'],"deleted":'
    yield msgspec.json.encode(deleted if since_ms else []) + b"}"


def select(table: Table, rows: Iterable[Row], since_ms: int) -> tuple[list[Row], list[Row], list[str]]:
    """Created, updated and deleted since; boundaries as in CLOUD §3."""
    since_us = since_ms * MS
    if not table.has_tombstones:
        created = [row for row in rows if row["created_at"] >= since_us]
        updated = [row for row in rows if row["created_at"] < since_us < row["updated_at"]]
        return created, updated, []
    created, updated, deleted = [], [], []
    for row in rows:
        if row["is_deleted"] is False and row["deleted_at"] is None:
            if row["server_created_at"] >= since_us:
                created.append(row)
            elif row["last_modified"] > since_us:
                updated.append(row)
        elif row["is_deleted"] and row["deleted_at"] is not None and row["deleted_at"] > since_us:
            deleted.append(row["id"])
    return created, updated, deleted


def is_in_scope(table: Table, row: Row, clinic_ids: frozenset[str] | None) -> bool:
    """People, and hubs without clinics, see everything."""
    if not clinic_ids or table.scope is None:
        return True
    if table.scope == "clinic_ids, or all":
        return not row["clinic_ids"] or not clinic_ids.isdisjoint(row["clinic_ids"])
    if table.scope == "clinic_ids":
        return not clinic_ids.isdisjoint(row["clinic_ids"] or ())
    return row[table.scope] in clinic_ids


def _place(row: Row) -> str:
    """Pulls have no order (CLOUD §3); this one is neither that of pushes nor that of times."""
    return str(row["id"][::-1])


def _limited(table: Table, since_ms: int, days: int | None, now_ms: int) -> int:
    if days is None or table.name in WITHOUT_HISTORY_LIMIT:
        return since_ms
    return max(since_ms, now_ms - days * DAY_MS)


def _joined(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return b",".join(map(msgspec.json.encode, rows))


def _streamed(rows: Iterable[Mapping[str, Any]], *, is_first: bool) -> Iterator[bytes]:
    for row in rows:
        yield msgspec.json.encode(row) if is_first else b"," + msgspec.json.encode(row)
        is_first = False
