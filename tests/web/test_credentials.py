"""Signing in: who gets in, who does not, and that nobody can guess, or stop the server by trying."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

import pytest

from db.accounts import change_password, remove_account
from db.errors import NotSignedIn, TooManyAttempts
from db.store import Store
from tests.fakes.clock import AdjustableClock
from tests.web.phones_listener import DOCTOR, NURSE
from web.credentials import FAILURE_WINDOW_MS, FAILURES_ALLOWED, REMEMBER_MS, Credentials

HERE = "192.0.2.1"
ELSEWHERE = "192.0.2.2"
EMAIL, PASSWORD, NAME = NURSE


@pytest.fixture
def credentials(store: Store, clock: AdjustableClock) -> Credentials:
    return Credentials(store.database, clock)


def refused(credentials: Credentials, email: str = EMAIL, password: str = "wrong", address: str = HERE) -> type:
    with pytest.raises((NotSignedIn, TooManyAttempts)) as failure:
        credentials.sign_in(email, password, address)
    return type(failure.value)


class BcryptCalls:
    """Counts the slow checks of passwords in this thread, without replacing anything."""

    def __init__(self) -> None:
        self.count = 0

    def __enter__(self) -> BcryptCalls:
        sys.setprofile(self._see)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _see(self, frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and getattr(called, "__name__", "") == "checkpw":
            self.count += 1


def test_the_right_password_gives_the_account(credentials: Credentials) -> None:
    account = credentials.sign_in(EMAIL, PASSWORD, HERE)
    assert (account.email, account.name) == (EMAIL, NAME)


@pytest.mark.parametrize("spelling", [EMAIL.upper(), f"  {EMAIL} ", EMAIL.title()])
def test_case_and_spaces_of_the_email_do_not_matter(credentials: Credentials, spelling: str) -> None:
    assert credentials.sign_in(spelling, PASSWORD, HERE).email == EMAIL


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong"),
        (EMAIL, ""),
        (EMAIL, PASSWORD + " "),
        (EMAIL, PASSWORD.upper()),
        (EMAIL, DOCTOR[1]),
        (EMAIL, "\ud800"),
        (EMAIL, "x" * 100_000),
        ("nobody@example.org", PASSWORD),
        ("", PASSWORD),
        ("", ""),
        ("%", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        (EMAIL + "\0", PASSWORD),
        ("x" * 100_000, PASSWORD),
    ],
)
def test_anything_else_is_refused_in_the_same_way(credentials: Credentials, email: str, password: str) -> None:
    assert refused(credentials, email, password) is NotSignedIn


def test_an_unknown_user_costs_the_same_work_as_a_wrong_password(credentials: Credentials) -> None:
    with BcryptCalls() as unknown:
        refused(credentials, "nobody@example.org")
    with BcryptCalls() as wrong:
        refused(credentials, EMAIL)
    assert unknown.count == wrong.count == 1


def test_a_removed_user_costs_the_same_work_too(credentials: Credentials, store: Store) -> None:
    remove_account(store.database, EMAIL, "command")
    with BcryptCalls() as removed:
        refused(credentials, EMAIL, PASSWORD)
    assert removed.count == 1


def test_a_password_that_was_right_is_not_worked_out_again_for_some_minutes(
    credentials: Credentials, clock: AdjustableClock
) -> None:
    credentials.sign_in(EMAIL, PASSWORD, HERE)
    with BcryptCalls() as soon:
        credentials.sign_in(EMAIL, PASSWORD, ELSEWHERE)
    clock.advance(REMEMBER_MS)
    with BcryptCalls() as later:
        credentials.sign_in(EMAIL, PASSWORD, HERE)
    assert (soon.count, later.count) == (0, 1)


def test_a_wrong_password_is_never_remembered(credentials: Credentials) -> None:
    refused(credentials)
    with BcryptCalls() as again:
        refused(credentials)
    assert again.count == 1


def test_a_removed_user_is_refused_at_once_although_remembered(credentials: Credentials, store: Store) -> None:
    credentials.sign_in(EMAIL, PASSWORD, HERE)
    remove_account(store.database, EMAIL, "command")
    assert refused(credentials, EMAIL, PASSWORD) is NotSignedIn


def test_after_a_change_the_old_password_is_refused_at_once_and_the_new_one_works(
    credentials: Credentials, store: Store
) -> None:
    credentials.sign_in(EMAIL, PASSWORD, HERE)
    change_password(store.database, EMAIL, "new password", "command")
    assert refused(credentials, EMAIL, PASSWORD) is NotSignedIn
    assert credentials.sign_in(EMAIL, "new password", HERE).email == EMAIL


def fail_often(credentials: Credentials, email: str = EMAIL, address: str = HERE) -> None:
    for number in range(FAILURES_ALLOWED):
        assert refused(credentials, email, f"wrong {number}", address) is NotSignedIn


@pytest.mark.slow
def test_after_many_failures_an_address_has_to_wait_and_is_told_how_long(
    credentials: Credentials, clock: AdjustableClock
) -> None:
    fail_often(credentials)
    clock.advance(1_000)
    with pytest.raises(TooManyAttempts) as failure:
        credentials.sign_in(DOCTOR[0], DOCTOR[1], HERE)
    seconds = int(failure.value.context["seconds"])
    assert 0 < seconds <= FAILURE_WINDOW_MS // 1000
    clock.advance(seconds * 1000)
    assert credentials.sign_in(DOCTOR[0], DOCTOR[1], HERE).email == DOCTOR[0]


@pytest.mark.slow
def test_after_many_failures_for_a_user_every_address_has_to_wait(credentials: Credentials) -> None:
    fail_often(credentials)
    assert refused(credentials, EMAIL, PASSWORD, ELSEWHERE) is TooManyAttempts
    assert credentials.sign_in(DOCTOR[0], DOCTOR[1], ELSEWHERE).email == DOCTOR[0]


@pytest.mark.slow
def test_a_phone_that_signed_in_before_gets_in_while_others_are_made_to_wait(credentials: Credentials) -> None:
    credentials.sign_in(EMAIL, PASSWORD, HERE)
    fail_often(credentials)
    assert credentials.sign_in(EMAIL, PASSWORD, HERE).email == EMAIL
    assert refused(credentials, EMAIL, "another guess") is TooManyAttempts


@pytest.mark.slow
def test_spelling_the_email_differently_gives_no_more_attempts(credentials: Credentials) -> None:
    for number in range(FAILURES_ALLOWED):
        refused(credentials, EMAIL.upper() if number % 2 else f" {EMAIL}", "wrong", f"192.0.2.{number}")
    assert refused(credentials, EMAIL, "wrong", ELSEWHERE) is TooManyAttempts


@pytest.mark.slow
def test_while_it_waits_a_client_costs_no_work(credentials: Credentials) -> None:
    fail_often(credentials)
    with BcryptCalls() as calls:
        assert refused(credentials) is TooManyAttempts
    assert calls.count == 0


@pytest.mark.slow
def test_many_phones_that_sign_in_at_once_all_get_in(credentials: Credentials) -> None:
    with ThreadPoolExecutor(30) as threads:
        accounts = list(threads.map(lambda _: credentials.sign_in(EMAIL, PASSWORD, HERE), range(30)))
    assert {account.email for account in accounts} == {EMAIL}
