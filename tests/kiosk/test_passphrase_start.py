"""How a starting server comes by the passphrase: given, asked for on a page, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from db.errors import PassphraseNeeded
from kiosk.config import Config
from kiosk.entrance import Entrance
from kiosk.keystore import Keystore
from kiosk.passphrase import set_passphrase
from kiosk.passphrase_start import KnownPassphrase, known_passphrase
from kiosk.runtime_file import RunningServer
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import opened_clinic
from tests.polling import eventually

PASSPHRASE = "correct horse"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Of a folder that opens with PASSPHRASE."""
    clinic = opened_clinic(tmp_path / "data", AdjustableClock())
    clinic.store.close()
    set_passphrase(clinic.folder, Keystore(clinic.folder, clinic.config.keystore), clinic.key, PASSPHRASE, cost=2)
    return clinic.config


@pytest.fixture
def entrance() -> Iterator[Entrance]:
    made = Entrance()
    yield made
    made.stop()


class Asked:
    """A start that waits for somebody, in a thread of its own."""

    def __init__(self, config: Config, entrance: Entrance) -> None:
        self.stop = threading.Event()
        self.said: list[RunningServer] = []
        self.known: list[KnownPassphrase] = []
        arguments = (replace(config, is_attended=True), None, entrance, self.said.append, self.stop)
        self._thread = threading.Thread(target=lambda: self.known.append(known_passphrase(*arguments)), daemon=True)
        self._thread.start()
        eventually(lambda: self.said)

    def visitor(self) -> requests.Session:
        (server,) = self.said
        session = requests.Session()
        session.trust_env = False
        session.headers["Origin"] = server.ui_url
        assert session.post(server.ui_url + "/session", data={"token": server.token}).status_code == 204
        return session

    def answer(self) -> KnownPassphrase:
        self._thread.join(10)
        return self.known[0]


def test_without_a_passphrase_nobody_is_asked(tmp_path: Path, entrance: Entrance) -> None:
    config = Config(opened_clinic(tmp_path / "data", AdjustableClock()).folder, is_attended=True)
    assert known_passphrase(config, "not needed", entrance, pytest.fail, threading.Event()) == KnownPassphrase()


def test_one_that_was_given_is_handed_on(config: Config, entrance: Entrance) -> None:
    known = known_passphrase(config, PASSPHRASE, entrance, pytest.fail, threading.Event())
    assert known == KnownPassphrase(PASSPHRASE)
    assert PASSPHRASE not in repr(known)


def test_where_no_window_can_ask_it_is_an_error(config: Config, entrance: Entrance) -> None:
    with pytest.raises(PassphraseNeeded):
        known_passphrase(config, None, entrance, pytest.fail, threading.Event())


def test_a_window_asks_for_it_and_hands_it_on(config: Config, entrance: Entrance) -> None:
    asked = Asked(config, entrance)
    (server,) = asked.said
    assert server.phones_url is None
    page = asked.visitor().post(server.ui_url + "/passphrase", data={"passphrase": PASSPHRASE})
    assert "Opening the records" in page.text
    assert asked.answer() == KnownPassphrase(PASSPHRASE, was_asked=True)


def test_whoever_closes_the_window_or_stops_the_program_ends_the_wait(config: Config, entrance: Entrance) -> None:
    asked = Asked(config, entrance)
    asked.visitor().post(asked.said[0].ui_url + "/quit")
    assert asked.answer().is_given_up
    asked = Asked(config, entrance)
    asked.stop.set()
    assert asked.answer().is_given_up
