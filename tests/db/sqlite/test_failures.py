"""What goes wrong with the file reaches the program as its own errors, and never with a value in the text."""

from __future__ import annotations

import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlcipher3 import dbapi2 as sqlcipher

from db.database import Database, Statement, Transaction
from db.errors import DatabaseDamaged, DiskFull, HubError, StorageBusy, StorageFailed, WrongKey
from db.files import DATABASE_NAME
from db.schema import RECORD_TABLES, SETTINGS
from db.settings import Setting, read_setting, write_setting
from db.sqlite.failures import meaning_of
from db.store import Store
from tests.db.rows import KEY, ROOT, put_rows

SECRET = "Hypatia"
PATIENTS = RECORD_TABLES["patients"]
COLUMNS = ("id", "data", "created", "modified", "deleted", "sync", "held", "made")


def _row(record_id: str, data: str | None) -> dict[str, object]:
    values = (record_id, data, 1, 1, None, None, None, None)
    return dict(zip((column.name for column in PATIENTS.columns), values, strict=True))


def _insert(transaction: Transaction, data: str | None) -> None:
    transaction.run(PATIENTS.insert(), _row("p1", data))


def _insert_many(transaction: Transaction, data: str | None) -> None:
    statement = Statement(PATIENTS.insert().values({c.name: sa.bindparam(c.name) for c in PATIENTS.columns}))
    transaction.run_many(statement, [statement.values(_row("p1", data))])


def _whole_story(failure: BaseException) -> str:
    """Everything that a log could hold of it, with what it came from."""
    return "".join(traceback.format_exception(failure)) + repr(failure) + str(getattr(failure, "context", ""))


@contextmanager
def _locked_by_another_process(path: Path) -> Iterator[None]:
    code = (
        "import sys\nfrom pathlib import Path\nfrom db.sqlite.connection import connector\n"
        "connection = connector(Path(sys.argv[1]), bytes(range(32)))()\n"
        "connection.execute('BEGIN IMMEDIATE')\nprint('locked', flush=True)\nsys.stdin.readline()\n"
    )
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        try:
            yield
        finally:
            process.communicate("\n", timeout=30)


def test_a_file_locked_by_another_process_is_busy_and_can_still_be_read(store: Store, folder: Path) -> None:
    put_rows(store.database, "patients", [{"id": "p1"}])
    with store.database.write() as transaction:  # do not wait ten seconds for what will not come
        transaction.connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with _locked_by_another_process(folder / DATABASE_NAME):
        with pytest.raises(StorageBusy), store.database.write() as transaction:
            write_setting(transaction, Setting.SERVER_NAME, "North")
        with store.database.read() as snapshot:
            assert snapshot.scalar(sa.select(PATIENTS.c.id)) == "p1"
    with store.database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, "North")


def test_a_full_disk_stores_nothing_and_the_next_write_works(database: Database) -> None:
    put_rows(database, "patients", [{"id": "p0"}])
    with database.write() as transaction:
        pages = transaction.connection.exec_driver_sql("PRAGMA page_count").scalar()
        transaction.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull) as failed:
        put_rows(database, "patients", ({"id": f"p{n}", "given_name": SECRET * 50} for n in range(1, 500)))
    assert SECRET not in _whole_story(failed.value)
    with database.read() as snapshot:
        assert [row.id for row in snapshot.rows(sa.select(PATIENTS.c.id))] == ["p0"]
    with database.write() as transaction:
        transaction.connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    put_rows(database, "patients", ({"id": f"p{n}"} for n in range(1, 500)))


def test_a_read_only_file_cannot_be_written(database: Database) -> None:
    with database.write() as transaction:
        transaction.connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StorageFailed) as failed, database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, SECRET)
    assert failed.value.context == {"kind": "OperationalError"}
    assert SECRET not in _whole_story(failed.value)


