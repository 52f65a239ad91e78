"""What a report tells of the database: its shape, its counts, its settings without secrets, its bookkeeping.

Knows nothing of files or zips. Every value goes through kiosk/diagnostics/safe.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from db.cloud.state import read_access, read_state
from db.database import Snapshot
from db.evidence import (
    aside_counts,
    aside_lines,
    phone_lines,
    slow_lines,
    sync_lines,
    sync_lines_of,
    waiting_lines,
)
from db.health import revision_of
from db.migrate import newest_revision
from db.settings import Setting, read_settings
from db.sqlite.inspection import TableShape, pages_of, row_counts, shape_of
from db.sync_log import SyncKind
from kiosk.diagnostics import known
from kiosk.diagnostics.safe import REVISION, Content, Pseudonyms, Safe, code, formed, number, word

LINES_TOLD = 2_000
ROUNDS_TOLD = 500
SLOW_TOLD = 100
SLOW_MS = 2_000
PHONES_TOLD = 500
ASIDE_TOLD = 500

_CLOUD_KINDS = (SyncKind.CLOUD_PULL.value, SyncKind.CLOUD_PUSH.value)
_NUMBERS = frozenset(
    {
        Setting.PHONE_PORT,
        Setting.PAIRING_OPEN_UNTIL,
        Setting.LAST_BACKUP_AT,
        Setting.SECOND_BACKUP_AT,
        Setting.LAST_DRILL_AT,
        Setting.LAST_CHECK_AT,
        Setting.LAST_CHECK_FAULTS,
        Setting.CLOUD_MINUTES,
        Setting.CLOUD_DAILY_BYTES,
    }
)
_CODES = MappingProxyType(
    {
        Setting.PHONES_RECEIVE: known.SCOPES,
        Setting.ANNOUNCE: known.SWITCH,
        Setting.DISMISSED_NOTICES: known.NOTICES,
        Setting.LAST_BACKUP_RESULT: known.results(),
        Setting.SECOND_BACKUP_RESULT: known.results(),
        Setting.LAST_DRILL_RESULT: known.results(),
    }
)
"""Settings whose value may be told. Of all others, secrets and names among them, only whether they are set."""


def settings_part(snapshot: Snapshot) -> Content:
    """Every setting there is."""
    settings = read_settings(snapshot)
    return {"settings": [_setting(setting, settings.get(setting)) for setting in Setting]}


def database_part(snapshot: Snapshot) -> Content:
    """Tables, columns and indexes as they are in the file, and how many rows each table has."""
    shape, pages = shape_of(snapshot), pages_of(snapshot)
    counts = row_counts(snapshot)
    return {
        "revision": formed(revision_of(snapshot), REVISION),
        "newest_revision": formed(newest_revision(), REVISION),
        "pages": pages.total,
        "free_pages": pages.free,
        "page_bytes": pages.size_bytes,
        "missing_tables": _words(shape.missing_tables),
        "unknown_tables": shape.unknown_tables,
        "tables": [_table(table) | counts.get(table.name, {}) for table in shape.tables],
    }


def syncs_part(snapshot: Snapshot, names: Pseudonyms) -> list[dict[str, Any]]:
    """The log of syncs, newest first."""
    return [_line(row, names) for row in sync_lines(snapshot, LINES_TOLD)]


def slow_part(snapshot: Snapshot, names: Pseudonyms) -> list[dict[str, Any]]:
    """What took longest, the slowest first."""
    return [_line(row, names) for row in slow_lines(snapshot, SLOW_MS, SLOW_TOLD)]


def phones_part(snapshot: Snapshot, names: Pseudonyms) -> list[dict[str, Any]]:
    """The phones, without their names."""
    return [
        {
            "device": names.of("device", row.id),
            "user": names.of("user", row.user_id),
            "address": names.of("address", row.address),
            "generation": code(row.app_generation, known.GENERATIONS),
            "state": code(row.status, known.STATUSES),
            "first_sync_at": number(row.first_sync_at),
            "last_sync_at": number(row.last_sync_at),
            "received": number(row.records_received),
            "sent": number(row.records_sent),
            "seen_at": number(row.seen_at),
            "paired_at": number(row.paired_at),
        }
        for row in phone_lines(snapshot, PHONES_TOLD)
    ]


def cloud_part(snapshot: Snapshot, names: Pseudonyms) -> Content:
    """How the exchange with the cloud stands: no address, no key, no name of a clinic."""
    access, state = read_access(snapshot), read_state(snapshot)
    return {
        "connected": access is not None,
        "server": names.of("cloud", access.url) if access else None,
        "clinics": len(access.clinic_ids) if access else 0,
        "paused": state.is_paused,
        "halt": code(state.halt, known.HALTS),
        "last_result": code(state.last_result, known.results()),
        "last_success_at": number(state.last_success_ms),
        "last_try_at": number(state.last_try_ms),
        "cursor_at": number(state.cursor_ms),
        "checked_key_at": number(state.checked_at_ms),
        "full_pull": number(state.full_pull),
        "full_pull_at": number(state.full_pull_at_ms),
        "full_pull_due": state.is_full_pull_due,
        "clock_ahead_ms": number(state.clock_ahead_ms),
        "outbox": [
            {
                "table": code(row.table_name, known.TABLES),
                "records": number(row.records),
                "deletions": number(row.deletions),
                "oldest_at": number(row.oldest),
            }
            for row in waiting_lines(snapshot)
        ],
        "by_reason": [
            {
                "table": code(row.table_name, known.TABLES),
                "reason": code(row.aside, known.REASONS),
                "records": number(row.records),
            }
            for row in aside_counts(snapshot)
        ],
        "aside": [_aside(row, names) for row in aside_lines(snapshot, ASIDE_TOLD)],
        "rounds": [_line(row, names) for row in sync_lines_of(snapshot, _CLOUD_KINDS, ROUNDS_TOLD)],
    }


def _setting(setting: Setting, value: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {"name": Safe(setting.value), "is_set": bool(value)}
    if not value:
        return told
    if setting in _NUMBERS:
        told["value"] = number(value)
    elif setting in _CODES:
        told["value"] = [code(part, _CODES[setting]) for part in value.split(",")]
    return told


def _table(table: TableShape) -> dict[str, Any]:
    return {
        "table": code(table.name, known.TABLES),
        "columns": _words(table.columns),
        "missing_columns": _words(table.missing_columns),
        "unknown_columns": table.unknown_columns,
        "indexes": [
            {"columns": _words(index.columns), "unique": index.is_unique, "partial": index.is_partial}
            for index in table.indexes
        ],
    }


def _words(own: Sequence[str]) -> list[Safe]:
    """Names that db.sqlite.inspection has compared with those of this program: it tells no others."""
    return [word(name) for name in own]


def _line(row: Any, names: Pseudonyms) -> dict[str, Any]:
    return {
        "at": number(row.at),
        "kind": code(row.kind, known.KINDS),
        "channel": code(row.channel, known.CHANNELS),
        "device": names.of("device", row.device_id),
        "user": names.of("user", row.user_id),
        "records": number(row.records),
        "counts": _counts(row.counts),
        "bytes": number(row.bytes),
        "duration_ms": number(row.duration_ms),
        "result": code(row.result, known.results()),
        "notes": [code(note, known.NOTES) for note in _list_in(row.notes)],
        "action": code(row.action, known.actions()),
    }


def _aside(row: Any, names: Pseudonyms) -> dict[str, Any]:
    return {
        "table": code(row.table_name, known.TABLES),
        "record": names.of("record", row.record_id),
        "reason": code(row.aside, known.REASONS),
        "at": number(row.aside_at),
        "unseen": number(row.unseen),
        "resends": number(row.resends),
    }


def _counts(text: object) -> dict[Safe, int | None]:
    """Records by table, out of the JSON in the log."""
    counted = _parsed(text)
    if not isinstance(counted, Mapping):
        return {}
    return {code(name, known.TABLES) or word("other"): number(count) for name, count in counted.items()}


def _list_in(text: object) -> list[object]:
    parsed = _parsed(text)
    return parsed if isinstance(parsed, list) else []


def _parsed(text: object) -> Any:
    try:
        return json.loads(str(text))
    except ValueError:
        return None
