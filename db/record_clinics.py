"""At which clinic a record is: its own clinic, else its visit's, else its patient's (DESIGN §8).

Knows nothing of permissions. "" stands for "none says so": then the clinic of whoever asks counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Snapshot
from db.records import Data, load_rows
from db.schema import RECORD_TABLES

_CLINICS = RECORD_TABLES["clinics"]
_LINKS = (("visit_id", "visits"), ("current_visit_id", "visits"), ("patient_id", "patients"))


class RecordClinics:
    """Looks clinics up, each visit and patient once. ``load`` before asking about many."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._stored: dict[tuple[str, str], str] = {}
        self._pushed: dict[tuple[str, str], Data] = {}
        self.known = known_clinics(snapshot)

    def load(self, table: str, rows: Iterable[Data]) -> None:
        """Fetches what ``clinic_of`` will need for these rows, in a few queries."""
        asked = [row for row in rows if not self._own(table, row)]
        for link, parent in _links_of(table):
            self._fetch(parent, {_text(row.get(link)) for row in asked} - {""})

    def note(self, table: str, rows: Iterable[Data]) -> None:
        """Takes visits and patients into account that are perhaps not stored yet: a push brings them along."""
        if table in ("visits", "patients"):
            self._pushed.update({(table, _text(row.get("id"))): row for row in rows})

    def clinic_of(self, table: str, row: Data) -> str:
        """The clinic of a row, or "" where none is named that this hub knows."""
        if own := self._own(table, row):
            return own
        for link, parent in _links_of(table):
            if (record_id := _text(row.get(link))) and (clinic := self._of_parent(parent, record_id)):
                return clinic
        return ""

    def _own(self, table: str, row: Data) -> str:
        column = CATALOGUE[table].clinic_column
        clinic = _text(row.get(column)) if column else ""
        return clinic if clinic in self.known else ""

    def _of_parent(self, table: str, record_id: str) -> str:
        key = (table, record_id)
        if key not in self._stored:
            self._fetch(table, {record_id})
        if key in self._stored or key not in self._pushed:
            return self._stored.get(key, "")
        return self.clinic_of(table, self._pushed[key])

    def _fetch(self, table: str, ids: set[str]) -> None:
        wanted = {record_id for record_id in ids if (table, record_id) not in self._stored}
        rows = [row.data for row in load_rows(self._snapshot, table, wanted).values()] if wanted else []
        self.load(table, rows)
        for row in rows:
            self._stored[table, row["id"]] = self.clinic_of(table, row)


def known_clinics(snapshot: Snapshot) -> frozenset[str]:
    """The ids of the clinics of this hub. Any other id in a record names no clinic."""
    query = sa.select(_CLINICS.c.id).where(_CLINICS.c.local_server_deleted_at.is_(None))
    return frozenset(row.id for row in snapshot.rows(query))


def _links_of(table: str) -> tuple[tuple[str, str], ...]:
    columns = CATALOGUE[table].columns
    return tuple((link, parent) for link, parent in _LINKS if link in columns)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