@pytest.mark.parametrize("write", [_insert, _insert_many])
@pytest.mark.parametrize("data", [f'{{"given_name": "{SECRET}"}}', None])
def test_a_broken_rule_of_the_table_says_nothing_of_the_row(
    database: Database, write: Callable[[Transaction, str | None], None], data: str | None
) -> None:
    with pytest.raises(StorageFailed) as failed, database.write() as transaction:
        write(transaction, data)
        write(transaction, data)  # the same id again
    assert failed.value.context == {"kind": "IntegrityError"}
    assert SECRET not in _whole_story(failed.value)
    assert failed.value.__suppress_context__


@pytest.mark.parametrize("write", [_insert, _insert_many])
def test_a_document_that_is_no_json_says_nothing_of_itself(
    database: Database, write: Callable[[Transaction, str | None], None]
) -> None:
    events = RECORD_TABLES["events"]  # its indexes read the document
    with pytest.raises(HubError) as failed, database.write() as transaction:
        transaction.run(events.insert(), _row("e1", f"{{{SECRET}"))
    assert SECRET not in _whole_story(failed.value)
    with database.write() as transaction:
        write(transaction, "{}")  # the connection is fit for use afterwards


def test_a_value_that_no_column_can_hold_says_nothing_of_itself(database: Database) -> None:
    with pytest.raises(HubError) as failed, database.write() as transaction:
        _insert(transaction, {"given_name": SECRET})  # type: ignore[arg-type]
    assert SECRET not in _whole_story(failed.value)


def test_wrong_sql_says_nothing_of_its_values(database: Database) -> None:
    with pytest.raises(StorageFailed) as failed, database.read() as snapshot:
        snapshot.rows(sa.text("SELECT nothing FROM nowhere WHERE x = :secret"), {"secret": SECRET})
    assert SECRET not in _whole_story(failed.value)


def test_after_a_failed_write_nothing_of_it_is_left(database: Database) -> None:
    with pytest.raises(StorageFailed), database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, "never")
        transaction.run(SETTINGS.insert().values(key=Setting.SERVER_NAME.value, value="again"))
    with database.read() as snapshot:
        assert read_setting(snapshot, Setting.SERVER_NAME) is None


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        (sqlcipher.OperationalError("database is locked"), StorageBusy),
        (sqlcipher.OperationalError("database table is locked: patients"), StorageBusy),
        (sqlcipher.OperationalError("database or disk is full"), DiskFull),
        (sqlcipher.DatabaseError("file is not a database"), WrongKey),
        (sqlcipher.DatabaseError("file is encrypted or is not a database"), WrongKey),
        (sqlcipher.DatabaseError("database disk image is malformed"), DatabaseDamaged),
        (sqlcipher.OperationalError("disk I/O error"), StorageFailed),
        (sqlcipher.OperationalError("unable to open database file"), StorageFailed),
        (sqlcipher.IntegrityError("UNIQUE constraint failed: patients.id"), StorageFailed),
        (sqlcipher.InterfaceError("disk is full"), StorageFailed),
        (sa.exc.TimeoutError("QueuePool limit"), StorageBusy),
        (sa.exc.OperationalError("SELECT", {"a": SECRET}, sqlcipher.OperationalError("disk is full")), DiskFull),
    ],
)
def test_each_failure_of_the_driver_has_its_meaning(failure: Exception, meaning: type[HubError]) -> None:
    found = meaning_of(failure)
    assert type(found) is meaning
    assert SECRET not in str(found)


def test_damage_is_told_by_its_kind_whatever_the_text_says() -> None:
    failure = sqlcipher.DatabaseError("vtable constructor failed: patient_words")
    failure.sqlite_errorname = "SQLITE_CORRUPT_VTAB"
    assert isinstance(meaning_of(failure), DatabaseDamaged)


def test_a_folder_that_is_not_there_is_a_failure_of_storage(tmp_path: Path, store: Store) -> None:
    missing = Database(tmp_path / "missing" / DATABASE_NAME, KEY, store.database._clock, store.database._ceiling)
    with pytest.raises(StorageFailed), missing.read() as snapshot:
        snapshot.begin()
    missing.close()
