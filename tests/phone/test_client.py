"""The test phones from outside, tried against the stand-in: what goes wrong on the way, pauses, clocks, connections.

Knows nothing of the real server.
"""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from tests.phone.client import DriverFailedError, PhoneDriver
from tests.phone.conftest import OpenPhone
from tests.phone.convergence import differences
from tests.phone.standin import StandIn, reply


def test_phones_that_differ_are_told_apart(library_phone: OpenPhone) -> None:
    first, second = library_phone(), library_phone()
    for phone, name in ((first, "Amal"), (second, "Amira")):
        phone.create("patients", "p1", given_name=name, created_at=5, updated_at=5)
    second.create("visits", "v1")
    assert differences([first, second]) == [
        ("patients", "p1", "given_name", "Amal", "Amira"),
        ("visits", "v1", "row", False, True),
    ]


def test_stored_data_and_marks_outlive_the_app(library_phone: OpenPhone, legacy_phone: OpenPhone) -> None:
    phones = [library_phone(), legacy_phone()]
    for phone in phones:
        phone.create("patients", phone.name, given_name="Amal")
        mark = phone.sync().timestamp
        phone.reopen()
        row = phone.row("patients", phone.name)
        assert row is not None
        assert row["given_name"] == "Amal"
        assert phone.sync().since == mark


def test_a_lost_pull_reply_leaves_the_phone_as_it_was(library_phone: OpenPhone) -> None:
    writer, reader = library_phone(), library_phone()
    writer.create_many("patients", [{"given_name": f"n{n}" * 50} for n in range(300)])
    writer.sync()
    for way in ("reply", "middle"):
        outcome = reader.sync(lose_pull=way)
        assert not outcome.ok
        assert reader.rows("patients") == {}
        assert reader.sync(lose_pull=way).since == 0
    assert reader.sync().ok
    assert len(reader.rows("patients")) == 300


def test_a_lost_push_reply_means_stored_there_and_unsynced_here(library_phone: OpenPhone, server: StandIn) -> None:
    phone = library_phone()
    phone.create("patients", "p1", given_name="Amal")
    outcome = phone.sync(lose_push="reply")
    assert not outcome.ok
    assert not outcome.has_pushed
    assert phone.has_unsynced()
    assert server.store.tables["patients"]["p1"].row["given_name"] == "Amal"


def test_a_push_that_breaks_off_reaches_the_server_in_part(library_phone: OpenPhone, server: StandIn) -> None:
    phone = library_phone()
    phone.create("patients", "p1", given_name="Amal")
    outcome = phone.sync(lose_push="request")
    assert not outcome.ok
    assert phone.sync().ok
    assert len(server.store.tables["patients"]) == 1


def test_something_can_happen_between_pull_and_push(library_phone: OpenPhone, server: StandIn) -> None:
    first, second = library_phone(), library_phone()
    first.create("patients", "p1", given_name="Amal")
    paused = first.start_sync()
    assert paused.is_paused
    assert [one.method for one in server.received] == ["GET"]
    with pytest.raises(DriverFailedError, match="in the middle of a sync"):
        first.sync()
    second.create("patients", "p2", given_name="Amira")
    assert second.sync().ok
    first.update("patients", "p1", surname="while the push is under way")
    assert first.finish_sync().ok
    assert first.has_unsynced()


def test_a_sync_without_anything_to_push_does_not_pause(library_phone: OpenPhone) -> None:
    phone = library_phone()
    outcome = phone.start_sync()
    assert not outcome.is_paused
    assert outcome.ok
    assert phone.sync().ok


def test_complaints_belong_to_the_phone_that_met_the_fault(library_phone: OpenPhone, server: StandIn) -> None:
    harmed, other = library_phone(), library_phone()
    server.canned = [reply("patients", updated=[{"id": "p1"}])]
    other.start_sync()
    server.canned = [reply("nonsense", created=[{"id": "n1"}])]
    outcome = harmed.sync()
    assert outcome.ok
    assert len(outcome.complaints) == 1
    assert "nonsense" in outcome.complaints[0]
    assert [("it doesn't exist locally" in line) for line in other.finish_sync().complaints] == [True]


def test_each_phone_has_its_own_clock(library_phone: OpenPhone) -> None:
    right, ahead = library_phone(), library_phone()
    ahead.set_clock(3_600_000)
    stamps = []
    for phone in (right, ahead):
        phone.create("patients", "p1")
        phone.update("patients", "p1", given_name="Amal")
        row = phone.row("patients", "p1")
        assert row is not None
        stamps.append((row["created_at"], row["updated_at"]))
    assert 3_500_000 < stamps[1][0] - stamps[0][0] < 3_700_000
    assert 3_500_000 < stamps[1][1] - stamps[0][1] < 3_700_000


def test_each_phone_has_its_own_connection(library_phone: OpenPhone, server: StandIn) -> None:
    first, second = library_phone(), library_phone()
    for phone in (first, second, first, second):
        phone.sync()
    one, other, one_again, other_again = (received.connection for received in server.received)
    assert one == one_again != other == other_again


def test_many_phones_sync_at_the_same_time(library_phone: OpenPhone, driver: PhoneDriver) -> None:
    phones = [library_phone() for _ in range(20)]
    for phone in phones:
        phone.create("patients", given_name=phone.name)
    assert all(outcome.ok for outcome in driver.sync_together(phones))
    driver.sync_together(phones)
    assert differences(phones) == []


def test_credentials_go_out_as_http_basic(driver: PhoneDriver) -> None:
    with StandIn(("nurse@clinic", "pass:wört")) as server:
        phone = driver.open("with password", server.url, credentials=("nurse@clinic", "pass:wört"))
        assert phone.sync().ok
        phone.connect(credentials=("nurse@clinic", "wrong"))
        outcome = phone.sync()
        assert (outcome.ok, outcome.status) == (False, 401)


def test_bodies_are_kept_when_asked_for(library_phone: OpenPhone) -> None:
    phone = library_phone()
    phone.create("patients", given_name="😀")
    pull, push = phone.sync(keep_bodies=True).exchanges
    assert pull.reply is not None
    assert "timestamp" in pull.reply
    assert push.request is not None
    assert "😀" in push.request


@pytest.mark.parametrize(
    ("table", "values", "reason"),
    [
        ("nonsense", {}, "no table nonsense"),
        ("patients", {"nonsense": 1}, "no column patients.nonsense"),
        ("patients", {"given_name": 1}, "cannot hold 1"),
    ],
)
def test_a_fault_of_the_test_itself_is_said_aloud(
    library_phone: OpenPhone, table: str, values: dict[str, object], reason: str
) -> None:
    with pytest.raises(DriverFailedError, match=reason):
        library_phone().create(table, **values)


def test_a_server_that_is_not_there_fails_the_sync_only(driver: PhoneDriver) -> None:
    with StandIn() as server:
        url = server.url
    outcome = driver.open("without server", url).sync()
    assert not outcome.ok
    assert outcome.status is None
    assert "ECONNREFUSED" in (outcome.error or "")


def test_missing_packages_are_said_aloud_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DriverFailedError, match="run make test"):
        PhoneDriver(tmp_path)


def test_a_phones_process_that_died_is_said_aloud() -> None:
    with PhoneDriver() as driver:
        psutil.Process(driver.pid).kill()
        with pytest.raises(DriverFailedError, match="process is gone"):
            driver.call("schema")
