"""What the page "Lock and keys" says."""

from __future__ import annotations

from db.errors import InvalidInput, RecoveryCodeUnseen, WrongPassphrase
from web.i18n import load_catalogue
from web.ui.lock_port import IDLE_MINUTES, LockView
from web.ui.settings_page import settings_page, wrong_field

WORDS = load_catalogue().translator("en")


def test_it_says_what_is_set() -> None:
    view = settings_page(LockView(), WORDS, has_passphrase=False)
    assert view.pin_state.startswith("There is no PIN")
    assert (view.pin_submit, view.passphrase_submit) == ("Set the PIN", "Set the passphrase")
    view = settings_page(LockView(has_pin=True), WORDS, has_passphrase=True)
    assert view.passphrase_state.startswith("The program asks for the passphrase")
    assert (view.pin_submit, view.passphrase_submit) == ("Change the PIN", "Change it")


def test_the_minutes_that_are_in_force_are_chosen() -> None:
    view = settings_page(LockView(has_pin=True, idle_minutes=10), WORDS, has_passphrase=False)
    assert [choice.minutes for choice in view.idle] == list(IDLE_MINUTES)
    assert [choice.label for choice in view.idle if choice.is_chosen] == ["After 10 minutes"]
    assert view.idle[0].label == "Never"


def test_what_is_wrong_is_said_beside_its_field() -> None:
    assert wrong_field(InvalidInput(path="pin"), "pin", WORDS)["pin"].startswith("A PIN has 4 to 12 digits")
    assert wrong_field(InvalidInput(path="passphrase"), "passphrase", WORDS)["passphrase"].startswith("A passphrase")
    assert list(wrong_field(WrongPassphrase(), "passphrase", WORDS)) == ["present"]
    assert "recovery code" in wrong_field(RecoveryCodeUnseen(), "passphrase", WORDS)["passphrase"]
