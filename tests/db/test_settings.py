"""Settings: kept in the file, replaced when set again, unknown ones of other releases left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from db.database import Database
from db.schema import SETTINGS
from db.settings import Setting, read_setting, read_settings, write_setting
from db.store import Store, open_store
from tests.db.rows import KEY
from tests.fakes.clock import AdjustableClock


def test_a_setting_that_was_never_set_is_none(database: Database) -> None:
    with database.read() as snapshot:
        assert read_setting(snapshot, Setting.SERVER_NAME) is None


def test_setting_it_again_replaces_the_value(database: Database) -> None:
    for value in ("North Clinic", "عيادة الشمال"):
        with database.write() as transaction:
            write_setting(transaction, Setting.SERVER_NAME, value)
    with database.read() as snapshot:
        assert read_setting(snapshot, Setting.SERVER_NAME) == "عيادة الشمال"
        assert snapshot.scalar(sa.select(sa.func.count()).where(SETTINGS.c.key == "server_name")) == 1


def test_an_empty_value_is_a_value(database: Database) -> None:
    with database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, "")
    with database.read() as snapshot:
        assert read_setting(snapshot, Setting.SERVER_NAME) == ""


def test_settings_survive_a_restart(store: Store, folder: Path, clock: AdjustableClock) -> None:
    with store.database.write() as transaction:
        write_setting(transaction, Setting.PHONE_PORT, "4001")
    store.close()
    again = open_store(folder, KEY, clock)
    with again.database.read() as snapshot:
        assert read_setting(snapshot, Setting.PHONE_PORT) == "4001"
    again.close()


def test_a_setting_is_taken_back_with_its_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, "never")
        raise ZeroDivisionError
    with database.read() as snapshot:
        assert read_setting(snapshot, Setting.SERVER_NAME) is None


def test_reading_all_skips_settings_of_other_releases(database: Database) -> None:
    with database.write() as transaction:
        transaction.run(SETTINGS.insert().values(key="of_a_later_release", value="1"))
        write_setting(transaction, Setting.SERVER_NAME, "North Clinic")
    with database.read() as snapshot:
        found = read_settings(snapshot)
    assert found[Setting.SERVER_NAME] == "North Clinic"
    assert set(found) == {Setting.SERVER_ID, Setting.TOKEN_KEY, Setting.HUB_PRIVATE_KEY, Setting.SERVER_NAME}
