"""The facts inside the server process and beside it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from db.clock import SystemClock
from db.database import Database
from db.errors import PortTaken
from db.settings import Setting, write_setting
from db.stamps import StampCeiling
from kiosk.config import DEFAULT_PORT
from kiosk.doctor.facts import DataFacts, PortFacts
from kiosk.doctor.local_probes import LocalProbes
from kiosk.doctor.sources import data_of, port_beside, port_of_listener, sources_beside, sources_inside
from kiosk.hub import Hub
from kiosk.instance import ServerLock
from kiosk.network import LanAddress
from kiosk.paths import DataFolder
from kiosk.phone_listener import ListenerState
from kiosk.runtime_file import RunningServer, announce
from tests.db.rows import KEY
from tests.kiosk.hubs import LOOPBACK, built_hub
from tests.web.ui.kiosk_port_contract import FORM


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with built_hub(tmp_path) as hub:
        yield hub


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("0.0.0.0", 0)) as other:
        yield int(other.getsockname()[1])


def choose_port(database: Database, port: int) -> None:
    with database.write() as transaction:
        write_setting(transaction, Setting.PHONE_PORT, str(port))


def test_the_listeners_state_is_told_as_it_is() -> None:
    running = port_of_listener(ListenerState(is_running=True, port=4001), is_first_run=False)
    assert running == PortFacts(has_server=True, is_listening=True, is_taken=False, port=4001)
    state = ListenerState(False, 4001, PortTaken(port=4001), "skype.exe", 4002)
    assert port_of_listener(state, is_first_run=True) == PortFacts(True, False, True, 4001, "skype.exe", 4002, True)


def test_inside_the_server_its_own_listener_and_database_are_asked(hub: Hub) -> None:
    sources = sources_inside(
        hub.config.folder,
        SystemClock(),
        hub.store.database,
        lambda: (LanAddress(LOOPBACK, "-"),),
        lambda: hub.listener.state,
        lambda: True,
    )
    assert sources.port().is_first_run
    hub.control.complete_first_run(FORM)
    probes = LocalProbes(sources)
    assert (probes.port().is_listening, probes.port().is_first_run) == (True, False)
    assert probes.reach().reached == (LOOPBACK,)
    assert probes.sleep().is_kept_awake
    assert probes.data().failure is None


def test_beside_a_server_its_runtime_file_is_believed(hub: Hub) -> None:
    folder = hub.config.folder
    facts = RunningServer(
        pid=os.getpid(), ui_url="", token="", phones_url="http://10.0.0.2:4007", version="0", started_at_ms=0
    )
    with ServerLock(folder):
        announce(folder, facts)
        assert port_beside(folder, hub.store.database) == PortFacts(True, True, False, 4007, is_first_run=True)


def test_without_a_server_the_port_it_would_want_is_looked_at(hub: Hub, taken: int) -> None:
    folder = hub.config.folder
    choose_port(hub.store.database, taken)
    facts = port_beside(folder, hub.store.database)
    assert (facts.has_server, facts.is_taken, facts.port) == (False, True, taken)
    assert facts.holder == psutil.Process().name()
    assert facts.free_port is not None
    choose_port(hub.store.database, facts.free_port)
    assert not port_beside(folder, hub.store.database).is_taken


def test_without_a_database_the_usual_port_is_meant(tmp_path: Path) -> None:
    assert port_beside(DataFolder(tmp_path), None).port == DEFAULT_PORT


def test_a_database_that_cannot_be_read_is_told_by_its_error(tmp_path: Path) -> None:
    (tmp_path / "clinic.db").write_bytes(b"rubbish" * 1_000)
    database = Database(tmp_path / "clinic.db", KEY, SystemClock(), StampCeiling(tmp_path / "ceiling"))
    assert data_of(database, SystemClock()).failure == "wrong_key"
    database.close()


def test_beside_a_database_that_did_not_open_the_reason_stands_for_it(tmp_path: Path) -> None:
    failure = DataFacts(7, failure="wrong_key")
    sources = sources_beside(DataFolder(tmp_path), SystemClock(), failure)
    assert sources.data() == failure
    assert not sources.is_kept_awake()
