"""The facts of this very computer and those of the fake one are of the same kinds, and all checks can judge them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from db.errors import WrongKey
from db.store import Store, open_store
from kiosk.doctor.checklist import CHECKS
from kiosk.doctor.database_facts import read_data_facts
from kiosk.doctor.facts import DataFacts, PortFacts, ReachFacts, SleepFacts
from kiosk.doctor.local_probes import LocalProbes, Sources
from kiosk.doctor.probes import Probes
from kiosk.doctor.runner import run_checks
from kiosk.network import remember_address
from kiosk.paths import DataFolder
from tests.db.rows import KEY
from tests.fakes.clock import AdjustableClock
from tests.fakes.computer import FakeComputer
from tests.fakes.network import WIFI, FakeNetwork
from tests.fakes.probes import FakeProbes
from tests.kiosk.hubs import built_hub
from web.ui.check_port import Verdict

METHODS = [name for name in vars(Probes) if not name.startswith("_")]


class Clinic:
    """A data folder with a database, and what its probes ask."""

    def __init__(self, root: Path, store: Store) -> None:
        self.folder = DataFolder(root)
        self.computer = FakeComputer()
        self.network = FakeNetwork(WIFI)
        self.port = PortFacts(has_server=True, is_listening=False, is_taken=False, port=4001)
        self.is_kept_awake = False
        self.store = store
        self.reads = 0

    def probes(self) -> LocalProbes:
        return LocalProbes(
            Sources(
                self.folder,
                AdjustableClock(),
                self.computer,
                self.network,
                lambda: self.port,
                self._read,
                lambda: self.is_kept_awake,
            )
        )

    def _read(self) -> DataFacts:
        self.reads += 1
        return read_data_facts(self.store.database, AdjustableClock().now_ms())


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    store = open_store(tmp_path, KEY, AdjustableClock())
    yield Clinic(tmp_path, store)
    store.close()


@pytest.fixture(params=["real", "fake"])
def probes(request: pytest.FixtureRequest, clinic: Clinic) -> Probes:
    return clinic.probes() if request.param == "real" else FakeProbes()


@pytest.mark.parametrize("name", METHODS)
def test_each_fact_is_of_its_kind(probes: Probes, name: str) -> None:
    kinds = get_args(get_type_hints(getattr(Probes, name))["return"])
    assert isinstance(getattr(probes, name)(), kinds)


def test_every_check_can_judge_the_facts(probes: Probes) -> None:
    findings = run_checks(probes)
    assert len(findings) == len(CHECKS)
    assert "failed" not in {finding.reason for finding in findings}
    assert "timed_out" not in {finding.reason for finding in findings}


def test_what_several_checks_need_is_measured_once(clinic: Clinic) -> None:
    run_checks(clinic.probes())
    assert clinic.reads == 1


def test_a_database_that_cannot_be_read_is_tried_once(clinic: Clinic) -> None:
    tries: list[int] = []

    def refuse() -> DataFacts:
        tries.append(1)
        raise WrongKey

    sources = Sources(
        clinic.folder, AdjustableClock(), clinic.computer, clinic.network, lambda: clinic.port, refuse, lambda: False
    )
    findings = run_checks(LocalProbes(sources))
    assert len(tries) == 1
    assert {each.verdict for each in findings if each.name in ("database", "outbox", "clock")} == {Verdict.UNKNOWN}


def test_the_network_is_told_with_the_address_phones_know(clinic: Clinic) -> None:
    assert not clinic.probes().network().was_told
    remember_address(clinic.folder, WIFI)
    network = clinic.probes().network()
    assert (network.was_told, network.chosen, network.changed_from) == (True, WIFI, None)


def test_the_firewall_is_asked_about_the_port_of_the_phones(clinic: Clinic) -> None:
    clinic.port = PortFacts(has_server=True, is_listening=False, is_taken=False, port=4007)
    clinic.probes().firewall()
    assert clinic.computer.asked_port == 4007


def test_nobody_is_connected_to_where_nothing_listens(clinic: Clinic) -> None:
    assert clinic.probes().reach() == ReachFacts(is_listening=False)


def test_a_server_that_listens_is_connected_to_at_each_address(tmp_path: Path, clinic: Clinic) -> None:
    with built_hub(tmp_path / "served") as hub:
        hub.control.start_serving()
        port = hub.listener.state.port
        clinic.port = PortFacts(has_server=True, is_listening=True, is_taken=False, port=port)
        clinic.network.join(*hub.control._addresses())
        assert clinic.probes().reach().reached == ("127.0.0.1",)


def test_sleep_is_told_as_the_system_and_this_program_have_it(clinic: Clinic) -> None:
    assert clinic.probes().sleep() == SleepFacts(0, is_kept_awake=False)
    clinic.computer.sleeps_after, clinic.is_kept_awake = None, True
    assert clinic.probes().sleep() == SleepFacts(None, is_kept_awake=True)


def test_facts_may_be_asked_for_in_many_threads(clinic: Clinic) -> None:
    probes = clinic.probes()
    threads = [threading.Thread(target=probes.data) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert clinic.reads == 1
