"""Who gets nothing over the encrypted channel, and what a phone is told instead."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from db.accounts import NewAccount, add_account, change_password, find_account, remove_account
from db.pairing import approve, block, device_id_of, device_status, revoke
from db.store import Store
from tests.fakes.clock import DAY_MS, AdjustableClock
from tests.web.phones_listener import BODY_LIMIT, DOCTOR, NURSE, Answer, PhonesListener
from tests.web.rpc.conftest import PROCEDURES, keep_out, let_in
from tests.web.rpc.rpc_phone import RpcPhone, b64u, unb64u
from web.rpc.channel import LARGEST_QUERY
from web.rpc.knocking import REFUSALS_ALLOWED, WINDOW_MS
from web.rpc.registry import Registry
from web.tokens import TokenIssuer

DEVICE = device_id_of("phone-1")


def told(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["code"]


def test_a_new_phone_waits_until_staff_lets_it_in(listener: PhonesListener, store: Store) -> None:
    keep_out(store)
    phone = RpcPhone(listener)
    answer = phone.knock(device_name="Nour's phone")
    assert told(answer) == (401, "phone_not_approved")
    assert "www-authenticate" not in answer.headers
    block(store.database, DEVICE, "window")
    assert told(phone.knock()) == (401, "phone_not_approved")
    approve(store.database, DEVICE, "window")
    phone.handshake()
    assert phone.login()["provider_name"] == NURSE[2]


def test_a_phone_whose_access_ended_gets_nothing_more(signed_in: RpcPhone, store: Store) -> None:
    earlier = signed_in.key
    revoke(store.database, DEVICE, "window")
    for answer in (signed_in.ask("query", "who"), signed_in.ask("command", "ping"), signed_in.knock()):
        assert told(answer)[0] == 401
        assert "www-authenticate" not in answer.headers
    assert told(signed_in.knock()) == (401, "phone_revoked")
    approve(store.database, DEVICE, "window")
    assert told(signed_in.ask("query", "ping", key=earlier)) == (401, "handshake_needed")
    signed_in.handshake()
    assert signed_in.call("query", "ping") == {"pong": True}


def test_who_knocks_in_vain_again_and_again_has_to_wait_and_others_do_not(
    signed_in: RpcPhone, listener: PhonesListener, store: Store, clock: AdjustableClock
) -> None:
    keep_out(store)
    knocks = [told(RpcPhone(listener, f"stranger-{n}").knock()) for n in range(REFUSALS_ALLOWED + 1)]
    assert knocks == [(401, "phone_not_approved")] * REFUSALS_ALLOWED + [(429, "too_many_attempts")]
    with store.database.read() as snapshot:
        assert device_status(snapshot, device_id_of(f"stranger-{REFUSALS_ALLOWED}")) is None
    signed_in.handshake()
    let_in(store)
    RpcPhone(listener, "new").handshake()
    keep_out(store)
    clock.advance(WINDOW_MS)
    assert told(RpcPhone(listener, "stranger").knock()) == (401, "phone_not_approved")


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"client_id": ""}, "client_id"),
        ({"client_id": "a" * 129}, "client_id"),
        ({"client_id": "a b"}, "client_id"),
        ({"client_id": "١"}, "client_id"),
        ({"client_id": 5}, "client_id"),
        ({"client_public_key": b64u(bytes(31))}, "client_public_key"),
        ({"client_public_key": "*" * 43}, "client_public_key"),
        ({"client_public_key": b64u(bytes(32))}, "client_public_key"),
        ({"client_public_key": None}, "client_public_key"),
    ],
)
def test_a_handshake_of_another_shape_is_refused(standing: PhonesListener, said: dict[str, object], path: str) -> None:
    answer = RpcPhone(standing, "odd").knock(**said)
    assert told(answer) == (400, "invalid_input")
    assert answer.json["path"] == path
    with standing.database.read() as snapshot:
        assert device_status(snapshot, device_id_of("odd")) is None


def test_a_handshake_with_an_odd_name_or_padding_is_fine(standing: PhonesListener) -> None:
    phone = RpcPhone(standing, "A" * 126 + ".:")
    assert phone.knock(device_name=["x"]).status == 200
    assert phone.knock(device_name=None, client_public_key=b64u(bytes(31) + b"\x09") + "=").status == 200


@pytest.mark.parametrize("path", ["/rpc/handshake", "/rpc/command", "/rpc/query"])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b"\xff", "invalid_json"),
        (b'{"a":' * 20_000, "invalid_json"),
        (b"[]", "invalid_input"),
        (b"{}", "invalid_input"),
        (b'{"client_id":1,"payload":"x"}', "invalid_input"),
        (b'{"client_id":"phone-1","payload":null}', "invalid_input"),
    ],
)
def test_what_is_no_envelope_is_refused(standing_phone: RpcPhone, path: str, body: bytes, code: str) -> None:
    if path == "/rpc/handshake" and len(body) > 16 * 1024:
        assert told(standing_phone.post(path, body)) == (413, "too_large")
    else:
        assert told(standing_phone.post(path, body)) == (400, code)


@pytest.mark.parametrize(
    "inner",
    [
        b"{",
        b"",
        b"[]",
        b'{"query":"who","token":null}',
        b'{"query":1,"params":{}}',
        b'{"query":"who","params":{},"token":5}',
        b'{"command":"who","data":{}}',
    ],
)
def test_a_sealed_request_of_another_shape_is_refused(standing_phone: RpcPhone, inner: bytes) -> None:
    assert standing_phone.send("query", standing_phone.seal(inner, "query")).status == 400


def test_what_is_too_large_is_refused_before_it_is_read(standing_phone: RpcPhone) -> None:
    assert told(standing_phone.post("/rpc/command", b" " * (BODY_LIMIT + 1))) == (413, "too_large")
    assert told(standing_phone.post("/rpc/query", b" " * (LARGEST_QUERY + 1))) == (413, "too_large")


SPOILED: dict[str, Callable[[RpcPhone, str], Answer]] = {
    "of a phone that never shook hands": lambda phone, sealed: phone.send("query", sealed, client_id="phone-2"),
    "sealed for the other route": lambda phone, sealed: phone.send("command", sealed),
    "cut": lambda phone, sealed: phone.send("query", sealed[:-2]),
    "empty": lambda phone, sealed: phone.send("query", ""),
    "shorter than its frame": lambda phone, sealed: phone.send("query", sealed[:30]),
    "not base64url": lambda phone, sealed: phone.send("query", "***"),
    "changed": lambda phone, sealed: phone.send("query", b64u(unb64u(sealed)[:-1] + b"\0\0")),
    "sealed with another key": lambda phone, sealed: phone.ask("query", "ping", key=bytes(32)),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_message_that_does_not_open_asks_for_a_handshake(standing: PhonesListener, how: str) -> None:
    phone = RpcPhone(standing, "phone-3")
    phone.handshake()
    sealed = phone.seal(b'{"query":"ping","params":{}}', "query")
    answer = SPOILED[how](phone, sealed)
    assert told(answer) == (401, "handshake_needed")
    assert "www-authenticate" not in answer.headers
    assert phone.send("query", sealed).status == 200
    phone.handshake()
    assert phone.call("query", "ping") == {"pong": True}


def test_a_message_that_comes_again_is_refused_and_the_honest_repetition_is_not(phone: RpcPhone) -> None:
    sealed = phone.seal(b'{"command":"ping","data":{}}', "command")
    assert phone.send("command", sealed).status == 200
    assert told(phone.send("command", sealed)) == (401, "handshake_needed")
    assert phone.call("command", "ping") == {"pong": True}


def test_a_restarted_server_asks_for_a_handshake(signed_in: RpcPhone, store: Store, clock: AdjustableClock) -> None:
    with PhonesListener(store, clock, procedures=Registry(PROCEDURES)) as restarted:
        phone = RpcPhone(restarted)
        phone.key, phone.token = signed_in.key, signed_in.token
        assert told(phone.ask("query", "ping")) == (401, "handshake_needed")
        phone.handshake()
        assert phone.call("query", "who")["device"] == DEVICE


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "é", "x" * 5000])
def test_without_a_token_there_are_only_the_procedures_of_a_session(
    standing: PhonesListener, token: str | None
) -> None:
    phone = RpcPhone(standing, "phone-4")
    phone.handshake()
    phone.token = token
    expected = (401, "not_signed_in") if token else (200, "authentication_required")
    assert told(phone.ask("query", "who")) == expected
    assert phone.call("query", "ping") == {"pong": True}
    assert phone.login()["provider_name"] == NURSE[2]


def remove(store: Store, clock: AdjustableClock) -> None:
    remove_account(store.database, NURSE[0], "command")


def change(store: Store, clock: AdjustableClock) -> None:
    change_password(store.database, NURSE[0], "another horse", "command")


def wait_a_day(store: Store, clock: AdjustableClock) -> None:
    clock.advance(DAY_MS)


@pytest.mark.parametrize("happening", [remove, change, wait_a_day])
def test_a_token_ends_with_what_it_rests_on(
    signed_in: RpcPhone, store: Store, clock: AdjustableClock, happening: Callable[[Store, AdjustableClock], None]
) -> None:
    assert signed_in.ask("query", "who").status == 200
    happening(store, clock)
    signed_in.handshake()
    assert told(signed_in.ask("query", "who")) == (401, "not_signed_in")


def test_the_token_of_one_phone_is_good_on_no_other(signed_in: RpcPhone, listener: PhonesListener) -> None:
    other = RpcPhone(listener, "phone-2")
    other.handshake()
    other.token = signed_in.token
    assert told(other.ask("query", "who")) == (401, "not_signed_in")


def test_the_token_of_a_sign_in_over_rest_is_good_on_a_paired_phone(phone: RpcPhone, listener: PhonesListener) -> None:
    body = json.dumps({"email": NURSE[0], "password": NURSE[1]}).encode()
    phone.token = listener.ask("POST", "/api/login", body=body, headers={}).json["token"]
    assert phone.call("query", "who")["device"] == DEVICE


def test_a_token_signed_with_the_bare_key_of_the_server_is_none(
    phone: RpcPhone, store: Store, clock: AdjustableClock
) -> None:
    with store.database.read() as snapshot:
        account = find_account(snapshot, NURSE[0])
    assert account is not None
    phone.token = TokenIssuer(bytes(32), clock).issue(account, DEVICE)
    assert told(phone.ask("query", "who")) == (401, "not_signed_in")


def test_the_clinic_of_the_sign_in_stays_that_of_the_token(
    signed_in: RpcPhone, listener: PhonesListener, store: Store
) -> None:
    add_account(store.database, NewAccount("new@example.org", "Rami", "correct horse", clinic_name="South"), "command")
    other = RpcPhone(listener, "phone-2")
    other.handshake()
    south = other.login("new@example.org", "correct horse")["clinic_id"]
    assert other.call("query", "who")["clinic"] == south != signed_in.call("query", "who")["clinic"]


def test_wrong_credentials_are_not_signed_in_and_too_many_of_them_have_to_wait(phone: RpcPhone) -> None:
    wrong = {"email": DOCTOR[0], "password": "wrong"}
    answers = [told(phone.ask("command", "login", wrong)) for _ in range(11)]
    assert answers == [(401, "not_signed_in")] * 10 + [(429, "too_many_attempts")]
