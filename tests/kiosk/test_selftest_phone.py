from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.pairing import open_pairing
from kiosk import __version__
from kiosk.hub import Hub
from kiosk.selftest_phone import PhoneRefused, TrialPhone
from tests.kiosk.hubs import LOOPBACK, built_hub
from tests.web.ui.kiosk_port_contract import FORM


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with built_hub(tmp_path / "data") as hub:
        hub.start()
        hub.control.complete_first_run(FORM)
        yield hub


@pytest.fixture
def phone(hub: Hub) -> TrialPhone:
    return TrialPhone(LOOPBACK, hub.listener.state.port)


@pytest.fixture
def paired_phone(hub: Hub, phone: TrialPhone) -> TrialPhone:
    with hub.store.database.write() as transaction:
        open_pairing(transaction, 60_000)
    phone.shake_hands()
    return phone


def test_it_gets_back_what_it_pushed(paired_phone: TrialPhone) -> None:
    paired_phone.sign_in(FORM.email, FORM.password)
    paired_phone.push({"patients": {"created": [{"id": "p1", "given_name": "Amal"}], "updated": [], "deleted": []}})
    created = paired_phone.pull()["patients"]["created"]
    assert [(row["id"], row["given_name"]) for row in created] == [("p1", "Amal")]


def test_it_asks_how_the_server_is(phone: TrialPhone) -> None:
    assert phone.health() == {"ok": True, "version": __version__}


def test_a_refused_handshake_says_which_step_and_status(phone: TrialPhone) -> None:
    with pytest.raises(PhoneRefused) as refusal:
        phone.shake_hands()
    assert (refusal.value.step, refusal.value.status) == ("/rpc/handshake", 401)


def test_a_wrong_password_is_a_refusal_that_does_not_repeat_it(paired_phone: TrialPhone) -> None:
    with pytest.raises(PhoneRefused) as refusal:
        paired_phone.sign_in(FORM.email, "not the password")
    assert "not the password" not in str(refusal.value)
