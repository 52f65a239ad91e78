"""The routes of the encrypted channel: shaking hands, and calling procedures in sealed messages (PROTOCOL §4).

Knows nothing of what procedures do (web/rpc/registry.py) or of how messages are sealed (web/rpc/sealing.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

import msgspec
from bottle import request, response

from db.database import Snapshot
from db.devices import DeviceStatus
from db.errors import (
    AuthenticationRequired,
    HandshakeNeeded,
    HubError,
    InvalidInput,
    NotSignedIn,
    PhoneNotApproved,
    PhoneRevoked,
    UnknownProcedure,
)
from db.pairing import device_id_of, device_status, knock, pairing_open_until
from db.permissions import permissions_of
from web.body import BodyReader
from web.errors import STATUS
from web.headers import header
from web.i18n import Catalogue, negotiate
from web.plugins.auth import client_address
from web.rpc.envelope import Request, failure, parse_envelope, parse_handshake, parse_request
from web.rpc.knocking import KnockLimit
from web.rpc.registry import Caller, Kind, Registry, Services, Visitor, call
from web.rpc.sealing import KeyPair, Unsealable, encode, seal
from web.rpc.sessions import Sessions
from web.watchdog import ClosableIterator, Watchdog

LARGEST_HANDSHAKE = 16 * 1024
LARGEST_QUERY = 1024 * 1024
_PROCEDURE_NAME = re.compile(r"[A-Za-z0-9._]{1,64}")
_OUTRIGHT = (401, 413, 429)

Answer = Iterator[bytes] | bytes | dict[str, Any]


@dataclass(frozen=True)
class HubIdentity:
    """What phones know this server by. ``name``: asked at every handshake, since staff may change it."""

    keys: KeyPair
    server_id: str
    name: Callable[[], str]


@dataclass(frozen=True)
class ChannelServices:
    """What the channel needs. ``body_limit``: the largest command, in bytes."""

    identity: HubIdentity
    sessions: Sessions
    knocks: KnockLimit
    registry: Registry
    procedures: Services
    catalogue: Catalogue
    body_limit: int


class Channel:
    """The handlers of one listener."""

    def __init__(self, services: ChannelServices, watchdog: Watchdog) -> None:
        self._services = services
        self._watchdog = watchdog
        self._limits = {Kind.COMMAND: services.body_limit, Kind.QUERY: LARGEST_QUERY}

    def get_heartbeat(self) -> dict[str, str]:
        """That somebody is here."""
        return {"status": "ok"}

    def post_handshake(self) -> dict[str, Any]:
        """Agrees on a key with a phone that staff has let in, and notes any other that knocks."""
        services, address = self._services, client_address()
        said = parse_handshake(self._body(LARGEST_HANDSHAKE))
        try:
            key = services.identity.keys.agree(said.public_key)
        except Unsealable:
            raise InvalidInput(path="client_public_key") from None
        database = services.procedures.database
        with database.read() as snapshot:
            is_known = device_status(snapshot, device_id_of(said.client_id)) is DeviceStatus.PAIRED
            is_open = pairing_open_until(snapshot, services.procedures.clock.now_ms()) is not None
        if not is_known and not is_open:
            services.knocks.check(address)
        with database.write() as transaction:
            status = knock(transaction, said.client_id, name=said.device_name, address=address)
        if status is not DeviceStatus.PAIRED:
            services.knocks.note(address)
            raise _refusal(status)
        services.sessions.begin(said.client_id, key)
        return {
            "hub_public_key": encode(services.identity.keys.public_key),
            "hub_id": services.identity.server_id,
            "hub_name": services.identity.name(),
            "success": True,
        }

    def post_command(self) -> Answer:
        """Calls a procedure that changes something."""
        return self._answer(Kind.COMMAND)

    def post_query(self) -> Answer:
        """Calls a procedure that only reads."""
        return self._answer(Kind.QUERY)

    def _answer(self, kind: Kind) -> Answer:
        try:
            sealed = parse_envelope(self._body(self._limits[kind]))
        except Unsealable:
            raise HandshakeNeeded from None
        opened = self._services.sessions.open(sealed.client_id, sealed.payload, kind.value)
        visitor = Visitor(device_id_of(sealed.client_id), client_address())
        with self._services.procedures.database.read() as snapshot:
            self._check_is_paired(snapshot, sealed.client_id)
        asked = parse_request(kind, opened.text)
        try:
            result = self._result(kind, asked, visitor)
        except HubError as error:
            if not _is_said_inside(error):
                raise
            return failure(error.code, self._sentence(error))
        response.content_type = "application/json"
        answer = result.sealed(opened.key, f"{kind.value}_response")
        return self._watchdog.watched(answer) if isinstance(answer, _Outgoing) else answer

    def _check_is_paired(self, snapshot: Snapshot, client_id: str) -> None:
        """Asked at every request, so that a phone whose access has ended gets nothing more."""
        status = device_status(snapshot, device_id_of(client_id))
        if status is not DeviceStatus.PAIRED:
            self._services.sessions.end(client_id)
            raise _refusal(status)

    def _result(self, kind: Kind, asked: Request, visitor: Visitor) -> _Result:
        procedure = self._services.registry.find(kind, asked.name)
        if procedure is None:
            name = asked.name if _PROCEDURE_NAME.fullmatch(asked.name) else "?"
            raise UnknownProcedure(kind=kind.value, name=name)
        caller = visitor if procedure.rule.is_open else self._caller(asked, visitor)
        return _Result.of(call(procedure, self._services.procedures, caller, asked.arguments))

    def _caller(self, asked: Request, visitor: Visitor) -> Caller:
        procedures = self._services.procedures
        if not asked.token:  # 401 is for tokens that have ended: this app has none that could be made anew
            raise AuthenticationRequired
        if procedures.tokens is None:
            raise NotSignedIn
        with procedures.database.read() as snapshot:
            account = procedures.tokens.verify(snapshot, asked.token, visitor.device_id)
            return Caller(account, visitor.device_id, visitor.address, permissions_of(snapshot, account.id))

    def _sentence(self, error: HubError) -> str:
        language = negotiate(header("Accept-Language"))
        return self._services.catalogue.translator(language).error(error.code, error.context)

    def _body(self, limit: int) -> bytes:
        return BodyReader(limit, self._watchdog).read(request.environ)


class _Result:
    """What a procedure returned, as pieces of JSON; the first is made already, so that a failure of it can still be
    answered as one."""

    def __init__(self, pieces: Iterator[bytes], stream: ClosableIterator | None = None) -> None:
        self._pieces = pieces
        self._stream = stream

    @classmethod
    def of(cls, value: Any) -> _Result:
        """Raises TypeError for what the app would take for a failure."""
        if isinstance(value, ClosableIterator):
            return cls(chain((next(value, b""),), value), value)
        if not isinstance(value, dict | list | msgspec.Struct):
            raise TypeError
        return cls(iter((msgspec.json.encode(value),)))

    def sealed(self, key: bytes, purpose: str) -> bytes | _Outgoing:
        """The answer for the phone: whole, or as a stream where it may be large."""
        pieces = _envelope(seal(key, self._pieces, purpose))
        return b"".join(pieces) if self._stream is None else _Outgoing(pieces, self._stream)


class _Outgoing:
    """The pieces of an answer on their way out; whoever makes them learns when no more is wanted."""

    def __init__(self, pieces: Iterator[bytes], source: ClosableIterator) -> None:
        self._pieces = pieces
        self._source = source

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """See web.watchdog.ClosableIterator."""
        self._source.close()


def _envelope(payload: Iterator[bytes]) -> Iterator[bytes]:
    """The answer around its sealed text."""
    yield b'{"payload":"'
    yield from payload
    yield b'","success":true}'


def _refusal(status: DeviceStatus | None) -> HubError:
    return PhoneRevoked() if status is DeviceStatus.REVOKED else PhoneNotApproved()


def _is_said_inside(error: HubError) -> bool:
    """Whether the app learns of it as a failure of the call. It tells no HTTP statuses apart but 401; the others are
    for what has nothing to do with what was asked."""
    status = STATUS[type(error)]
    return status < 500 and status not in _OUTRIGHT
