"""The program behind the kiosk's pages: it keeps the contract of the fake, and what only the real one can show."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from db.accounts import NewAccount, add_account, find_account, list_accounts
from db.cloud.state import CloudAccess, write_access
from db.errors import AddressUnavailable, AlreadyExists, HubError, InvalidInput, PortTaken
from db.files import UNCLEAN_NAME
from db.records import live_counts
from db.settings import Setting, read_setting
from db.sync_log import SyncEntry, SyncKind, log_sync, recent_syncs
from kiosk import RELEASED_MS
from kiosk.config import DEFAULT_PORT
from kiosk.hub import Hub, build_hub
from kiosk.language import chosen_language
from kiosk.network import LanAddress
from tests.fakes.clock import DAY_MS, YEAR_MS, AdjustableClock
from tests.fakes.network import CABLE, WIFI, FakeNetwork
from tests.kiosk.hubs import LOOPBACK, built_hub, config_of
from tests.web.ui.kiosk_port_contract import FORM, KioskPortContract
from web.ui.ports import KioskPort, Notice, NoticeView, ServingState


class TestKioskControl(KioskPortContract):
    @pytest.fixture
    def port(self, tmp_path: Path) -> Iterator[KioskPort]:
        with built_hub(tmp_path) as hub:
            yield hub.control


@pytest.fixture
def network() -> FakeNetwork:
    return FakeNetwork(WIFI, CABLE)


@pytest.fixture
def hub(tmp_path: Path, network: FakeNetwork) -> Iterator[Hub]:
    with built_hub(tmp_path, addresses=network) as hub:
        yield hub


@pytest.fixture
def serving(hub: Hub) -> Hub:
    hub.control.complete_first_run(FORM)
    return hub


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as other:
        yield other.getsockname()[1]


def add_by_command(hub: Hub) -> None:
    add_account(hub.store.database, NewAccount("nurse@example.org", "Nour", "long enough"), "command")


def names_in(hub: Hub) -> tuple[list[str], str | None]:
    """Who may sign in, and the server's stored name."""
    with hub.store.database.read() as snapshot:
        return [account.name for account in list_accounts(snapshot)], read_setting(snapshot, Setting.SERVER_NAME)


# First run


def test_before_the_first_run_that_is_all_the_page_says_whatever_the_listener_does(hub: Hub, taken: int) -> None:
    hub.control.start_serving()
    assert hub.control.status().state is ServingState.FIRST_RUN
    with pytest.raises(PortTaken):
        hub.control.change_port(taken)
    assert hub.control.status().state is ServingState.FIRST_RUN


def test_the_first_run_makes_an_administrator_of_the_clinic(serving: Hub) -> None:
    with serving.store.database.read() as snapshot:
        account = find_account(snapshot, FORM.email)
    assert account is not None
    assert (account.name, account.role, account.clinic_name) == (FORM.staff_name, "admin", FORM.clinic_name)
    assert serving.control.server_name() == FORM.server_name


def test_a_second_first_run_is_refused_and_changes_nothing(serving: Hub) -> None:
    with pytest.raises(AlreadyExists):
        serving.control.complete_first_run(replace(FORM, server_name="Other", email="other@example.org"))
    assert names_in(serving) == ([FORM.staff_name], FORM.server_name)


def test_of_two_first_runs_at_once_one_is_made(hub: Hub) -> None:
    refused: list[HubError] = []

    def run(number: int) -> None:
        try:
            hub.control.complete_first_run(replace(FORM, email=f"{number}@example.org"))
        except HubError as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [type(error) for error in refused] == [AlreadyExists]
    assert len(names_in(hub)[0]) == 1


def test_a_refused_first_run_leaves_nothing_behind(hub: Hub) -> None:
    with pytest.raises(InvalidInput):
        hub.control.complete_first_run(replace(FORM, password="abc"))
    assert names_in(hub) == ([], None)
    with hub.store.database.read() as snapshot:
        assert live_counts(snapshot).get("clinics", 0) == 0


def test_a_first_run_on_a_taken_port_is_kept_and_tells_of_the_port(tmp_path: Path, taken: int) -> None:
    with built_hub(tmp_path, port=taken) as hub:
        with pytest.raises(PortTaken):
            hub.control.complete_first_run(FORM)
        assert names_in(hub) == ([FORM.staff_name], FORM.server_name)
        assert hub.control.status().state is ServingState.PORT_TAKEN


