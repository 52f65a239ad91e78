"""Which records a phone receives: those of all clinics of this hub, or only of clinics its user may view.

A record is where its patient is (primary clinic); a patient without a clinic is everybody's. Records of a clinic
itself (stock, departments) are where their clinic is; everything else (forms, users, drugs) goes to every phone.
Knows nothing of marks or queries (db/pull.py, db/pull_queries.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec
import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Snapshot, Transaction
from db.history import ONCE_CURRENT
from db.permissions import Flag, permissions_of
from db.schema import RECORD_HISTORY, RECORD_TABLES
from db.settings import Setting, read_setting, write_setting
from db.sqlite.dialect import field, key_of, values_of

_PATIENTS = RECORD_TABLES["patients"]
_CLINIC = "primary_clinic_id"
Ids = tuple[str, ...]


class PhoneScope(StrEnum):
    """The setting "phones receive"."""

    ALL = "all"
    VIEWABLE = "viewable"


@dataclass(frozen=True)
class Scope:
    """``clinics`` None: all of them."""

    clinics: frozenset[str] | None

    def sees(self, clinic: str | None) -> bool:
        """Whether a record at this clinic is in the scope."""
        return self.clinics is None or not clinic or clinic in self.clinics

    @property
    def text(self) -> str | None:
        """As it is kept with a pull."""
        return None if self.clinics is None else msgspec.json.encode(sorted(self.clinics)).decode()


EVERYTHING = Scope(None)


@dataclass(frozen=True)
class ScopeChange:
    """What a phone had in its scope (``before``) and has now, and the patients that have thereby come and gone."""

    before: Scope
    now: Scope
    appeared: Ids = ()
    disappeared: Ids = ()

    @property
    def is_needed(self) -> bool:
        """Whether a pull has to look at scopes at all."""
        return self.before.clinics is not None or self.now.clinics is not None


UNLIMITED = ScopeChange(EVERYTHING, EVERYTHING)


def parse_scope(text: str | None) -> Scope:
    """The reverse of ``Scope.text``."""
    return EVERYTHING if text is None else Scope(frozenset(msgspec.json.decode(text)))


def read_phone_scope(snapshot: Snapshot) -> PhoneScope:
    """The setting; all clinics unless staff chose otherwise."""
    return PhoneScope(read_setting(snapshot, Setting.PHONES_RECEIVE) or PhoneScope.ALL.value)


def write_phone_scope(transaction: Transaction, scope: PhoneScope) -> None:
    """Chooses what phones receive from their next sync on."""
    write_setting(transaction, Setting.PHONES_RECEIVE, scope.value)


def scope_of(snapshot: Snapshot, user_id: str) -> Scope:
    """What a phone receives while this user is signed in on it."""
    if read_phone_scope(snapshot) is PhoneScope.ALL:
        return EVERYTHING
    return Scope(permissions_of(snapshot, user_id).clinics_with(Flag.VIEW_HISTORY))


def scope_change(snapshot: Snapshot, before: Scope, now: Scope, since_stamp: int) -> ScopeChange:
    """Compares the scope of a phone's earlier pull, up to ``since_stamp``, with that of today.

    Patients come and go with the scope, and when they move from one clinic to another.
    """
    if since_stamp == 0 or (before.clinics is None and now.clinics is None):
        return ScopeChange(before, now)
    appeared, disappeared = [], []
    rows = snapshot.rows(_MOVED, {"since": since_stamp})
    if before != now:
        rows = [*rows, *snapshot.rows(_RESTING, {"since": since_stamp})]
    for record_id, clinic_then, clinic_now in rows:
        was_seen, is_seen = before.sees(clinic_then), now.sees(clinic_now)
        if is_seen and not was_seen:
            appeared.append(record_id)
        elif was_seen and not is_seen:
            disappeared.append(record_id)
    return ScopeChange(before, now, tuple(appeared), tuple(disappeared))


def _clinic_then() -> sa.ScalarSelect[str]:
    history = RECORD_HISTORY.c
    return (
        sa.select(key_of(history.data, _CLINIC))
        .where(
            history.record_id == _PATIENTS.c.id,
            history.table_name == "patients",
            history.stamp <= sa.bindparam("since"),
            history.replaced_stamp > sa.bindparam("since"),
            history.kind.in_(ONCE_CURRENT),
        )
        .order_by(history.id.desc())
        .limit(1)
        .scalar_subquery()
    )


_MOVED = sa.select(_PATIENTS.c.id, _clinic_then(), field(_PATIENTS, _CLINIC)).where(
    _PATIENTS.c.local_server_last_modified > sa.bindparam("since"),
    _PATIENTS.c.local_server_created_at <= sa.bindparam("since"),
    _PATIENTS.c.local_server_deleted_at.is_(None),
)
_RESTING = sa.select(_PATIENTS.c.id, field(_PATIENTS, _CLINIC).label("before"), field(_PATIENTS, _CLINIC)).where(
    _PATIENTS.c.local_server_last_modified <= sa.bindparam("since"), _PATIENTS.c.local_server_deleted_at.is_(None)
)


def scope_parameters(change: ScopeChange) -> dict[str, object]:
    """Values for the parameters of the conditions below."""
    encode = msgspec.json.encode
    return {
        "scope_now": encode(sorted(change.now.clinics or ())).decode(),
        "scope_before": encode(sorted(change.before.clinics or ())).decode(),
        "all_now": change.now.clinics is None,
        "all_before": change.before.clinics is None,
        "appeared": encode(change.appeared).decode(),
        "disappeared": encode(change.disappeared).decode(),
    }


@dataclass(frozen=True)
class ScopeConditions:
    """Of one table, as SQL: which rows the phone may see now, and which have come or gone with the scope although
    they may not have changed."""

    is_visible: sa.ColumnElement[bool]
    has_appeared: sa.ColumnElement[bool]
    has_disappeared: sa.ColumnElement[bool]


def scope_conditions(name: str) -> ScopeConditions | None:
    """The conditions for a table, or None for one whose rows go to every phone."""
    table, catalogue = RECORD_TABLES[name], CATALOGUE[name]
    if name == "patients" or "patient_id" in catalogue.columns:
        patient: sa.ColumnElement[str] = table.c.id if name == "patients" else field(table, "patient_id")
        theirs = _PATIENTS.alias("theirs")
        hidden = sa.exists().where(theirs.c.id == patient, sa.not_(_sees(key_of(theirs.c.data, _CLINIC), "now")))
        return ScopeConditions(
            sa.not_(hidden),
            patient.in_(sa.select(values_of("appeared").c.value)),
            patient.in_(sa.select(values_of("disappeared").c.value)),
        )
    if catalogue.clinic_column is None or not catalogue.phones_may_write:
        return None
    clinic = field(table, catalogue.clinic_column)
    now, before = _sees(clinic, "now"), _sees(clinic, "before")
    return ScopeConditions(now, now & sa.not_(before), before & sa.not_(now))


def _sees(clinic: sa.ColumnElement[str], when: str) -> sa.ColumnElement[bool]:
    is_all: sa.BindParameter[bool] = sa.bindparam(f"all_{when}")
    named = sa.func.coalesce(clinic, "")
    return sa.or_(is_all, named == "", named.in_(sa.select(values_of(f"scope_{when}").c.value)))
