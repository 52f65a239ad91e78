"""Staff accounts: who may sign in. They live in the ``users`` documents, as the cloud sends them.

Knows nothing of sessions, throttling or HTTP (web/credentials.py). A password is only ever kept as its bcrypt hash.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

import bcrypt
import msgspec
import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.database import Database, Snapshot, Transaction
from db.errors import AlreadyExists, InvalidInput, NotFound
from db.permissions import ALL_FLAGS, Flag, grants_of, new_grant
from db.record_changes import PlannedRow, RecordChanges
from db.records import NO_MARK, Data, VersionKind, load_rows
from db.schema import RECORD_TABLES
from db.sqlite.dialect import field
from db.sync_log import SyncEntry, SyncKind, log_sync

SHORTEST_PASSWORD = 4
"""Phones refuse anything shorter (PROTOCOL §2.4)."""
DEFAULT_ROLE = "provider"
_BCRYPT_BYTES = 72
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_USERS = RECORD_TABLES["users"]
_CLINICS = RECORD_TABLES["clinics"]


@dataclass(frozen=True)
class Account:
    """A person who may sign in."""

    id: str
    email: str
    name: str
    role: str
    clinic_id: str | None
    clinic_name: str | None
    password_hash: str | None
    data: Data


@dataclass(frozen=True)
class NewAccount:
    """What is needed to add one. ``clinic_name`` None: the only clinic there is, or none."""

    email: str
    name: str
    password: str
    role: str = DEFAULT_ROLE
    clinic_name: str | None = None


def normal_email(text: str) -> str:
    """E-mail addresses are compared without case and surrounding spaces."""
    return text.strip().lower()


def find_account(snapshot: Snapshot, email: str) -> Account | None:
    """The account with this e-mail address that may sign in now, or None."""
    wanted = normal_email(email)
    email_of = field(_USERS, "email")
    for condition in (email_of.in_([wanted, email.strip()]), sa.func.lower(email_of) == wanted):
        for row in snapshot.rows(_select_accounts().where(condition)):
            if account := _account(row):  # a user marked deleted does not hide one spelled differently
                return account
    return None


def find_account_by_id(snapshot: Snapshot, user_id: str) -> Account | None:
    """The account with this id that may sign in now, or None."""
    row = snapshot.first(_select_accounts().where(_USERS.c.id == user_id))
    return _account(row) if row else None


def list_accounts(snapshot: Snapshot) -> list[Account]:
    """Everybody who may sign in, by name."""
    accounts = (_account(row) for row in snapshot.rows(_select_accounts()))
    return sorted((account for account in accounts if account), key=lambda account: account.name.casefold())


def has_accounts(snapshot: Snapshot) -> bool:
    """Whether anybody can sign in at all."""
    return bool(list_accounts(snapshot))


def add_account(database: Database, new: NewAccount, channel: str) -> Account:
    """Adds an account, and the clinic when no clinic has that name. It may do everything there until somebody says
    otherwise (``set_permissions``). Raises InvalidInput, AlreadyExists."""
    with database.write() as transaction:
        return add_account_in(transaction, new, channel)


def add_account_in(transaction: Transaction, new: NewAccount, channel: str) -> Account:
    """The same inside a transaction of the caller."""
    email = normal_email(new.email)
    _check(new, email)
    if find_account(transaction, email):
        raise AlreadyExists(path="email")
    changes = RecordChanges(transaction)
    clinic_id = _clinic_id(transaction, changes, new.clinic_name)
    user_id = str(uuid.uuid4())
    user = _new_record(
        transaction,
        "users",
        {
            "id": user_id,
            "clinic_id": clinic_id or "",
            "name": new.name.strip(),
            "role": new.role,
            "email": email,
            "hashed_password": hash_password(new.password),
        },
    )
    _put_new(changes, "users", user)
    grant = _new_record(transaction, "user_clinic_permissions", new_grant(user_id, clinic_id or "", ALL_FLAGS))
    _put_new(changes, "user_clinic_permissions", grant)
    counts = {name: 1 for name in ("users", "clinics") if changes.planned_rows(name)}
    changes.flush(log_sync(transaction, SyncEntry(SyncKind.LOCAL, channel, None, None, counts)))
    account = find_account(transaction, email)
    if account is None:
        raise NotFound(table="users")
    return account


def change_password(database: Database, email: str, password: str, channel: str) -> None:
    """Gives an account a new password. Raises NotFound, InvalidInput."""
    _check_password(password)
    _edit(database, email, {"hashed_password": hash_password(password)}, channel)


def remove_account(database: Database, email: str, channel: str) -> None:
    """Ends an account: it can no longer sign in, and phones take it off their lists. Raises NotFound."""
    with database.write() as transaction:
        account = _require(transaction, email)
        changes = RecordChanges(transaction)
        changes.load("users", [account.id])
        changes.delete("users", account.id, VersionKind.DELETED, (), NO_MARK)
        changes.flush(log_sync(transaction, SyncEntry(SyncKind.LOCAL, channel, None, None, {"users": 1})))


def set_permissions(
    database: Database, email: str, clinic_id: str | None, flags: frozenset[Flag], channel: str
) -> None:
    """From now on the account may do exactly this at the clinic (None: its own). Raises NotFound."""
    with database.write() as transaction:
        account = _require(transaction, email)
        clinic = account.clinic_id or "" if clinic_id is None else clinic_id
        grants = [grant for grant in grants_of(transaction, account.id) if (grant.get("clinic_id") or "") == clinic]
        changes = RecordChanges(transaction)
        stored = changes.load("user_clinic_permissions", [grant["id"] for grant in grants])
        values = {flag.value: flag in flags for flag in Flag}
        for grant in grants:
            data = {**grant, **values, "updated_at": transaction.now_ms}
            row = PlannedRow(grant["id"], data, stored[grant["id"]], False, NO_MARK, NO_MARK, frozenset(values))
            changes.put("user_clinic_permissions", row, VersionKind.REPLACED, values)
        if not grants:
            new = new_grant(account.id, clinic, flags)
            _put_new(changes, "user_clinic_permissions", _new_record(transaction, "user_clinic_permissions", new))
        entry = SyncEntry(SyncKind.LOCAL, channel, None, None, {"user_clinic_permissions": max(len(grants), 1)})
        changes.flush(log_sync(transaction, entry))


def clinic_named(snapshot: Snapshot, name: str) -> str:
    """The id of the clinic with this name. Raises NotFound."""
    for clinic_id, clinic_name in _clinics(snapshot):
        if clinic_name.casefold() == name.strip().casefold():
            return clinic_id
    raise NotFound(table="clinics")


def hash_password(password: str) -> str:
    """The bcrypt hash that is stored."""
    return bcrypt.hashpw(_bcrypt_input(password), bcrypt.gensalt()).decode("ascii")


def is_password_of(password: str, password_hash: str | None) -> bool:
    """Whether the password belongs to the hash. Takes as long for an account without a hash."""
    candidate = password_hash or _NOBODYS_HASH
    try:
        matches = bcrypt.checkpw(_bcrypt_input(password), candidate.encode("ascii"))
    except (ValueError, UnicodeEncodeError):
        return False
    return matches and password_hash is not None


_NOBODYS_HASH = "$2b$12$xZAgbVR1HRh2LwXWy9dQnuKspvXCR3ZSuP8c0rZvaBadzAT6V7ole"


def _bcrypt_input(password: str) -> bytes:
    """bcrypt reads 72 bytes. The cloud's library cuts longer passwords there; so must we, or cloud hashes of
    long passwords would not match."""
    return password.encode("utf-8", "replace").replace(b"\0", b"")[:_BCRYPT_BYTES]


def _check(new: NewAccount, email: str) -> None:
    if not _EMAIL.fullmatch(email):
        raise InvalidInput(path="email")
    if not new.name.strip():
        raise InvalidInput(path="name")
    _check_password(new.password)


def _check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(path="password")


def _select_accounts() -> sa.Select[tuple[str, str]]:
    """User documents that are neither deleted nor marked so, with their clinic's name."""
    return (
        sa.select(_USERS.c.data, field(_CLINICS, "name").label("clinic_name"))
        .select_from(_USERS.outerjoin(_CLINICS, _CLINICS.c.id == field(_USERS, "clinic_id")))
        .where(_USERS.c.local_server_deleted_at.is_(None))
        .order_by(_USERS.c.local_server_created_at, _USERS.c.id)
    )


