"""Holds a push to the permissions of its sender, record by record (DESIGN §8).

Knows nothing of what becomes of a record that is refused (db/push.py). The rules are in db/permissions.py.
"""

from __future__ import annotations

from collections.abc import Iterable

from db.catalogue import CATALOGUE
from db.database import Snapshot
from db.permissions import ALL_FLAGS, PUSH_RULES, Flag, Permissions, is_others_event, permissions_of
from db.record_clinics import RecordClinics, known_clinics
from db.records import Data


class PushGate:
    """Asks for one push. Made by ``gate_for``."""

    def __init__(self, snapshot: Snapshot, user_id: str, login_clinic: str, permissions: Permissions) -> None:
        self._user_id = user_id
        self._login_clinic = login_clinic
        self._permissions = permissions
        self._clinics = RecordClinics(snapshot)

    def expect(self, table: str, rows: Iterable[Data]) -> None:
        """Says what the push brings, before anything is asked: a new visit tells the clinic of its events."""
        rows = list(rows)
        self._clinics.note(table, rows)
        self._clinics.load(table, rows)

    def missing_for_upsert(self, table: str, sent: Data, stored: Data | None) -> Flag | None:
        """The first permission that making or changing this record would need and that is not granted.

        Marking a record as deleted counts as deleting it; moving it to another clinic needs the permission at both.
        """
        if stored is None:
            return self._missing(table, PUSH_RULES[table].create, sent)
        flags = PUSH_RULES[table].update
        if sent.get("is_deleted") is True and stored.get("is_deleted") is not True:
            flags |= PUSH_RULES[table].delete
        if table == "events" and is_others_event(stored, self._user_id):
            flags |= {Flag.EDIT_OTHERS_EVENTS}
        column = CATALOGUE[table].clinic_column
        moves = column is not None and column in sent and sent[column] != stored.get(column)
        return self._missing(table, flags, stored) or (self._missing(table, flags, sent) if moves else None)

    def missing_for_deletion(self, table: str, stored: Data) -> Flag | None:
        """The first permission that deleting this record would need and that is not granted."""
        flags = PUSH_RULES[table].delete
        if table == "events" and is_others_event(stored, self._user_id):
            flags |= {Flag.EDIT_OTHERS_EVENTS}
        return self._missing(table, flags, stored)

    def _missing(self, table: str, flags: frozenset[Flag], row: Data) -> Flag | None:
        clinic = self._clinics.clinic_of(table, row) or self._login_clinic
        return next((flag for flag in sorted(flags) if not self._permissions.has(flag, clinic)), None)


def gate_for(snapshot: Snapshot, user_id: str, login_clinic: str) -> PushGate | None:
    """The gate for a user's push; None for one who may do everything at every clinic of this hub."""
    permissions = permissions_of(snapshot, user_id)
    everywhere = known_clinics(snapshot) | {login_clinic}
    if all(permissions.by_clinic.get(clinic) == ALL_FLAGS for clinic in everywhere):
        return None
    return PushGate(snapshot, user_id, login_clinic, permissions)
