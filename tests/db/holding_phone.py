"""A phone that keeps rows as its app does, as far as the scope of what it receives is concerned (PROTOCOL §§3, 5).

Knows nothing of merging: whole phones are in tests/sync and tests/phone.
"""

from __future__ import annotations

import json
from typing import Any

from db.changeset import parse_changeset
from db.database import Database
from db.pull_plan import PullRequest
from db.push import PushResult, Sender, apply_push
from tests.db.caller import ADDRESS, NEWEST, Lists, Pulled, pull_whole

Row = dict[str, Any]
RowKey = tuple[str, str]


class HoldingPhone:
    """``client`` None: a library-style phone over REST; else one of hub mode, whose app hides what is deleted and
    fails for ever when it is told to make such a row again."""

    def __init__(self, database: Database, user: str, client: str | None = None) -> None:
        self.database = database
        self.user = user
        self.device_id = f"hub-{client}" if client else None
        self.mark = 0
        self.rows: dict[RowKey, Row] = {}
        self.hidden: set[RowKey] = set()
        self.complaints: list[str] = []

    def pull(self, *, is_lost: bool = False, mark: int | None = None) -> Pulled:
        """Pulls and applies what comes; ``is_lost``: the answer does not arrive."""
        schema = None if self.device_id else NEWEST
        since = self.mark if mark is None else mark
        request = PullRequest(self.user, ADDRESS, since, schema, all_tables=True, device_id=self.device_id)
        pulled = pull_whole(self.database, request)
        if not is_lost:
            for table, lists in pulled.changes.items():
                self._apply(table, lists)
            self.mark = pulled.mark
        return pulled

    def sync(self, changes: dict[str, Lists], login_clinic: str | None = None) -> PushResult:
        """A pull, then a push with the mark that this kind of phone shows: the new one, over RPC the old one."""
        before = self.mark
        self.pull()
        return self.push(changes, before if self.device_id else self.mark, login_clinic)

    def push(self, changes: dict[str, Lists], mark: int, login_clinic: str | None = None) -> PushResult:
        """Pushes, and holds what it pushed."""
        for table, lists in changes.items():
            for row in [*lists.get("created", []), *lists.get("updated", [])]:
                self.rows[table, row["id"]] = row
            if self.device_id is None:  # the app of hub mode keeps what it says is deleted
                for entry in lists.get("deleted", []):
                    self.rows.pop((table, entry if isinstance(entry, str) else entry["id"]), None)
        body = json.dumps(changes).encode()
        sender = Sender(self.user, ADDRESS, mark, len(body), login_clinic, self.device_id)
        return apply_push(self.database, parse_changeset(body), sender, 0)

    def ids(self, table: str) -> set[str]:
        """What its user sees of a table."""
        return {key[1] for key in self.rows if key[0] == table}

    def _apply(self, table: str, lists: Lists) -> None:
        for row in lists["created"]:
            key = (table, row["id"])
            if key in self.hidden:
                raise AssertionError(f"{key}: is hidden here, and was sent as new: every later sync fails")
            if key in self.rows and not self.device_id:
                self.complaints.append(f"{key}: is here, and was sent as new")
            self.rows[key] = row
        for row in lists["updated"]:
            key = (table, row["id"])
            if key in self.rows or (not self.device_id and key not in self.hidden):
                if key not in self.rows:
                    self.complaints.append(f"{key}: is not here, and was sent as changed")
                self.rows[key] = row
        for entry in lists["deleted"]:
            key = (table, entry["id"] if self.device_id else entry)
            if self.rows.pop(key, None) is not None and self.device_id:
                self.hidden.add(key)
