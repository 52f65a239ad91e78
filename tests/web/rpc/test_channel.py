"""The encrypted channel on a real listener: what works, and what of a call that fails the phone gets to know."""

from __future__ import annotations

import json
import tracemalloc
from http.client import HTTPException
from typing import Any

import pytest

from db.accounts import set_permissions
from db.permissions import ALL_FLAGS, Flag
from db.store import Store
from tests.web.listener import RawClient
from tests.web.phones_listener import HUB_KEYS, NURSE, PhonesListener
from tests.web.rpc.rpc_phone import RpcPhone, b64u

MB = 1024 * 1024


def test_a_phone_shakes_hands_pings_and_signs_in(listener: PhonesListener) -> None:
    phone = RpcPhone(listener)
    assert phone.knock().json == {
        "hub_public_key": b64u(HUB_KEYS.public_key),
        "hub_id": "hub-1",
        "hub_name": "North Clinic",
        "success": True,
    }
    assert phone.call("command", "ping") == {"pong": True}
    assert phone.call("query", "ping") == {"pong": True}
    assert phone.call("query", "heartbeat") == {"status": "ok"}
    reply = phone.login()
    assert reply.keys() == {"token", "user_id", "clinic_id", "role", "provider_name", "clinic_name"}
    assert (reply["provider_name"], reply["clinic_name"]) == (NURSE[2], "North")
    who = {"user": reply["user_id"], "clinic": reply["clinic_id"], "device": "hub-phone-1"}
    assert phone.call("query", "who") == phone.call("command", "who") == who


def test_the_heartbeat_needs_nothing(listener: PhonesListener) -> None:
    answer = listener.ask("GET", "/rpc/heartbeat", headers={})
    assert (answer.status, answer.json) == (200, {"status": "ok"})


def test_a_request_that_a_later_handshake_overtook_is_still_answered_with_its_own_key(signed_in: RpcPhone) -> None:
    earlier = signed_in.key
    later = signed_in.handshake()
    for key in (earlier, later, earlier):
        assert signed_in.open("query", signed_in.ask("query", "ping", key=key), key) == {"pong": True}


def test_an_empty_list_is_an_answer_and_nothing_is_not(standing_phone: RpcPhone) -> None:
    assert standing_phone.call("query", "empty") == []
    answer = standing_phone.ask("query", "null")
    assert (answer.status, answer.json["code"]) == (500, "internal")


@pytest.mark.parametrize(
    ("name", "arguments", "code", "sentence"),
    [
        ("missing", {}, "not_found", "There is no such thing here"),
        ("forbidden", {}, "not_allowed", "not allowed"),
        ("rows", {"rows": "many"}, "invalid_input", "(rows)"),
        ("rows", {}, "invalid_input", "(rows)"),
        ("rows", [1], "invalid_input", "(params)"),
        ("who_knows.x", {}, "unknown_procedure", "Unknown query: who_knows.x"),
        ("<Amal Haddad>", {}, "unknown_procedure", "Unknown query: ?"),
    ],
)
def test_a_call_that_fails_is_told_in_clear_text(
    standing_phone: RpcPhone, name: str, arguments: Any, code: str, sentence: str
) -> None:
    answer = standing_phone.ask("query", name, arguments)
    assert answer.status == 200
    said = answer.json
    assert said.keys() == {"payload", "success", "error", "code"}
    assert (said["payload"], said["success"], said["code"]) == ("", False, code)
    assert sentence in said["error"]


def test_a_failed_call_is_told_in_the_language_of_the_phone(standing_phone: RpcPhone) -> None:
    inner = json.dumps({"query": "missing", "params": {}, "token": standing_phone.token}).encode()
    envelope = {"client_id": standing_phone.client_id, "payload": standing_phone.seal(inner, "query")}
    answer = standing_phone.post("/rpc/query", envelope, {"Accept-Language": "es"})
    assert answer.json["error"].startswith("Eso no existe")


@pytest.mark.parametrize("name", ["busy", "breaks_at_once"])
def test_a_failure_of_the_storage_keeps_its_status(standing_phone: RpcPhone, name: str) -> None:
    answer = standing_phone.ask("query", name)
    assert (answer.status, answer.json["code"], answer.headers["retry-after"]) == (503, "storage_busy", "5")


def test_an_unforeseen_failure_says_nothing_of_itself(standing_phone: RpcPhone) -> None:
    answer = standing_phone.ask("query", "broken")
    assert (answer.status, answer.json["code"]) == (500, "internal")
    assert b"Amal" not in answer.body


def test_an_answer_that_breaks_off_later_does_not_look_whole(standing_phone: RpcPhone) -> None:
    with pytest.raises((HTTPException, OSError)):
        standing_phone.ask("query", "breaks_later")
    assert standing_phone.call("query", "ping") == {"pong": True}


def test_a_permission_counts_from_the_next_call(signed_in: RpcPhone, store: Store) -> None:
    assert signed_in.ask("query", "admin").json["success"] is True
    set_permissions(store.database, NURSE[0], None, ALL_FLAGS - {Flag.CLINIC_ADMIN}, "command")
    assert signed_in.ask("query", "admin").json["code"] == "not_allowed"


def test_a_large_answer_is_whole_and_takes_little_memory(signed_in: RpcPhone, listener: PhonesListener) -> None:
    rows = signed_in.call("query", "rows", {"rows": 20_000})
    assert len(rows) == 20_000
    assert rows[-1] == {"n": 19_999, "text": "حداد 😀"}
    inner = json.dumps({"query": "rows", "params": {"rows": 600_000}, "token": signed_in.token}).encode()
    body = json.dumps({"client_id": signed_in.client_id, "payload": signed_in.seal(inner, "query")}).encode()
    head = f"POST /rpc/query HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    received = 0
    tracemalloc.start()
    with RawClient(listener.port) as client:
        client.send(head.encode() + body)
        while piece := client.receive(65536):
            received += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert received > 25 * MB
    assert peak < 8 * MB
