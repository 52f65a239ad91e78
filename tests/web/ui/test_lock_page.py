"""What the lock page and the page for the PIN say."""

from __future__ import annotations

from db.errors import TooManyTries, WrongPin, WrongRecoveryCode
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.kiosk_port_contract import FORM
from web.i18n import load_catalogue
from web.ui.lock_page import pin_view, sentence_of

WORDS = load_catalogue().translator("en")


def test_it_tells_the_state_and_nothing_of_the_clinic() -> None:
    kiosk = FakeKioskPort()
    kiosk.complete_first_run(FORM)
    view = pin_view(kiosk.status(), WORDS)
    assert (view.tone, view.headline) == ("good", "Phones can sync with this computer")
    assert FORM.server_name not in repr(view)


def test_what_is_wrong_is_said_beside_its_field() -> None:
    status = FakeKioskPort().status()
    assert pin_view(status, WORDS, wrong=WrongPin()).wrong == "This is not the PIN of this computer. Type it again."
    view = pin_view(status, WORDS, wrong=WrongRecoveryCode(), is_code=True)
    assert (view.wrong, view.is_forgotten) == ("", True)
    assert "recovery code of this computer" in view.code_wrong


def test_a_wait_is_told_in_seconds() -> None:
    assert sentence_of(TooManyTries(seconds=30), WORDS) == "Too many wrong tries. Wait 30 seconds, then try again."
