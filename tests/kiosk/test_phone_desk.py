"""What staff decides about phones: the contract of the pages' fake, and what only a database can show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.accounts import NewAccount, add_account
from db.database import Database
from db.devices import find_device_and_user
from db.pairing import knock, pairing_open_until
from db.scope import PhoneScope, read_phone_scope
from db.store import open_store
from db.sync_log import SyncKind, recent_syncs
from kiosk.phone_desk import PhoneDesk, phone_view
from tests.db.caller import patient
from tests.db.holding_phone import HoldingPhone
from tests.db.rows import KEY
from tests.fakes.clock import AdjustableClock
from tests.web.ui.phones_port_contract import ADDRESS, PhonesPortContract, PhonesUnderTest


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    store = open_store(tmp_path, KEY, AdjustableClock())
    yield store.database
    store.close()


def knocks(database: Database, device_id: str) -> None:
    with database.write() as transaction:
        knock(transaction, device_id.removeprefix("hub-"), name=None, address=ADDRESS)


def is_open(database: Database) -> bool:
    with database.read() as snapshot:
        return pairing_open_until(snapshot, AdjustableClock().now_ms()) is not None


class TestPhoneDesk(PhonesPortContract):
    @pytest.fixture
    def phones(self, database: Database) -> PhonesUnderTest:
        return PhonesUnderTest(
            PhoneDesk(database), lambda device_id: knocks(database, device_id), lambda: is_open(database)
        )


def test_every_decision_is_in_the_log_as_of_the_window(database: Database) -> None:
    desk = PhoneDesk(database)
    knocks(database, "hub-1")
    for decide in (desk.approve, desk.block, desk.revoke):
        decide("hub-1")
    with database.read() as snapshot:
        lines = [each.entry for each in recent_syncs(snapshot, 10) if each.entry.kind is SyncKind.DEVICE]
    assert [(line.action, line.channel, line.device_id) for line in reversed(lines)] == [
        ("paired", "window", "hub-1"),
        ("blocked", "window", "hub-1"),
        ("revoked", "window", "hub-1"),
    ]


def test_before_a_phone_is_given_up_staff_sees_what_it_sent_last(database: Database) -> None:
    phone = HoldingPhone(database, "nurse", "1")
    phone.sync({"patients": {"created": [patient("p1"), patient("p2")], "updated": [], "deleted": []}})
    phone.pull()
    sent = PhoneDesk(database).details("hub-1").last_sent
    assert sent is not None
    assert sent.counts == {"patients": 2}


def test_what_phones_receive_is_chosen(database: Database) -> None:
    PhoneDesk(database).choose_scope(PhoneScope.VIEWABLE)
    with database.read() as snapshot:
        assert read_phone_scope(snapshot) is PhoneScope.VIEWABLE


@pytest.mark.parametrize("is_known", [True, False])
def test_a_phone_of_a_user_without_a_name_here_is_still_somebody_s(database: Database, is_known: bool) -> None:
    account = add_account(database, NewAccount("nurse@example.org", "Nour", "secret-1"), "command")
    HoldingPhone(database, account.id if is_known else "a user of earlier", "1").pull()
    with database.read() as snapshot:
        device = find_device_and_user(snapshot, "hub-1")
    assert device is not None
    assert phone_view(device).user_name == ("Nour" if is_known else "?")
