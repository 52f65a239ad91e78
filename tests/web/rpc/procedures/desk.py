"""A clinic whose procedures tests call as the sealed channel does: registry, permissions, a real encrypted store.

Knows nothing of encryption.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Any

import msgspec

from db.accounts import Account, NewAccount, add_account, find_account
from db.database import Database
from db.pairing import device_id_of
from db.permissions import Flag, Permissions, permissions_of
from db.store import Store
from tests.fakes.clock import AdjustableClock
from web.rpc.procedures.all import all_procedures
from web.rpc.registry import Caller, Kind, Procedure, Services, call

PHONE = device_id_of("phone-1")


class Desk:
    """``nurse`` may do everything at ``clinic_id``, and nothing elsewhere."""

    def __init__(self, store: Store, clock: AdjustableClock) -> None:
        self.database: Database = store.database
        self.clock = clock
        self.registry = all_procedures()
        self.services = Services(store.database, clock)
        self.account: Account = _account(store.database)
        self.clinic_id = self.account.clinic_id or ""
        with store.database.read() as snapshot:
            self.nurse = self.caller(permissions_of(snapshot, self.account.id).by_clinic)

    def caller(self, by_clinic: Any) -> Caller:
        """The nurse, with these permissions instead: flags by clinic."""
        granted = {clinic: frozenset(flags) for clinic, flags in by_clinic.items()}
        return Caller(self.account, PHONE, "127.0.0.1", Permissions(MappingProxyType(granted)))

    def with_flags(self, *flags: Flag) -> Caller:
        """The nurse, with these permissions alone at her clinic."""
        return self.caller({self.clinic_id: flags})

    def without(self, *flags: Flag) -> Caller:
        """The nurse, with all permissions but these at her clinic."""
        return self.caller({self.clinic_id: frozenset(Flag) - set(flags)})

    def query(self, name: str, caller: Caller | None = None, /, **params: Any) -> Any:
        """The answer of a query, as it is after the way through JSON."""
        return self.ask(Kind.QUERY, name, params, caller or self.nurse)

    def command(self, name: str, caller: Caller | None = None, /, **data: Any) -> Any:
        """The answer of a command, as it is after the way through JSON."""
        return self.ask(Kind.COMMAND, name, data, caller or self.nurse)

    def ask(self, kind: Kind, name: str, raw: object, caller: Caller | None) -> Any:
        """The same with any parameters and any caller, also none."""
        answer = call(self.procedure(kind, name), self.services, caller, raw)
        if isinstance(answer, Iterator):
            return msgspec.json.decode(b"".join(_bytes(answer)))
        return msgspec.json.decode(msgspec.json.encode(answer))

    def procedure(self, kind: Kind, name: str) -> Procedure[Any]:
        found = self.registry.find(kind, name)
        assert found is not None, f"there is no {kind} {name}"
        return found


def _account(database: Database) -> Account:
    """The nurse's; made when it is not there yet."""
    with database.read() as snapshot:
        account = find_account(snapshot, "nurse@clinic.org")
    if account is not None:
        return account
    return add_account(database, NewAccount("nurse@clinic.org", "Nour", "secret-1", clinic_name="North"), "command")


def _bytes(pieces: Iterable[Any]) -> Iterator[bytes]:
    return (piece.encode() if isinstance(piece, str) else bytes(piece) for piece in pieces)
