"""Rounds one at a time, and what came of the last one is remembered (DESIGN §7, CLOUD §2)."""

from __future__ import annotations

import threading

import filelock
import pytest

from db.cloud.state import Halt
from db.errors import CloudBusy, CloudFailure, CloudHalted, CloudInTrouble, CloudKeyRefused, CloudLimitReached
from db.settings import Setting, write_setting
from kiosk.cloud.round import CloudStopped
from kiosk.cloud.service import LOCK_NAME
from tests.fakes.cloud import Call, Cloud, Fault
from tests.fakes.cloud.organisation import HUB
from tests.kiosk.cloud.computer import Computer


def test_a_round_that_went_well_is_remembered(computer: Computer) -> None:
    assert computer.state.last_result == "ok"
    assert computer.state.last_success_ms > 0
    assert not computer.service.activity().is_running


def test_a_failure_is_remembered_by_its_code_and_the_last_success_stays(computer: Computer, cloud: Cloud) -> None:
    success = computer.state.last_success_ms
    cloud.go_offline()
    with pytest.raises(CloudFailure):
        computer.sync()
    assert computer.state.last_result == "cloud_offline"
    assert computer.state.last_success_ms == success


def test_a_key_that_is_refused_stops_the_exchange_and_is_kept(computer: Computer, cloud: Cloud) -> None:
    cloud.edit("devices", HUB, is_deleted=True)
    with pytest.raises(CloudKeyRefused):
        computer.sync()
    assert computer.state.halt == Halt.KEY_REFUSED
    assert computer.access is not None
    with pytest.raises(CloudHalted):
        computer.sync()


def test_a_cloud_whose_database_is_down_says_401_and_is_only_waited_for(computer: Computer, cloud: Cloud) -> None:
    """CLOUD §2 [180, 181]."""
    cloud.change(is_database_down=True)
    with pytest.raises(CloudInTrouble):
        computer.sync()
    assert computer.state.halt == ""
    cloud.change(is_database_down=False)
    computer.sync()
    assert computer.state.last_result == "ok"


def test_a_round_of_another_process_is_not_run_beside(computer: Computer) -> None:
    with filelock.FileLock(computer.folder / LOCK_NAME), pytest.raises(CloudBusy):
        computer.sync()
    computer.sync()


def test_no_more_goes_over_the_line_than_staff_allows(computer: Computer) -> None:
    with computer.database.write() as transaction:
        write_setting(transaction, Setting.CLOUD_DAILY_BYTES, "1")
    with pytest.raises(CloudLimitReached):
        computer.sync()
    assert computer.state.last_result == "cloud_limit_reached"
    computer.clock.advance(24 * 3_600_000)
    computer.sync()


def test_a_round_that_hangs_ends_when_the_program_does_and_is_no_failure(computer: Computer, cloud: Cloud) -> None:
    cloud.fail(Fault.HANG, Call.PULL)
    outcome: list[BaseException] = []
    reached = threading.Event()

    def run() -> None:
        try:
            computer.service.run_round()
        except CloudStopped as stopped:
            outcome.append(stopped)

    connect = computer.service._connect
    computer.service._connect = lambda access: (reached.set(), connect(access))[1]  # type: ignore[assignment]
    thread = threading.Thread(target=run)
    thread.start()
    assert reached.wait(10)
    computer.service.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert len(outcome) == 1
    assert computer.state.last_result == "ok"


def test_connecting_from_the_page_begins_a_round(computer: Computer, cloud: Cloud) -> None:
    computer.service.connect(cloud.url, cloud.api_key, may_replace=False)
    assert computer.service.loop._due
