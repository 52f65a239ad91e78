"""A clinic for the tests: a running server with its staff, and real phones that sync with it.

Knows nothing of single scenarios.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.e2e.server import NURSE, RunningServer, StaffAccount
from tests.phone.client import LATEST_SCHEMA, Phone, PhoneDriver
from tests.phone.convergence import Difference, differences
from tests.phone.outcome import Row, SyncOutcome

HOUR_MS = 3_600_000


@dataclass
class Clinic:
    """The server, the phones' process, and the names given so far (``tag`` keeps them apart from other tests')."""

    server: RunningServer
    driver: PhoneDriver
    tag: str
    phones: list[Phone] = field(default_factory=list)

    def library_phone(
        self,
        *,
        schema: int = LATEST_SCHEMA,
        path: str = "/api/v2/sync",
        account: StaffAccount = NURSE,
        says_schema: bool = True,
    ) -> Phone:
        """A phone that syncs by the library's own code."""
        return self._keep(
            self.driver.open(
                self._next_name("library"),
                self.server.phones_url,
                schema=schema,
                path=path,
                credentials=account.credentials,
                says_schema=says_schema,
            )
        )

    def legacy_phone(self, *, schema: int = 8, account: StaffAccount = NURSE, clock_offset_ms: int = 0) -> Phone:
        """A phone of the first generation."""
        return self._keep(
            self.driver.open(
                self._next_name("legacy"),
                self.server.phones_url,
                style="legacy",
                schema=schema,
                credentials=account.credentials,
                clock_offset_ms=clock_offset_ms,
            )
        )

    def hub_phone(self, *, account: StaffAccount = NURSE) -> Phone:
        """A phone of the encrypted channel; staff has to let it in."""
        name = self._next_name("hub")
        url, credentials = self.server.phones_url, account.credentials
        return self._keep(self.driver.open(name, url, style="hub", credentials=credentials))

    def let_phones_in(self) -> None:
        """From now on new phones need not be approved."""
        done = self.server.cli("devices", "pairing", "open")
        assert done.returncode == 0, done.stderr

    def close_phones(self) -> None:
        """Forget all phones."""
        for phone in self.phones:
            phone.close()
        self.phones.clear()

    def _next_name(self, style: str) -> str:
        return f"{self.tag}-{style}-{len(self.phones) + 1}"

    def _keep(self, phone: Phone) -> Phone:
        self.phones.append(phone)
        return phone


def synced(phone: Phone) -> SyncOutcome:
    """Sync; it must succeed and the library must complain about nothing."""
    outcome = phone.sync()
    assert_clean(phone, outcome)
    return outcome


def assert_clean(phone: Phone, outcome: SyncOutcome) -> None:
    """The sync succeeded and the library complained about nothing."""
    assert outcome.ok, f"{phone}: {outcome.error} after {outcome.exchanges}"
    assert outcome.complaints == [], f"{phone}: {outcome.complaints[:3]} after {outcome.exchanges}"


def settle(*phones: Phone, rounds: int = 2) -> None:
    """Let every phone sync in turn, ``rounds`` times: enough for what each holds to reach all others."""
    for _ in range(rounds):
        for phone in phones:
            synced(phone)


def unequal_after_settling(*phones: Phone, rounds: int = 2) -> list[Difference]:
    """Settle, then say where the phones still differ. An empty list is convergence."""
    settle(*phones, rounds=rounds)
    return differences(phones)


def quiet_pulls(phones: Sequence[Phone]) -> list[int]:
    """How many records each phone is sent in one more sync, when nothing has happened."""
    return [synced(phone).pulled_count for phone in phones]


def stored(phone: Phone, table: str, row_id: str) -> Row:
    """A row that must be on the phone."""
    row = phone.row(table, row_id)
    assert row is not None, f"{phone} has no {table}/{row_id}"
    return row


def is_visible(phone: Phone, table: str, row_id: str) -> bool:
    """Whether a person sees the row on the phone: it is there and not deleted by flag."""
    row = phone.row(table, row_id)
    return row is not None and row["is_deleted"] is not True