# Serving


def test_without_any_network_the_page_says_so(serving: Hub, network: FakeNetwork) -> None:
    network.join()
    status = serving.control.status()
    assert (status.state, status.phone_url, status.addresses) == (ServingState.NO_NETWORK, None, ())


def test_the_address_for_phones_is_told_only_while_they_are_served(serving: Hub) -> None:
    port = serving.listener.state.port
    assert serving.control.phones_url() == serving.control.status().phone_url == f"http://{WIFI.ip}:{port}"
    serving.control.stop_serving()
    assert serving.control.phones_url() is None
    serving.control.start_serving()
    assert serving.control.phones_url() == f"http://{WIFI.ip}:{port}"


def test_whoever_keeps_the_address_for_others_is_told_that_it_may_have_changed(serving: Hub) -> None:
    control, port = serving.control, serving.listener.state.port
    actions = (
        control.stop_serving,
        control.start_serving,
        lambda: control.choose_address(CABLE.ip),
        lambda: control.change_port(port),
        control.quit_server,
    )
    for action in actions:
        control.changed.clear()
        action()
        assert control.changed.is_set()


def test_a_taken_port_is_told_with_its_holder_and_a_way_out(serving: Hub, taken: int) -> None:
    with pytest.raises(PortTaken):
        serving.control.change_port(taken)
    status = serving.control.status()
    assert (status.state, status.port) == (ServingState.PORT_TAKEN, taken)
    assert status.port_holder == psutil.Process(os.getpid()).name()
    assert status.free_port is not None
    with pytest.raises(PortTaken):
        serving.control.start_serving()
    serving.control.change_port(status.free_port)
    assert serving.control.status().state is ServingState.SERVING


