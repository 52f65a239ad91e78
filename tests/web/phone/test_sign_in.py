"""Signing in over REST, as each generation of the app does and reads it (PROTOCOL §2.4)."""

from __future__ import annotations

import json

import pytest

from db.accounts import remove_account
from db.store import Store
from tests.web.phones_listener import KEY, NURSE, Answer, PhonesListener
from web.credentials import FAILURES_ALLOWED
from web.phone.app import LARGEST_SIGN_IN
from web.tokens import TokenIssuer

EMAIL, PASSWORD, NAME = NURSE
LOGIN, SIGN_IN = "/api/login", "/api/auth/sign-in"


def post(phones: PhonesListener, path: str, document: object) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return phones.ask("POST", path, body=body, headers={"Content-Type": "application/json"})


def test_a_login_holds_what_every_generation_looks_for(standing_phones: PhonesListener) -> None:
    answer = post(standing_phones, LOGIN, {"email": EMAIL, "password": PASSWORD})
    assert answer.status == 200
    found = answer.json
    assert found["id"] == found["user_id"] != ""
    assert found["name"] == found["provider_name"] == NAME
    assert found["email"] == EMAIL
    assert found["role"] == "provider"
    assert found["clinic_id"] != ""
    assert found["clinic_name"] == "North"
    assert found["instance_url"] is None
    with standing_phones.database.read() as snapshot:
        account = TokenIssuer(KEY, standing_phones.clock).verify(snapshot, found["token"], "any phone")
    assert account.id == found["id"]


def test_a_success_never_has_a_message(standing_phones: PhonesListener) -> None:
    """That is how the app tells it from a failure."""
    found = post(standing_phones, LOGIN, {"email": EMAIL, "password": PASSWORD}).json
    assert "message" not in found
    assert "error" not in found


def test_a_sign_in_holds_the_user_and_a_token(standing_phones: PhonesListener) -> None:
    found = post(standing_phones, SIGN_IN, {"email": EMAIL, "password": PASSWORD}).json
    assert found.keys() == {"user", "token"}
    assert found["user"]["email"] == EMAIL


@pytest.mark.parametrize("path", [LOGIN, SIGN_IN])
def test_the_hash_of_the_password_is_in_no_answer(standing_phones: PhonesListener, path: str) -> None:
    body = post(standing_phones, path, {"email": EMAIL, "password": PASSWORD}).body
    assert b"hashed_password" not in body
    assert b"$2b$" not in body


@pytest.mark.parametrize("path", [LOGIN, SIGN_IN])
@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.org", PASSWORD), ("", "")])
def test_a_failure_is_json_with_the_keys_each_generation_shows(
    standing_phones: PhonesListener, path: str, email: str, password: str
) -> None:
    answer = post(standing_phones, path, {"email": email, "password": password})
    assert answer.status == 401
    assert answer.json["code"] == "not_signed_in"
    assert answer.json["message"] == answer.json["error"] != ""


def test_a_removed_user_cannot_sign_in(phones: PhonesListener, store: Store) -> None:
    assert post(phones, LOGIN, {"email": EMAIL, "password": PASSWORD}).status == 200
    remove_account(store.database, EMAIL, "command")
    assert post(phones, LOGIN, {"email": EMAIL, "password": PASSWORD}).status == 401


@pytest.mark.parametrize("path", [LOGIN, SIGN_IN])
@pytest.mark.parametrize(
    ("body", "code", "place"),
    [
        (b"", "invalid_json", "body"),
        (b"email=a&password=b", "invalid_json", "body"),
        (b"{", "invalid_json", "body"),
        (b"\xff\xfe", "invalid_json", "body"),
        (b"\x00" * 10, "invalid_json", "body"),
        (b'{"email":"\\ud800","password":"x"}', "invalid_json", "body"),
        (b"[" * 60_000, "invalid_json", "body"),
        (b'{"email":' + b"[" * 50_000, "invalid_json", "body"),
        (b"null", "invalid_input", "body"),
        (b"[]", "invalid_input", "body"),
        (b'"text"', "invalid_input", "body"),
        (b"{}", "invalid_input", "email"),
        (b'{"email":1,"password":"x"}', "invalid_input", "email"),
        (b'{"email":null,"password":"x"}', "invalid_input", "email"),
        (b'{"email":["a"],"password":"x"}', "invalid_input", "email"),
        (b'{"email":"a@b"}', "invalid_input", "password"),
        (b'{"email":"a@b","password":1234}', "invalid_input", "password"),
        (b'{"email":"a@b","password":{"$ne":1}}', "invalid_input", "password"),
        (b'{"email":"' + b"a" * LARGEST_SIGN_IN + b'","password":"x"}', "too_large", None),
    ],
)
def test_a_body_that_is_no_sign_in_is_refused_by_its_place(
    standing_phones: PhonesListener, path: str, body: bytes, code: str, place: str | None
) -> None:
    answer = post(standing_phones, path, body)
    assert answer.status == (413 if code == "too_large" else 400)
    assert (answer.json["code"], answer.json.get("path")) == (code, place)


def test_a_body_is_read_whatever_it_says_it_is(standing_phones: PhonesListener) -> None:
    body = json.dumps({"email": EMAIL, "password": PASSWORD}).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert standing_phones.ask("POST", LOGIN, body=body, headers={"Content-Type": kind}).status == 200


@pytest.mark.slow
def test_who_tries_too_often_has_to_wait_on_every_way_in(phones: PhonesListener) -> None:
    for _ in range(FAILURES_ALLOWED):
        assert post(phones, LOGIN, {"email": "a@b", "password": "wrong"}).status == 401
    answer = post(phones, SIGN_IN, {"email": EMAIL, "password": PASSWORD})
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json["code"] == "too_many_attempts"
    assert phones.ask("GET", "/sync").status == 429
