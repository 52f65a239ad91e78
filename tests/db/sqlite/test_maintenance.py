"""Checks and copies of the whole file."""

from __future__ import annotations

import shutil
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from db.database import Database, Snapshot, open_at_rest
from db.errors import BackupStopped, StorageBusy, StorageFailed, WrongKey
from db.schema import FULL_TEXT_TABLES, METADATA, RECORD_TABLES
from db.sqlite.connection import connector
from db.sqlite.maintenance import (
    copy_database,
    copy_snapshot,
    copy_under_key,
    count_tables,
    fold_log,
    quick_check,
    table_names,
)
from db.store import Store
from tests.db.rows import KEY, OTHER_KEY, put_rows, row_of, run_python

PATIENT = {"id": "p1", "given_name": "Ada"}


def _names(path: Path, key: bytes = KEY) -> list[str]:
    with closing(connector(path, key, is_reader=True)()) as connection:
        rows = connection.execute("SELECT json_extract(data, '$.given_name') FROM patients ORDER BY id").fetchall()
    return [row[0] for row in rows]


def test_a_sound_file_has_no_faults(database: Database) -> None:
    put_rows(database, "patients", ({"id": f"p{number}"} for number in range(500)))
    with database.read() as snapshot:
        assert quick_check(snapshot) == 0


def test_an_index_that_lacks_its_rows_is_a_fault(store: Store) -> None:
    database = store.database
    put_rows(database, "events", ({"id": f"e{number}", "patient_id": f"p{number}"} for number in range(200)))
    with database.write() as transaction:
        connection = transaction.connection
        connection.exec_driver_sql("PRAGMA writable_schema = ON")
        root = "SELECT rootpage FROM sqlite_master WHERE name = "
        connection.exec_driver_sql(
            f"UPDATE sqlite_master SET rootpage = ({root}'ix_visits_patient_id') WHERE name = 'ix_events_patient_id'"
        )
    database.close()
    again = Database(database.path, KEY, database._clock, database._ceiling)
    with again.read() as snapshot:
        assert quick_check(snapshot) > 0
    again.close()


def test_tables_are_counted_and_a_new_file_has_none(database: Database, tmp_path: Path, store: Store) -> None:
    with database.read() as snapshot:
        names = table_names(snapshot)
        assert count_tables(snapshot) == len(names)
    assert names - set(METADATA.tables) - FULL_TEXT_TABLES == {"alembic_version", "sqlite_sequence"}
    empty = Database(tmp_path / "empty.db", KEY, store.database._clock, store.database._ceiling)
    with empty.read() as snapshot:
        assert count_tables(snapshot) == 0
    empty.close()


def test_a_copy_holds_what_was_committed_and_nothing_else(database: Database, tmp_path: Path) -> None:
    put_rows(database, "patients", [PATIENT])
    target = tmp_path / "copy.db"
    with database.write() as transaction:
        transaction.run(
            RECORD_TABLES["patients"].insert(),
            {"id": "p2", "data": "{}", "local_server_created_at": 1, "local_server_last_modified": 1},
        )
        copy_database(database.path, target, KEY)
    assert _names(target) == ["Ada"]


def test_a_copy_is_one_encrypted_file_under_the_same_key(database: Database, tmp_path: Path) -> None:
    put_rows(database, "patients", [PATIENT])
    folder = tmp_path / "copies"
    folder.mkdir()
    copy_database(database.path, folder / "copy.db", KEY)
    assert [path.name for path in folder.iterdir()] == ["copy.db"]
    assert not (folder / "copy.db").read_bytes().startswith(b"SQLite format 3")
    assert b'"given_name":"Ada"' not in (folder / "copy.db").read_bytes()
    with pytest.raises(Exception, match="not a database"):
        _names(folder / "copy.db", OTHER_KEY)


def test_an_older_copy_and_its_log_are_replaced(database: Database, tmp_path: Path) -> None:
    put_rows(database, "patients", [PATIENT])
    target = tmp_path / "copy.db"
    copy_database(database.path, target, KEY)
    for suffix in ("", "-wal", "-shm"):
        (tmp_path / f"copy.db{suffix}").write_bytes(b"left behind" * 1_000)
    put_rows(database, "patients", [{"id": "p2", "given_name": "Bea"}])
    copy_database(database.path, target, KEY)
    assert _names(target) == ["Ada", "Bea"]


def test_copying_changes_nothing_in_the_file(database: Database, tmp_path: Path) -> None:
    put_rows(database, "patients", [PATIENT])
    copy_database(database.path, tmp_path / "copy.db", KEY)
    put_rows(database, "patients", [PATIENT | {"given_name": "Augusta"}])
    assert row_of(database, "patients", "p1")["given_name"] == "Augusta"
    assert _names(tmp_path / "copy.db") == ["Ada"]


@pytest.mark.skipif(sys.platform == "win32", reason="there a lock belongs to the handle, and stays with it")
def test_copying_does_not_let_go_of_the_locks_on_the_file(database: Database, tmp_path: Path) -> None:
    """SQLite's shared lock is what keeps other processes from taking the write-ahead log away on their way out."""
    assert _is_locked(database.path)
    with database.write():
        copy_database(database.path, tmp_path / "copy.db", KEY)
    assert _is_locked(database.path)


