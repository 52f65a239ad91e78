"""The tokens that a sign-in is answered with (PROTOCOL §4), and what they end with."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any

import jwt
import pytest

from db.accounts import Account, change_password, find_account, remove_account
from db.errors import NotSignedIn
from db.store import Store
from tests.fakes.clock import START_MS, AdjustableClock
from tests.web.phones_listener import NURSE
from web.tokens import LIFETIME_S, TokenIssuer

KEY = bytes(range(32))
ACCOUNT = Account("user-1", "nurse@example.org", "Nour", "provider", "clinic-1", "North", "$2b$hash", {"id": "user-1"})


def issue(account: Account = ACCOUNT) -> str:
    return TokenIssuer(KEY, AdjustableClock()).issue(account)


def claims(token: str) -> dict[str, object]:
    decoded: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return decoded


@pytest.fixture
def issuer(clock: AdjustableClock) -> TokenIssuer:
    return TokenIssuer(KEY, clock)


def nurse(store: Store) -> Account:
    with store.database.read() as snapshot:
        account = find_account(snapshot, NURSE[0])
    assert account is not None
    return account


def verified(store: Store, issuer: TokenIssuer, token: str, device: str = "phone") -> Account | None:
    with store.database.read() as snapshot:
        try:
            return issuer.verify(snapshot, token, device)
        except NotSignedIn:
            return None


def test_the_header_is_exactly_what_the_app_knows() -> None:
    header = issue().split(".")[0]
    assert urlsafe_b64decode(header + "==") == b'{"alg":"HS256","typ":"JWT"}'


def test_the_claims_are_the_ones_of_the_protocol_in_seconds() -> None:
    now = START_MS // 1000
    assert claims(issue()) == {
        "sub": "user-1",
        "clinic_id": "clinic-1",
        "role": "provider",
        "iat": now,
        "exp": now + LIFETIME_S,
    }


def test_an_account_without_a_clinic_has_an_empty_one() -> None:
    account = Account("user-2", "a@b", "A", "", None, None, None, {})
    assert claims(issue(account))["clinic_id"] == ""


def test_a_token_is_known_again_for_a_day(store: Store, issuer: TokenIssuer, clock: AdjustableClock) -> None:
    token = issuer.issue(nurse(store), "phone")
    assert verified(store, issuer, token) == nurse(store)
    clock.advance(LIFETIME_S * 1000 - 1)
    assert verified(store, issuer, token) == nurse(store)
    clock.advance(1)
    assert verified(store, issuer, token) is None


def test_a_token_is_good_on_its_phone_and_one_without_a_phone_on_any(store: Store, issuer: TokenIssuer) -> None:
    for device, phones in (("phone", ["phone"]), ("", ["phone", "other", ""])):
        token = issuer.issue(nurse(store), device)
        assert [name for name in ("phone", "other", "") if verified(store, issuer, token, name)] == phones


def test_a_token_ends_with_the_password(store: Store, issuer: TokenIssuer) -> None:
    token = issuer.issue(nurse(store), "phone")
    change_password(store.database, NURSE[0], "another one", "command")
    assert verified(store, issuer, token) is None
    assert verified(store, issuer, issuer.issue(nurse(store), "phone")) is not None


def test_a_token_ends_with_the_account(store: Store, issuer: TokenIssuer) -> None:
    token = issuer.issue(nurse(store), "phone")
    remove_account(store.database, NURSE[0], "command")
    assert verified(store, issuer, token) is None


def test_a_token_of_another_server_is_none(store: Store, issuer: TokenIssuer, clock: AdjustableClock) -> None:
    assert verified(store, issuer, TokenIssuer(bytes(32), clock).issue(nurse(store), "phone")) is None


FORGERIES: dict[str, dict[str, Any]] = {
    "signed with the bare key": {"key": KEY, "algorithm": "HS256"},
    "not signed": {"key": None, "algorithm": "none"},
    "signed otherwise": {"key": KEY * 2, "algorithm": "HS512"},
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_token_is_none(store: Store, issuer: TokenIssuer, how: str) -> None:
    honest = claims(issuer.issue(nurse(store), "phone"))
    assert verified(store, issuer, jwt.encode(honest, **FORGERIES[how])) is None


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "\ud800", "." * 5000, "eyJhbGciOiJIUzI1NiJ9.e30.AA"])
def test_rubbish_is_no_token(store: Store, issuer: TokenIssuer, token: str) -> None:
    assert verified(store, issuer, token) is None


def test_nothing_secret_is_in_it() -> None:
    payload = issue().split(".")[1]
    text = urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    assert "$2b$" not in text
    assert json.loads(text).keys() == {"sub", "clinic_id", "role", "iat", "exp"}
