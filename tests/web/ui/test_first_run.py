"""What the first-run form accepts."""

from __future__ import annotations

import pytest

from web.ui.first_run import FIELDS, ORDER_ON_PAGE, check_first_run

GOOD = {
    "server_name": "  Al  Noor ",
    "clinic_name": "عيادة النور",
    "staff_name": "Amina\tHaddad",
    "email": " amina@clinic.org ",
    "password": " spaces count ",
}


def test_a_good_form_is_tidied_but_the_password_is_left_alone() -> None:
    entry = check_first_run(GOOD)
    assert entry.wrong == ()
    assert entry.form.server_name == "Al Noor"
    assert entry.form.staff_name == "Amina Haddad"
    assert entry.form.email == "amina@clinic.org"
    assert entry.form.password == " spaces count "


def test_an_empty_form_is_wrong_everywhere_in_the_order_of_the_page() -> None:
    assert check_first_run({}).wrong == ORDER_ON_PAGE
    assert set(ORDER_ON_PAGE) == set(FIELDS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("server_name", "   "),
        ("clinic_name", "x" * 101),
        ("staff_name", "Amina\x00"),
        ("email", "amina"),
        ("email", "@clinic.org"),
        ("email", "amina@"),
        ("email", "a mina@clinic.org"),
        ("email", "a@b@c"),
        ("password", "abc"),
        ("password", "x" * 73),
        ("password", "ك" * 37),
        ("password", "line\nbreak"),
    ],
)
def test_a_wrong_field_is_named_alone(field: str, value: str) -> None:
    assert check_first_run(GOOD | {field: value}).wrong == (field,)


@pytest.mark.parametrize("password", ["abcd", "x" * 72, "ك" * 36, "كلمة"])
def test_passwords_that_phones_can_send_are_accepted(password: str) -> None:
    assert check_first_run(GOOD | {"password": password}).wrong == ()