def _is_locked(path: Path) -> bool:
    """Whether SQLite's shared bytes are locked by somebody, as another process sees it."""
    code = (
        "import fcntl, sys\n"
        "with open(sys.argv[1], 'r+b') as file:\n"
        "    try:\n        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)\n"
        "    except BlockingIOError:\n        print('locked')\n"
        "    else:\n        print('free')\n"
    )
    answer = run_python(code, str(path)).stdout.strip()
    assert answer in ("locked", "free")
    return answer == "locked"


def test_a_copy_that_cannot_be_made_is_a_failure_of_storage(database: Database, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        copy_database(database.path, tmp_path / "missing" / "copy.db", KEY)
    with pytest.raises(WrongKey):
        copy_database(database.path, tmp_path / "copy.db", OTHER_KEY)


def test_a_read_of_the_copy_needs_no_write_to_it(database: Database, tmp_path: Path) -> None:
    put_rows(database, "patients", [PATIENT])
    target = tmp_path / "copy.db"
    copy_database(database.path, target, KEY)
    with database.read() as snapshot:
        tables = snapshot.scalar(sa.text("SELECT count(*) FROM sqlite_master"))
    with closing(connector(target, KEY, is_reader=True)()) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == tables


def test_a_copy_of_a_snapshot_is_of_its_moment_whatever_is_written_meanwhile(
    database: Database, tmp_path: Path
) -> None:
    put_rows(database, "patients", ({"id": f"p{n}", "given_name": "Ada", "camp": "x" * 900} for n in range(2_000)))
    target = tmp_path / "copy.db"
    parts: list[float] = []

    def write_meanwhile(part: float) -> None:
        put_rows(database, "patients", [{"id": f"late{len(parts)}", "given_name": "Late"}])
        parts.append(part)

    with database.read() as snapshot:
        snapshot.begin()
        copy_snapshot(snapshot, target, KEY, write_meanwhile)
    assert _names(target) == ["Ada"] * 2_000
    assert len(parts) > 1
    assert parts == sorted(parts)
    assert parts[-1] == 1.0


def test_a_copy_of_a_snapshot_ends_when_its_watcher_wants(database: Database, tmp_path: Path) -> None:
    def stop(part: float) -> None:
        raise BackupStopped

    with database.read() as snapshot, pytest.raises(BackupStopped):
        snapshot.begin()
        copy_snapshot(snapshot, tmp_path / "copy.db", KEY, stop)
    put_rows(database, "patients", [PATIENT])


def test_a_copy_under_another_key_holds_the_same_in_every_table(store: Store, tmp_path: Path) -> None:
    database = store.database
    put_rows(database, "patients", ({"id": f"p{n}", "given_name": "Ada", "surname": f"S{n}"} for n in range(300)))
    put_rows(database, "patients", [{"id": "p1", "given_name": "Augusta"}])
    with database.write() as transaction:
        transaction.connection.exec_driver_sql("INSERT INTO patient_words (rowid, surname) VALUES (7, 'Lovelace')")
    store.close()
    target = tmp_path / "other.db"
    copy_under_key(database.path, KEY, target, OTHER_KEY)
    with open_at_rest(database.path, KEY) as old, open_at_rest(target, OTHER_KEY) as new:
        assert quick_check(new) == 0
        everything = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
        assert _all(new, everything) == _all(old, everything)
        for name in table_names(old):
            assert _all(new, f"SELECT * FROM {name}") == _all(old, f"SELECT * FROM {name}"), name
        found = "SELECT rowid FROM patient_words WHERE patient_words MATCH 'ovel'"
        assert _all(new, found) == _all(old, found) == [(7,)]
    assert b'"given_name":"Ada"' not in target.read_bytes()
    with pytest.raises(WrongKey), open_at_rest(target, KEY) as wrong:
        count_tables(wrong)


def _all(snapshot: Snapshot, statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in snapshot.rows(sa.text(statement))]


def test_a_folded_log_leaves_one_file(database: Database, tmp_path: Path) -> None:
    put_rows(database, "patients", [PATIENT])
    folder = tmp_path / "left"
    shutil.copytree(database.path.parent, folder)  # as after a loss of power
    path = folder / database.path.name
    assert path.with_name(f"{path.name}-wal").stat().st_size > 0
    fold_log(path, KEY)
    assert not list(folder.glob(f"{path.name}-*"))
    with open_at_rest(path, KEY) as snapshot:
        assert _all(snapshot, "SELECT id FROM patients") == [("p1",)]


def test_a_log_that_somebody_uses_is_not_folded(database: Database) -> None:
    put_rows(database, "patients", [PATIENT])
    with pytest.raises(StorageBusy):
        fold_log(database.path, KEY)
    put_rows(database, "patients", [PATIENT | {"given_name": "Augusta"}])
    with pytest.raises(WrongKey):
        fold_log(database.path, OTHER_KEY)
