"""What a phone may call before anybody has signed in on it."""

from __future__ import annotations

import pytest

from db.errors import InvalidInput, NotSignedIn
from tests.web.phones_listener import NURSE
from tests.web.rpc.procedures.desk import Desk
from tests.web.rpc.rpc_phone import RpcPhone
from web.rpc.procedures.session import PROCEDURES
from web.rpc.registry import Kind


def test_nothing_else_is_open(desk: Desk) -> None:
    assert {(each.kind, each.name) for each in desk.registry if each.rule.is_open} == {
        (each.kind, each.name) for each in PROCEDURES
    }


def test_a_ping_and_a_heartbeat_need_nothing(desk: Desk) -> None:
    assert desk.ask(Kind.COMMAND, "ping", {}, None) == {"pong": True}
    assert desk.ask(Kind.QUERY, "ping", {"any": 1}, None) == {"pong": True}
    assert desk.ask(Kind.QUERY, "heartbeat", {}, None) == {"status": "ok"}


def test_a_login_says_who_signed_in_where(phone: RpcPhone) -> None:
    email, password, name = NURSE
    reply = phone.call("command", "login", {"email": email, "password": password})
    assert reply.keys() == {"token", "user_id", "clinic_id", "role", "provider_name", "clinic_name"}
    assert (reply["role"], reply["provider_name"], reply["clinic_name"]) == ("provider", name, "North")
    phone.token = reply["token"]
    told = phone.call("query", "who")
    assert (told["user"], told["clinic"]) == (reply["user_id"], reply["clinic_id"])


def test_a_login_that_fails_is_told_as_not_signed_in(phone: RpcPhone) -> None:
    for wrong in ({"email": NURSE[0], "password": "guess"}, {"email": "nobody@example.org", "password": NURSE[1]}):
        answer = phone.ask("command", "login", wrong)
        assert (answer.status, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("given", [{}, {"email": "a"}, {"email": 1, "password": "x"}, [], None])
def test_a_login_without_its_parts_is_refused(desk: Desk, given: object) -> None:
    with pytest.raises(InvalidInput):
        desk.ask(Kind.COMMAND, "login", given, None)


def test_a_login_of_no_known_phone_is_refused(desk: Desk) -> None:
    with pytest.raises(NotSignedIn):
        desk.ask(Kind.COMMAND, "login", {"email": NURSE[0], "password": NURSE[1]}, None)
