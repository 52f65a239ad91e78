"""The program behind the page "Check this computer" keeps the contract of the fake, and what only it can show."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.errors import PortTaken, StorageBusy
from db.health import check_and_note
from kiosk.doctor.desk import VISITS_SHOWN_MS, CheckDesk, PhoneProof
from kiosk.doctor.facts import DataFacts
from kiosk.doctor.local_probes import LocalProbes
from kiosk.doctor.sources import sources_inside
from kiosk.hub import Hub
from kiosk.network import LanAddress
from tests.fakes.clock import START_MS, AdjustableClock
from tests.fakes.network import WIFI
from tests.fakes.probes import FakeProbes
from tests.kiosk.hubs import LOOPBACK, built_hub
from tests.polling import eventually
from tests.web.ui.check_port_contract import CheckPortContract, finished
from tests.web.ui.kiosk_port_contract import FORM
from web.phone.visits import Visits
from web.ui.check_port import CheckPort, Cure, PhoneTest

URL = f"http://{WIFI.ip}:4001"


class World:
    """Everything around the desk."""

    def __init__(self) -> None:
        self.clock = AdjustableClock()
        self.visits = Visits(self.clock)
        self.probes = FakeProbes()
        self.url: str | None = URL
        self.started: list[str] = []
        self.checked: list[int] = []
        self.slow_cures: dict[Cure, Callable[[], object]] = {Cure.CHECK_DATABASE: lambda: self.checked.append(1)}

    def desk(self, **cures: Callable[[str], None]) -> CheckDesk:
        proof = PhoneProof(self.visits, self.clock, lambda: self.url, lambda: (WIFI,))
        known = {Cure.START_SERVING: self.started.append, **{Cure(name): cure for name, cure in cures.items()}}
        return CheckDesk(lambda: self.probes, known, self.slow_cures, proof, self.clock, "linux")


@pytest.fixture
def world() -> World:
    return World()


class TestCheckDesk(CheckPortContract):
    @pytest.fixture
    def port(self, tmp_path: Path) -> Iterator[CheckPort]:
        with built_hub(tmp_path) as hub:
            hub.control.complete_first_run(FORM)
            desk = _desk_of(hub)
            yield desk
            finished(desk)


def _desk_of(hub: Hub) -> CheckDesk:
    def addresses() -> tuple[LanAddress, ...]:
        return (LanAddress(LOOPBACK, "-"),)

    clock, database = AdjustableClock(), hub.store.database
    sources = sources_inside(hub.config.folder, clock, database, addresses, lambda: hub.listener.state, lambda: False)
    cures = {Cure.START_SERVING: lambda _: hub.control.start_serving()}
    proof = PhoneProof(Visits(clock), clock, hub.control.phones_url, addresses)
    slow_cures = {Cure.CHECK_DATABASE: lambda: check_and_note(database)}
    return CheckDesk(lambda: LocalProbes(sources), cures, slow_cures, proof, clock, "linux")


def test_findings_are_shown_while_the_rest_is_still_looked_for(world: World) -> None:
    let_go = threading.Event()
    world.probes.data = lambda: (let_go.wait(), None)[1]  # type: ignore[method-assign]
    desk = world.desk()
    desk.begin()
    view = eventually(lambda: view if (view := desk.view()).done else None)
    assert view.is_running
    assert 0 < view.done < view.total
    let_go.set()
    assert finished(desk).done == view.total


def test_a_cure_is_done_with_its_value_and_then_all_is_checked_again(world: World) -> None:
    desk = world.desk()
    desk.cure(Cure.START_SERVING, "4002")
    assert world.started == ["4002"]
    assert finished(desk).finished_ms == START_MS


def test_a_cure_that_fails_is_told_and_all_is_checked_again(world: World) -> None:
    def fail(value: str) -> None:
        raise PortTaken(port=4002)

    desk = world.desk(use_free_port=fail)
    with pytest.raises(PortTaken):
        desk.cure(Cure.USE_FREE_PORT, "4002")
    assert finished(desk).finished_ms is not None


def test_only_what_is_there_is_offered(world: World) -> None:
    assert world.desk().view().offered == {Cure.START_SERVING, Cure.CHECK_DATABASE}
    assert Cure.SYNC_NOW in world.desk(sync_now=lambda _: None).view().offered


def test_the_database_is_checked_before_everything_else_is(world: World) -> None:
    desk = world.desk()
    desk.cure(Cure.CHECK_DATABASE)
    assert finished(desk).done > 0
    assert world.checked == [1]


def test_a_slow_cure_that_fails_keeps_nothing_from_being_checked(world: World) -> None:
    def fail() -> None:
        raise StorageBusy

    world.slow_cures[Cure.BACK_UP_NOW] = fail
    desk = world.desk()
    desk.cure(Cure.BACK_UP_NOW)
    view = finished(desk)
    assert view.done == view.total > 0


# The proof by a phone


def test_a_phone_is_shown_with_its_address_and_whether_it_came_by_the_code(world: World) -> None:
    desk = world.desk()
    test = desk.view().phone_test
    assert test.url == URL
    code = re.fullmatch(rf"{re.escape(URL)}/\?code=([A-Z2-9]{{4}})", str(test.url_with_code))
    assert code
    world.visits.note("192.168.1.20", code[1])
    world.clock.advance(1_000)
    world.visits.note("192.168.1.21", "AAAA1")
    visits = desk.view().phone_test.visits
    assert [(visit.address, visit.has_code) for visit in visits] == [("192.168.1.21", False), ("192.168.1.20", True)]


def test_this_computers_own_browser_proves_nothing(world: World) -> None:
    world.visits.note("127.0.0.1", "")
    world.visits.note(WIFI.ip, "")
    assert world.desk().view().phone_test.visits == ()


def test_what_was_long_ago_is_not_shown(world: World) -> None:
    world.visits.note("192.168.1.20", "")
    world.clock.advance(VISITS_SHOWN_MS + 1)
    assert world.desk().view().phone_test.visits == ()


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:4001"])
def test_where_no_phone_can_come_there_is_no_address(world: World, url: str | None) -> None:
    world.url = url
    assert world.desk().view().phone_test == PhoneTest(None, None, ())


def test_the_facts_are_measured_anew_in_each_run(world: World) -> None:
    desk = world.desk()
    desk.begin()
    first = {finding.name: finding.reason for finding in finished(desk).findings}
    world.probes.data_facts = DataFacts(START_MS, failure="wrong_key")
    desk.begin()
    second = {finding.name: finding.reason for finding in finished(desk).findings}
    assert (first["database"], second["database"]) == ("sound", "cannot_open")
