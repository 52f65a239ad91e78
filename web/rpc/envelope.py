"""The JSON around and inside sealed messages (PROTOCOL §4): what is expected of it, and what is said back.

Knows nothing of keys, phones or procedures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from db.errors import InvalidInput, InvalidJson
from db.lenient_json import decode_leniently
from web.rpc.registry import Kind, path_of
from web.rpc.sealing import KEY_BYTES, Unsealable, decode

_CLIENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
T = TypeVar("T")


@dataclass(frozen=True)
class Handshake:
    """What a phone says when it shakes hands."""

    client_id: str
    public_key: bytes
    device_name: str | None


@dataclass(frozen=True)
class Sealed:
    """A sealed request."""

    client_id: str
    payload: bytes


@dataclass(frozen=True)
class Request:
    """What was in it. ``arguments``: JSON that nobody has looked into yet."""

    name: str
    arguments: msgspec.Raw
    token: str | None


class _Handshake(msgspec.Struct):
    client_id: str
    client_public_key: str
    device_name: Any = None


class _Envelope(msgspec.Struct):
    client_id: str
    payload: str


class _Command(msgspec.Struct):
    command: str
    data: msgspec.Raw
    token: str | None = None


class _Query(msgspec.Struct):
    query: str
    params: msgspec.Raw
    token: str | None = None


def parse_handshake(body: bytes) -> Handshake:
    """Raises InvalidInput, InvalidJson."""
    said = _decoded(body, _Handshake)
    try:
        public_key = decode(said.client_public_key)
    except Unsealable:
        public_key = b""
    if len(public_key) != KEY_BYTES:
        raise InvalidInput(path="client_public_key")
    name = said.device_name if isinstance(said.device_name, str) else None
    return Handshake(_client_id(said.client_id), public_key, name)


def parse_envelope(body: bytes) -> Sealed:
    """Raises InvalidInput, InvalidJson; Unsealable for a payload that cannot be a sealed message."""
    envelope = _decoded(body, _Envelope)
    return Sealed(_client_id(envelope.client_id), decode(envelope.payload))


def parse_request(kind: Kind, text: bytes) -> Request:
    """Raises InvalidInput, InvalidJson."""
    if kind is Kind.COMMAND:
        command = _decoded(text, _Command)
        return Request(command.command, command.data, command.token)
    query = _decoded(text, _Query)
    return Request(query.query, query.params, query.token)


def failure(code: str, sentence: str) -> dict[str, Any]:
    """The answer to a procedure that did not do what was asked: in clear text, so never with a value of a record."""
    return {"payload": "", "success": False, "error": sentence, "code": code}


def _client_id(text: str) -> str:
    if not _CLIENT_ID.fullmatch(text):
        raise InvalidInput(path="client_id")
    return text


def _decoded(text: bytes, wanted: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=wanted)
    except msgspec.ValidationError as fault:
        raise InvalidInput(path=path_of(fault, "body")) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decoded_leniently(text, wanted)


def _decoded_leniently(text: bytes, wanted: type[T]) -> T:
    """A phone may send what no strict reader takes (half surrogates in a name): that must not stop it for ever."""
    mended = msgspec.json.encode(decode_leniently(text))
    try:
        return msgspec.json.decode(mended, type=wanted)
    except msgspec.ValidationError as fault:
        raise InvalidInput(path=path_of(fault, "body")) from None
    except (msgspec.DecodeError, RecursionError):
        raise InvalidJson(path="body") from None
