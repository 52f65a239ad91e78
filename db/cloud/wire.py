"""Rows as the cloud writes and takes them, turned into what phones hold and back (CLOUD §§3, 4). Pure functions.

Knows nothing of storage, nor of which rows go where.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec

from db.catalogue import CATALOGUE, Column, ColumnType, Table
from db.coercion import RowCleaner
from db.records import Data

DAY_MS = 86_400_000
DAYS_KEPT_AS_TIMES: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {
        "patient_problems": frozenset({"onset_date", "end_date"}),
        "clinic_inventory": frozenset({"batch_expiry_date"}),
    }
)
"""Columns that are a date in the cloud and a time on phones."""
USER_COLUMNS = frozenset(
    ("provider_id", "user_id", "filled_by", "dispensed_by", "last_modified_by", "recorded_by_user_id")
)
"""Columns that name a member of staff."""
CLINIC_COLUMNS = frozenset({"primary_clinic_id", "clinic_id", "pickup_clinic_id"})
"""Columns that name a clinic."""

_CLOUD_TIMES = ("last_modified", "server_created_at")
_LIVING: MappingProxyType[str, Any] = MappingProxyType({"is_deleted": False, "deleted_at": None})
_LISTS = frozenset(
    "form_data departments items additional_capabilities translations clinic_ids form_fields fields".split()  # noqa: SIM905
)
_TEXT_IDS = frozenset({"government_id", "external_patient_id"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HALF_A_DAY = timedelta(hours=12)
_ISO_LENGTH = len("2026-11-22T13:42:46.409Z")
_MIDNIGHT = "T00:00:00.000Z"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(slots=True)
class CloudRow:
    """A living row of the cloud. ``data``: as phones hold it; ``updated_at``: the cloud's own, epoch ms (None: it says
    none); ``digest``: the same for the same content, whenever it is sent."""

    record_id: str
    data: Data
    updated_at: int | None
    digest: int


@dataclass(slots=True)
class SentRow:
    """A row as the cloud sent it, without the cloud's own times; ``digest`` as in CloudRow."""

    record_id: str
    values: dict[str, Any]
    digest: int


class RowReader:
    """Reads the cloud's rows of one table. Not for several threads at once."""

    def __init__(self, table: str) -> None:
        known = CATALOGUE[table].columns
        self._cleaner = RowCleaner(CATALOGUE[table])
        self._times = tuple(c.name for c in known.values() if c.type is ColumnType.TIME)
        self._days = DAYS_KEPT_AS_TIMES.get(table, frozenset())
        self._dates = tuple(c.name for c in known.values() if c.type is ColumnType.DATE)
        self._held_times = tuple(name for name in _CLOUD_TIMES if name in known)

    def recognise(self, row: dict[str, Any]) -> SentRow | None:
        """Tells which row it is and whether it says anything new, and takes it over. None for a row without an id."""
        record_id = row.get("id")
        if not isinstance(record_id, str) or not record_id:
            return None
        held = [(name, row[name]) for name in self._held_times if name in row]
        for name in _CLOUD_TIMES:
            row.pop(name, None)
        digest = _digest(row)
        row.update(held)
        return SentRow(record_id, row, digest)

    def read(self, sent: SentRow) -> CloudRow:
        """Turns it into what phones hold; takes it over."""
        row = sent.values
        for name in self._times:
            value = row.get(name)
            if type(value) is str and len(value) == _ISO_LENGTH:
                row[name] = _milliseconds(value, is_day=name in self._days)
        for name in self._dates:
            value = row.get(name)
            if type(value) is str and len(value) == _ISO_LENGTH:
                row[name] = value[:10] if value.endswith(_MIDNIGHT) else _nearest_day(value)
        updated_at = row.get("updated_at")
        data = self._cleaner.clean(row).data
        return CloudRow(sent.record_id, data, updated_at if type(updated_at) is int else None, sent.digest)


def to_cloud(table: str, data: Data, updated_at: int, local_users: frozenset[str]) -> dict[str, Any]:
    """The whole row as the cloud takes it: missing columns would be wiped there (CLOUD §4).

    ``updated_at``: epoch ms that the cloud is to compare; ``local_users``: ids of staff that only this computer knows:
    they are left out, since the cloud takes none that it does not know.
    """
    known = CATALOGUE[table].columns
    sent: dict[str, Any] = {}
    for name, value in data.items():
        if name in _CLOUD_TIMES or (table, name) in _NEVER_SENT:
            continue
        column = known.get(name)
        sent[name] = value if column is None else _wire_value(table, column, value)
        if name in USER_COLUMNS and sent[name] in local_users:
            sent[name] = None
    return sent | _LIVING | {"updated_at": iso_time(updated_at)}


def differences(table: str, ours: Data, theirs: Data) -> frozenset[str]:
    """The columns in which the cloud's row says something else than ours, given that it cannot keep everything as we
    hold it (CLOUD §4): rounded decimals, dates for times, null for "" and for other false values, documents in another
    order. Columns that the cloud never takes from us, and those that only say when, do not count."""
    spec = CATALOGUE[table]
    found = []
    for name, value in theirs.items():
        held = ours[name] if name in ours else spec.defaults.get(name)
        if held == value and type(held) is type(value):  # most of them
            continue
        if name in _NO_CONTENT or (table, name) in _NEVER_TAKEN or _is_same(spec, name, held, value):
            continue
        found.append(name)
    return frozenset(found)


