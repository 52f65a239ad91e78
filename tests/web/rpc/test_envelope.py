"""The JSON around and inside sealed messages: what is taken, and by which place the rest is refused (PROTOCOL §4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from db.errors import InvalidInput, InvalidJson
from web.rpc.envelope import failure, parse_envelope, parse_handshake, parse_request
from web.rpc.registry import Kind
from web.rpc.sealing import Unsealable, encode

KEY = bytes(range(32))
ODD_KEYS = (None, "", "!", encode(KEY[1:]), encode(KEY + KEY))
KINDS = ((Kind.COMMAND, "command", "data"), (Kind.QUERY, "query", "params"))
SAID = {"client_id": "0198-abc", "client_public_key": encode(KEY)}


def body(document: object) -> bytes:
    return json.dumps(document).encode()


def test_a_handshake_says_who_calls_with_which_key_and_perhaps_a_name() -> None:
    bare = parse_handshake(body(SAID))
    assert (bare.client_id, bare.public_key, bare.device_name) == ("0198-abc", KEY, None)
    assert parse_handshake(body({**SAID, "device_name": "جهاز", "later": 1})).device_name == "جهاز"
    assert parse_handshake(body({**SAID, "device_name": 7})).device_name is None


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        *(({"client_id": odd}, "client_id") for odd in (None, 7, "", "a b", "a/b", "é", "a" * 129)),
        *(
            ({"client_public_key": odd}, "client_public_key")
            for odd in (None, "", "!", encode(KEY[1:]), encode(KEY * 2))
        ),
    ],
)
def test_a_handshake_is_refused_by_the_place_that_is_wrong(changed: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_handshake(body({**SAID, **changed}))
    assert refused.value.context["path"] == path


@pytest.mark.parametrize("text", [b"", b"{", b"\xff"])
def test_what_is_no_json_is_called_so(text: bytes) -> None:
    for parse in (parse_handshake, parse_envelope):
        with pytest.raises(InvalidJson):
            parse(text)


def test_an_envelope_holds_who_calls_and_what_is_sealed() -> None:
    sealed = parse_envelope(body({"client_id": "a", "payload": encode(b"sealed")}))
    assert (sealed.client_id, sealed.payload) == ("a", b"sealed")
    with pytest.raises(Unsealable):
        parse_envelope(body({"client_id": "a", "payload": "no+base64url/"}))


@pytest.mark.parametrize(
    ("kind", "name", "arguments"), [(Kind.COMMAND, "command", "data"), (Kind.QUERY, "query", "params")]
)
def test_a_request_is_read_without_looking_into_its_arguments(kind: Kind, name: str, arguments: str) -> None:
    request = parse_request(kind, b'{"%s":"x.y","%s": [1, {}],"token":"t"}' % (name.encode(), arguments.encode()))
    assert (request.name, bytes(request.arguments), request.token) == ("x.y", b"[1, {}]", "t")
    assert parse_request(kind, body({name: "x", arguments: {}})).token is None
    for broken in ({name: "x"}, {arguments: {}}, {name: 1, arguments: {}}, {name: "x", arguments: {}, "token": 1}):
        with pytest.raises(InvalidInput):
            parse_request(kind, body(broken))


def test_half_a_surrogate_in_the_arguments_stops_nobody() -> None:
    request = parse_request(Kind.COMMAND, b'{"command":"x","data":{"name":"A\\ud800"},"token":null}')
    assert json.loads(bytes(request.arguments)).keys() == {"name"}


def test_a_failure_has_no_payload() -> None:
    assert failure("not_found", "There is no such record.") == {
        "payload": "",
        "success": False,
        "error": "There is no such record.",
        "code": "not_found",
    }
