"""What a phone pushes, read strictly: ``{table: {created: [row], updated: [row], deleted: [id or row]}}``.

Knows nothing of what is stored. Shape is checked here, values are made right in db/coercion.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from db.catalogue import CATALOGUE, PHONE_ONLY_TABLES
from db.errors import InvalidInput
from db.lenient_json import decode_leniently
from db.row_types import LONGEST_ID, TypedRow, push_decoder

RawRow = dict[str, Any]
_ESCAPED_NUL = b"\\u0000"
DEEPEST_VALUE = 50
"""Levels of lists and objects in a value. Far from what stops the JSON libraries, which read and write to different
depths: what was stored must be readable from everywhere. (Phones themselves hold no nested values at all.)"""
_LISTS = ("created", "updated", "deleted")


@dataclass(frozen=True)
class Deletion:
    """A deleted record: its id, and the whole row where the phone sent one (PROTOCOL §§5, 6)."""

    record_id: str
    row: RawRow | None


@dataclass(frozen=True)
class TableChanges:
    """The changes of one table, in the order in which they are to be applied."""

    upserts: list[RawRow] | list[TypedRow]
    deletions: list[Deletion]

    @property
    def size(self) -> int:
        """How many records they touch."""
        return len(self.upserts) + len(self.deletions)


@dataclass(frozen=True)
class Changeset:
    """A whole push. ``ignored`` counts rows for tables that phones may not write, by table. ``is_mended``: some
    text could not be kept as it came, so the phone does not hold what is stored."""

    tables: dict[str, TableChanges]
    ignored: dict[str, int] = field(default_factory=dict)
    is_mended: bool = False

    @property
    def sends_deleted_rows(self) -> bool:
        """Whether a deletion came as a whole row: only first-generation apps and forced uploads do that."""
        return any(deletion.row is not None for table in self.tables.values() for deletion in table.deletions)


def parse_changeset(body: bytes) -> Changeset:
    """Reads the body of a push (PROTOCOL §2.1).

    Unknown tables and the phones' private ones are left out; tables that phones may not write are counted.
    A missing list counts as empty. Raises InvalidJson, or InvalidInput with the ``path`` of the first fault.
    """
    return _typed_changeset(body) or _plain_changeset(body)


def _typed_changeset(body: bytes) -> Changeset | None:
    """The fast way, for a push in which everything is as it should be; None for any other."""
    if _ESCAPED_NUL in body:
        return None
    try:
        push = push_decoder().decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    tables: dict[str, TableChanges] = {}
    ignored: dict[str, int] = {}
    for name in push.__struct_fields__:
        content = getattr(push, name)
        if content is msgspec.UNSET:
            continue
        upserts = content.created + content.updated if content.updated else content.created
        if not upserts and not content.deleted:
            continue
        if CATALOGUE[name].phones_may_write:
            tables[name] = TableChanges(upserts, [Deletion(record_id, None) for record_id in content.deleted])
        else:
            ignored[name] = len(upserts) + len(content.deleted)
    # Nothing found: perhaps the changes are wrapped, which only the patient way looks at.
    return Changeset(tables, ignored) if tables or ignored else None


def _plain_changeset(body: bytes) -> Changeset:
    document, is_mended = _decode(body)
    if not isinstance(document, dict):
        raise InvalidInput(path="body")
    # Some clients wrap the changes as the reply of a pull does; ignoring them would lose what they sent.
    if isinstance(document.get("changes"), dict) and not any(name in CATALOGUE for name in document):
        document = document["changes"]
    tables: dict[str, TableChanges] = {}
    ignored: dict[str, int] = {}
    for name, content in document.items():
        table = CATALOGUE.get(name)
        if table is None or table.since_schema is None or name in PHONE_ONLY_TABLES:
            continue
        if not table.phones_may_write:
            if size := _size(content):
                ignored[name] = size
            continue
        changes = _table_changes(name, content)
        if changes.size:
            tables[name] = changes
    return Changeset(tables, ignored, is_mended)


def _decode(body: bytes) -> tuple[Any, bool]:
    """The document, and whether it had to be mended."""
    try:
        return msgspec.json.decode(body), False
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return decode_leniently(body), True


def _size(content: Any) -> int:
    """How many records a table's content names; nothing in it is refused, since nothing of it is stored."""
    lists = [content.get(part) for part in _LISTS] if isinstance(content, dict) else []
    return sum(len(rows) for rows in lists if isinstance(rows, list))


def _table_changes(name: str, content: Any) -> TableChanges:
    if not isinstance(content, dict):
        raise InvalidInput(path=name)
    for part in _LISTS:
        if not isinstance(content.get(part, []), list):
            raise InvalidInput(path=f"{name}.{part}")
    upserts = [
        *_rows(f"{name}.created", content.get("created", [])),
        *_rows(f"{name}.updated", content.get("updated", [])),
    ]
    return TableChanges(upserts, list(_deletions(f"{name}.deleted", content.get("deleted", []))))


def _rows(path: str, rows: list[Any]) -> list[RawRow]:
    for index, row in enumerate(rows):
        if type(row) is not dict:
            raise InvalidInput(path=f"{path}[{index}]")
        _check_id(f"{path}[{index}].id", row.get("id"))
        _check_depth(f"{path}[{index}]", row)
    return rows


def _deletions(path: str, entries: list[Any]) -> Iterator[Deletion]:
    for index, entry in enumerate(entries):
        if isinstance(entry, dict):
            _check_id(f"{path}[{index}].id", entry.get("id"))
            _check_depth(f"{path}[{index}]", entry)
            yield Deletion(entry["id"], entry)
        else:
            _check_id(f"{path}[{index}]", entry)
            yield Deletion(entry, None)


def _check_id(path: str, value: Any) -> None:
    """Ids are opaque text: odd characters are the phone's business, emptiness and novels are not."""
    if type(value) is not str or not 0 < len(value) <= LONGEST_ID or "\0" in value:
        raise InvalidInput(path=path)


def _check_depth(path: str, row: RawRow) -> None:
    level = [value for value in row.values() if type(value) in (dict, list)]
    for _ in range(DEEPEST_VALUE):
        if not level:
            return
        inner = (item for value in level for item in (value.values() if type(value) is dict else value))
        level = [item for item in inner if type(item) in (dict, list)]
    if level:
        raise InvalidInput(path=path)
