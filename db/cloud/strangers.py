"""Staff and clinics that were made at this computer before it had a cloud, and what stands for them there (CLOUD §4).

Knows nothing of how records that name them are changed (db/cloud/fitting.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from db.accounts import normal_email
from db.database import Snapshot
from db.schema import CLOUD_ROWS, RECORD_TABLES
from db.sqlite.dialect import field


@dataclass(frozen=True)
class Strangers:
    """Ids that the cloud does not know; ``users`` and ``clinics`` map them to what stands for them, "" for nothing."""

    users: dict[str, str]
    clinics: dict[str, str]

    @property
    def unknown_users(self) -> frozenset[str]:
        """Staff for whom nobody in the cloud stands."""
        return frozenset(user for user, stand_in in self.users.items() if not stand_in)


def find_strangers(snapshot: Snapshot, home_clinic: str | None) -> Strangers:
    """A local account is the cloud's account with the same e-mail; a local clinic the cloud's with the same name, else
    ``home_clinic``, the one of this computer."""
    local_users, cloud_users = _split(snapshot, "users", "email")
    by_email = {normal_email(email): user for user, email in cloud_users.items() if email}
    local_clinics, cloud_clinics = _split(snapshot, "clinics", "name")
    by_name = {name.strip().casefold(): clinic for clinic, name in cloud_clinics.items()}
    return Strangers(
        {user: by_email.get(normal_email(email), "") for user, email in local_users.items()},
        {clinic: by_name.get(name.strip().casefold(), home_clinic or "") for clinic, name in local_clinics.items()},
    )


def local_doubles(snapshot: Snapshot) -> list[str]:
    """Living local accounts whose e-mail is a cloud account's: from now on that one signs in."""
    users = RECORD_TABLES["users"]
    strangers = find_strangers(snapshot, None)
    doubles = [user for user, stand_in in strangers.users.items() if stand_in]
    living = {row.id for row in snapshot.rows(sa.select(users.c.id).where(users.c.local_server_deleted_at.is_(None)))}
    return [user for user in doubles if user in living]


def _split(snapshot: Snapshot, table: str, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """A text column by id: of the rows that the cloud does not know, and of its own that live."""
    rows = RECORD_TABLES[table]
    known = sa.and_(CLOUD_ROWS.c.table_name == table, CLOUD_ROWS.c.record_id == rows.c.id)
    query = sa.select(
        rows.c.id, field(rows, name).label("text"), CLOUD_ROWS.c.record_id, rows.c.local_server_deleted_at
    ).select_from(rows.outerjoin(CLOUD_ROWS, known))
    local: dict[str, str] = {}
    cloud: dict[str, str] = {}
    for row in snapshot.rows(query):
        if row.record_id is None:
            local[row.id] = str(row.text or "")
        elif row.local_server_deleted_at is None:
            cloud[row.id] = str(row.text or "")
    return local, cloud
