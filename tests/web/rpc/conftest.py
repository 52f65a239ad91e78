"""Phones of the encrypted channel on a real listener, with procedures made for the tests beside those of a session."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from db.errors import NotAllowed, NotFound, StorageBusy
from db.pairing import LONGEST_OPEN_MS, close_pairing, open_pairing
from db.permissions import Flag
from db.store import Store, open_store
from tests.fakes.clock import AdjustableClock
from tests.web.phones_listener import KEY, PhonesListener
from tests.web.rpc.rpc_phone import RpcPhone
from web.rpc.procedures import session
from web.rpc.registry import SIGNED_IN, AtLogin, Caller, Kind, Nothing, Procedure, Registry, Rule, Services


class Amount(msgspec.Struct):
    rows: int


def _who(services: Services, caller: Caller, nothing: Nothing) -> dict[str, Any]:
    return {"user": caller.account.id, "clinic": caller.clinic_id, "device": caller.device_id}


def _rows(services: Services, caller: Caller, amount: Amount) -> Iterator[bytes]:
    yield b"["
    for number in range(amount.rows):
        yield f'{"," if number else ""}{{"n":{number},"text":"حداد 😀"}}'.encode()
    yield b"]"


def _breaks_at_once(services: Services, caller: Caller, nothing: Nothing) -> Iterator[bytes]:
    raise StorageBusy
    yield b""


def _breaks_later(services: Services, caller: Caller, nothing: Nothing) -> Iterator[bytes]:
    yield b"[" + b"1," * 200_000
    raise StorageBusy


def _fails(failure: Exception) -> Callable[[Services, Caller, Nothing], Any]:
    def run(services: Services, caller: Caller, nothing: Nothing) -> Any:
        raise failure

    return run


def _returns(value: object) -> Callable[[Services, Caller, Nothing], Any]:
    return lambda services, caller, nothing: value


ADMIN = Rule((Flag.CLINIC_ADMIN,), AtLogin())
PROCEDURES: tuple[Procedure[Any], ...] = (
    *session.PROCEDURES,
    Procedure(Kind.QUERY, "who", SIGNED_IN, Nothing, _who),
    Procedure(Kind.COMMAND, "who", SIGNED_IN, Nothing, _who),
    Procedure(Kind.QUERY, "rows", SIGNED_IN, Amount, _rows),
    Procedure(Kind.QUERY, "admin", ADMIN, Nothing, _who),
    Procedure(Kind.QUERY, "empty", SIGNED_IN, Nothing, _returns([])),
    Procedure(Kind.QUERY, "null", SIGNED_IN, Nothing, _returns(None)),
    Procedure(Kind.QUERY, "missing", SIGNED_IN, Nothing, _fails(NotFound(table="patients"))),
    Procedure(Kind.QUERY, "forbidden", SIGNED_IN, Nothing, _fails(NotAllowed(flag="x"))),
    Procedure(Kind.QUERY, "busy", SIGNED_IN, Nothing, _fails(StorageBusy())),
    Procedure(Kind.QUERY, "broken", SIGNED_IN, Nothing, _fails(KeyError("Amal Haddad"))),
    Procedure(Kind.QUERY, "breaks_at_once", SIGNED_IN, Nothing, _breaks_at_once),
    Procedure(Kind.QUERY, "breaks_later", SIGNED_IN, Nothing, _breaks_later),
)


@pytest.fixture
def listener(store: Store, clock: AdjustableClock) -> Iterator[PhonesListener]:
    """A listener of a server that lets new phones in."""
    let_in(store)
    with PhonesListener(store, clock, procedures=Registry(PROCEDURES)) as running:
        yield running


@pytest.fixture(scope="module")
def standing(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhonesListener]:
    """The same for a whole module: for tests that leave nothing behind but phones."""
    folder = tmp_path_factory.mktemp("standing") / "data"
    shutil.copytree(template_folder, folder)
    clock = AdjustableClock()
    store = open_store(folder, KEY, clock)
    let_in(store)
    with PhonesListener(store, clock, procedures=Registry(PROCEDURES)) as running:
        yield running
    store.close()


@pytest.fixture(scope="module")
def standing_phone(standing: PhonesListener) -> RpcPhone:
    """A phone of that listener on which NURSE has signed in."""
    phone = RpcPhone(standing)
    phone.handshake()
    phone.login()
    return phone


@pytest.fixture
def phone(listener: PhonesListener) -> RpcPhone:
    """A phone that has shaken hands."""
    phone = RpcPhone(listener)
    phone.handshake()
    return phone


@pytest.fixture
def signed_in(phone: RpcPhone) -> RpcPhone:
    """... and on which NURSE has signed in."""
    phone.login()
    return phone


def let_in(store: Store) -> None:
    """From now on new phones need not be approved."""
    with store.database.write() as transaction:
        open_pairing(transaction, LONGEST_OPEN_MS)


def keep_out(store: Store) -> None:
    """From now on new phones have to wait."""
    with store.database.write() as transaction:
        close_pairing(transaction)