def is_cloud_id(record_id: object) -> bool:
    """Whether the cloud can keep a record under this id: it stores others under a new id each time (CLOUD §4)."""
    return isinstance(record_id, str) and _UUID.fullmatch(record_id) is not None


def iso_time(ms: float) -> str | None:
    """ISO 8601 in UTC with milliseconds; None for a time that cannot be written so."""
    try:
        moment = _EPOCH + timedelta(milliseconds=int(ms))
    except (OverflowError, ValueError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_NO_CONTENT = frozenset({"id", "created_at", "updated_at", *_CLOUD_TIMES, "is_deleted", "deleted_at"})
_NEVER_SENT = frozenset({("patient_vitals", "event_id")})
_NEVER_TAKEN = frozenset(
    {
        ("patient_vitals", "event_id"),  # not pushable: always null there
        ("prescriptions", "items"),  # always []
        ("prescriptions", "metadata"),  # always {}
        ("prescriptions", "filled_at"),  # an update leaves both as they were first
        ("prescriptions", "prescribed_at"),
        ("prescription_items", "metadata"),  # dropped
        ("prescription_items", "recorded_by_user_id"),
        ("dispensing_records", "clinic_id"),  # ignored by an update
        ("dispensing_records", "patient_id"),
    }
)
_FALSE_BECOMES_NULL = frozenset({"number_value", "boolean_value", "string_value"})


def _digest(row: Mapping[str, Any]) -> int:
    """In the order of the cloud's columns: another order looks like news, which merging then finds to be none."""
    text = msgspec.json.encode(row)
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


def _milliseconds(text: str, *, is_day: bool) -> int | str:
    try:
        at = round(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        return text  # the patient way will keep or default it
    return _midnight(at) if is_day else at


def _midnight(at_ms: float) -> int:
    """The nearest midnight in UTC: whatever zone the cloud runs in, its dates are local midnights (CLOUD §3)."""
    return int((at_ms + DAY_MS // 2) // DAY_MS) * DAY_MS


def _nearest_day(text: str) -> str:
    try:
        return (datetime.fromisoformat(text) + _HALF_A_DAY).date().isoformat()
    except (ValueError, OverflowError):
        return text


def _wire_value(table: str, column: Column, value: Any) -> Any:
    if column.type is ColumnType.JSON:
        return _document(column, value)
    if value is None:
        return None
    if column.type is ColumnType.TIME:
        if not isinstance(value, int | float) or (value == 0 and not column.is_optional):
            return None
        if column.name in DAYS_KEPT_AS_TIMES.get(table, ()):
            day = iso_time(_midnight(value))
            return None if day is None else day[:10]
        return iso_time(value)
    if not isinstance(value, str):
        return value
    value = value.replace("\0", "")
    if column.type is ColumnType.DATE:
        return value or None
    is_id = (column.name.endswith("_id") or column.name in USER_COLUMNS) and column.name not in _TEXT_IDS
    return (value or None) if is_id else value


def _document(column: Column, value: Any) -> Any:
    empty: Any = [] if column.name in _LISTS else {}
    if not isinstance(value, str) or not value:
        return empty
    try:
        document = msgspec.json.decode(value.replace("\\u0000", ""))
    except (msgspec.DecodeError, RecursionError):
        return empty  # what the cloud would make of it
    return empty if document is None else document


def _is_same(table: Table, name: str, ours: Any, theirs: Any) -> bool:
    if ours == theirs and isinstance(ours, bool) is isinstance(theirs, bool):
        return True
    column = table.columns.get(name)
    if column is None:
        return False
    if name in USER_COLUMNS and not theirs:
        return True  # staff that only this computer knows is left out of what is sent
    if name in _FALSE_BECOMES_NULL:
        return not ours and not theirs
    if column.type is ColumnType.JSON:
        mine, other = _document(column, ours), _document(column, theirs)
        return bool(mine == other) or (not mine and not other)
    if column.type is ColumnType.TIME:
        return _is_same_time(table, name, ours, theirs)
    if column.type is ColumnType.NUMBER:
        return _is_rounded(ours, theirs)
    if column.type in (ColumnType.TEXT, ColumnType.DATE):
        return str(ours or "").replace("\0", "") == str(theirs or "")
    return False


def _is_same_time(table: Table, name: str, ours: Any, theirs: Any) -> bool:
    if name in DAYS_KEPT_AS_TIMES.get(table.name, ()) and ours and theirs:
        return _midnight(ours) == _midnight(theirs)
    return int(ours or 0) == int(theirs or 0)


def _is_rounded(ours: Any, theirs: Any) -> bool:
    """The cloud keeps measures with two decimals."""
    if not isinstance(ours, int | float) or not isinstance(theirs, int | float):
        return False
    return abs(ours - theirs) < 0.00501