def _account(row: sa.Row[tuple[str, str]]) -> Account | None:
    data: Data = msgspec.json.decode(row.data)
    if data.get("is_deleted") is True:
        return None
    return Account(
        id=data["id"],
        email=str(data.get("email") or ""),
        name=str(data.get("name") or ""),
        role=str(data.get("role") or ""),
        clinic_id=data.get("clinic_id") or None,
        clinic_name=row.clinic_name,
        password_hash=data.get("hashed_password") or None,
        data=data,
    )


def _require(transaction: Transaction, email: str) -> Account:
    account = find_account(transaction, email)
    if account is None:
        raise NotFound(table="users")
    return account


def _edit(database: Database, email: str, columns: Data, channel: str) -> None:
    with database.write() as transaction:
        account = _require(transaction, email)
        before = load_rows(transaction, "users", [account.id])[account.id]
        data = {**before.data, **columns, "updated_at": transaction.now_ms}
        changes = RecordChanges(transaction)
        row = PlannedRow(account.id, data, before, False, NO_MARK, NO_MARK, frozenset(columns))
        changes.put("users", row, VersionKind.REPLACED, columns)
        changes.flush(log_sync(transaction, SyncEntry(SyncKind.LOCAL, channel, None, None, {"users": 1})))


def _clinic_id(transaction: Transaction, changes: RecordChanges, name: str | None) -> str | None:
    """The id of the clinic with this name (added when there is none), or of the only one there is."""
    clinics = _clinics(transaction)
    if not name or not name.strip():
        return clinics[0][0] if len(clinics) == 1 else None
    for clinic_id, clinic_name in clinics:
        if clinic_name.casefold() == name.strip().casefold():
            return clinic_id
    record = _new_record(transaction, "clinics", {"id": str(uuid.uuid4()), "name": name.strip()})
    _put_new(changes, "clinics", record)
    return str(record["id"])


def _clinics(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Id and name of every clinic there is."""
    is_live = _CLINICS.c.local_server_deleted_at.is_(None)
    is_not_marked = sa.func.coalesce(field(_CLINICS, "is_deleted"), 0) == 0
    named = sa.select(_CLINICS.c.id, field(_CLINICS, "name").label("name"))
    return [(row.id, row.name or "") for row in snapshot.rows(named.where(is_live, is_not_marked))]


def _new_record(transaction: Transaction, table: str, values: Data) -> Data:
    """A whole row, as phones hold it: every column of the catalogue, the rest at its default."""
    now = transaction.now_ms
    defaults = {column.name: column.default for column in CATALOGUE[table].columns.values()}
    return defaults | {"created_at": now, "updated_at": now} | values


def _put_new(changes: RecordChanges, table: str, data: Data) -> None:
    changes.put(table, PlannedRow(data["id"], data, None, False, NO_MARK, NO_MARK, None), VersionKind.REPLACED, ())