def test_a_changed_port_is_listened_on_and_remembered(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        chosen = probe.getsockname()[1]
    with built_hub(tmp_path) as hub:
        hub.control.complete_first_run(FORM)
        hub.control.change_port(chosen)
        socket.create_connection((LOOPBACK, chosen), timeout=5).close()
        assert hub.control.status().port == chosen
    with built_hub(tmp_path, port=None) as hub:
        assert hub.listener.state.port == chosen


def test_a_port_that_was_taken_is_not_remembered(tmp_path: Path, taken: int) -> None:
    with built_hub(tmp_path) as hub, pytest.raises(PortTaken):
        hub.control.change_port(taken)
    with built_hub(tmp_path, port=None) as hub:
        assert hub.listener.state.port == DEFAULT_PORT


@pytest.mark.parametrize("port", [0, 80, 1023, 65_536, -1])
def test_a_port_that_is_none_or_needs_an_administrator_is_refused(serving: Hub, port: int) -> None:
    before = serving.listener.state
    with pytest.raises(InvalidInput):
        serving.control.change_port(port)
    assert serving.listener.state == before


# Addresses


def test_the_chosen_address_is_shown_and_remembered(tmp_path: Path, network: FakeNetwork) -> None:
    with built_hub(tmp_path, addresses=network) as hub:
        hub.control.complete_first_run(FORM)
        hub.control.choose_address(CABLE.ip)
        assert [address.ip for address in hub.control.status().addresses if address.is_chosen] == [CABLE.ip]
    with built_hub(tmp_path, addresses=network) as hub:
        hub.control.start_serving()
        assert hub.control.status().phone_url == f"http://{CABLE.ip}:{hub.listener.state.port}"


def test_a_new_address_is_told_with_the_old_one_until_it_is_dismissed(serving: Hub, network: FakeNetwork) -> None:
    new = LanAddress("192.168.1.99", WIFI.interface)
    network.join(new, CABLE)
    status = serving.control.status()
    assert NoticeView(Notice.ADDRESS_CHANGED, {"old": WIFI.ip, "new": new.ip}) in status.notices
    assert status.phone_url == f"http://{new.ip}:{status.port}"
    serving.control.dismiss(Notice.ADDRESS_CHANGED)
    assert Notice.ADDRESS_CHANGED not in {view.notice for view in serving.control.status().notices}
    network.join(WIFI, CABLE)
    assert NoticeView(Notice.ADDRESS_CHANGED, {"old": new.ip, "new": WIFI.ip}) in serving.control.status().notices


def test_a_cable_that_is_out_for_a_moment_changes_no_address(serving: Hub, network: FakeNetwork) -> None:
    network.join()
    assert Notice.ADDRESS_CHANGED not in {view.notice for view in serving.control.status().notices}
    network.join(WIFI, CABLE)
    assert Notice.ADDRESS_CHANGED not in {view.notice for view in serving.control.status().notices}


def test_an_address_change_is_told_where_the_accounts_came_by_the_command_line(hub: Hub, network: FakeNetwork) -> None:
    add_by_command(hub)
    hub.control.start_serving()
    assert hub.control.status().phone_url == f"http://{WIFI.ip}:{hub.listener.state.port}"
    network.join(CABLE)
    assert NoticeView(Notice.ADDRESS_CHANGED, {"old": WIFI.ip, "new": CABLE.ip}) in hub.control.status().notices


def test_an_address_of_another_computer_cannot_be_chosen(serving: Hub) -> None:
    with pytest.raises(AddressUnavailable):
        serving.control.choose_address("192.168.1.8")
    assert serving.control.status().phone_url == f"http://{WIFI.ip}:{serving.listener.state.port}"


# Notices, language, quitting


def test_the_warning_about_the_key_stays_away_once_it_was_read(tmp_path: Path) -> None:
    with built_hub(tmp_path) as hub:
        assert NoticeView(Notice.KEY_IN_FILE) in hub.control.status().notices
        hub.control.dismiss(Notice.KEY_IN_FILE)
        assert hub.control.status().notices == ()
    with built_hub(tmp_path) as hub:
        assert hub.control.status().notices == ()


def test_each_unclean_stop_is_told_anew(tmp_path: Path) -> None:
    for _ in range(2):
        with built_hub(tmp_path):
            pass
        (tmp_path / UNCLEAN_NAME).touch()
        with built_hub(tmp_path) as hub:
            assert NoticeView(Notice.UNCLEAN_STOP_CHECKED) in hub.control.status().notices
            hub.control.dismiss(Notice.UNCLEAN_STOP_CHECKED)
            assert NoticeView(Notice.UNCLEAN_STOP_CHECKED) not in hub.control.status().notices


def test_the_chosen_language_is_kept_where_the_window_finds_it(hub: Hub) -> None:
    hub.control.set_language("es")
    assert chosen_language(hub.config.folder) == "es"


def test_quitting_is_a_wish_that_the_process_sees(hub: Hub) -> None:
    assert not hub.control.quit_requested.is_set()
    hub.control.quit_server()
    assert hub.control.quit_requested.is_set()


def test_a_server_without_a_name_goes_by_the_computers(hub: Hub) -> None:
    assert hub.control.status().server_name == hub.control.server_name() != ""


def test_a_computer_that_begins_with_the_cloud_takes_its_name_and_serves_without_an_account(hub: Hub) -> None:
    with hub.store.database.write() as transaction:
        write_access(transaction, CloudAccess("https://cloud.example", "key", "device", "Reception", ()))
    hub.control.begin_with_cloud()
    status = hub.control.status()
    assert status.state in (ServingState.SERVING, ServingState.NO_NETWORK)
    assert status.server_name == "Reception"


# Retention


def test_what_is_old_is_forgotten_but_not_by_a_clock_that_may_be_wrong(tmp_path: Path) -> None:
    clock = AdjustableClock(RELEASED_MS + DAY_MS)
    hub = build_hub(config_of(tmp_path), clock)
    try:
        database = hub.store.database
        with database.write() as transaction:
            log_sync(transaction, SyncEntry(SyncKind.PULL, "first", "d1", "u1"))

        def lines() -> int:
            with database.read() as snapshot:
                return len(recent_syncs(snapshot, 10))

        clock.jump(20 * YEAR_MS)
        hub.control.forget_old()
        assert lines() == 1
        clock.jump(-18 * YEAR_MS)
        hub.control.forget_old()
        assert lines() == 0
    finally:
        hub.stop()
