"""What the pages say of each phone's records: counted in the tables, never by every look at a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from db.cloud.receipts import seen_at
from db.cloud.state import CloudAccess, read_access, write_access
from db.database import Database
from db.store import open_store
from kiosk.background_count import in_background
from kiosk.phone_receipts import PhoneReceipts
from tests.db.cloud.exchange import arrive, new_id
from tests.db.cloud.test_receipts import push
from tests.db.rows import KEY
from tests.fakes.clock import AdjustableClock
from tests.kiosk.background import Background
from tests.polling import eventually
from web.ui.cloud_port import Receipt

PHONE = "phone-1"


@pytest.fixture
def database(made_folder: Path, tmp_path: Path) -> Iterator[Database]:
    folder = shutil.copytree(made_folder, tmp_path / "data")
    store = open_store(folder, KEY, AdjustableClock())
    yield store.database
    store.close()


def connect(database: Database) -> None:
    with database.write() as transaction:
        write_access(transaction, CloudAccess("https://cloud.example", "key", "device", "hub", ()))


def shown(receipts: PhoneReceipts, database: Database) -> Mapping[str, Receipt]:
    """What a look at the page shows."""
    with database.read() as snapshot:
        seen = seen_at(snapshot) if read_access(snapshot) else None
    return receipts.current(seen)


def test_a_phone_s_records_are_counted_while_there_is_a_cloud(database: Database) -> None:
    ids = [new_id(), new_id()]
    push(database, PHONE, *ids)
    background = Background()
    receipts = PhoneReceipts(database, background.begun.append, monotonic=lambda: 0.0)

    def counted() -> Mapping[str, Receipt]:
        shown(receipts, database)
        background.finish()
        return shown(receipts, database)

    assert counted() == {}
    connect(database)
    assert counted() == {PHONE: Receipt(2, 0, 2)}
    arrive(database, "patients", {"id": ids[0]})
    assert counted() == {PHONE: Receipt(2, 1, 1)}


def test_looks_at_the_page_wait_for_no_count_and_begin_one_at_a_time(database: Database) -> None:
    connect(database)
    push(database, PHONE, new_id())
    background = Background()
    receipts = PhoneReceipts(database, background.begun.append)
    assert [shown(receipts, database), shown(receipts, database)] == [{}, {}]
    assert background.finish() == 1
    assert shown(receipts, database) == {PHONE: Receipt(1, 0, 1)}


def test_nothing_is_counted_without_a_cloud_or_without_news(database: Database) -> None:
    push(database, PHONE, new_id())
    background = Background()
    receipts = PhoneReceipts(database, background.begun.append, monotonic=lambda: 0.0)
    shown(receipts, database)
    assert background.finish() == 0
    connect(database)
    shown(receipts, database)
    assert background.finish() == 1
    shown(receipts, database)
    assert background.finish() == 0
    push(database, PHONE, new_id())
    shown(receipts, database)
    assert background.finish() == 1


def test_a_count_that_took_long_is_not_soon_repeated(database: Database) -> None:
    connect(database)
    times = iter([0.0, 0.0, 2.0, 41.9, 42.0, 42.0, 42.0, 99.0])
    background = Background()
    receipts = PhoneReceipts(database, background.begun.append, lambda: next(times))
    shown(receipts, database)
    assert background.finish() == 1
    push(database, PHONE, new_id())
    shown(receipts, database)
    assert background.finish() == 0
    shown(receipts, database)
    assert background.finish() == 1


def test_by_itself_the_count_comes_in_the_background(database: Database) -> None:
    connect(database)
    push(database, PHONE, new_id())
    receipts = PhoneReceipts(database, in_background)
    assert eventually(lambda: shown(receipts, database)) == {PHONE: Receipt(1, 0, 1)}
