"""The file on the disk is unreadable without the key, and every connection is set up to lose nothing."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from db.database import Database
from db.errors import StorageFailed
from db.files import DATABASE_NAME
from db.sqlite.connection import BUSY_TIMEOUT_MS, at_rest_connector, connector, key_literal, open_blank
from db.store import Store
from tests.db.rows import KEY, OTHER_KEY, put_rows, run_python

SECRET = "Hypatia of Alexandria"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "some.db"
    with closing(connector(made, KEY)()) as connection:
        connection.execute("CREATE TABLE notes (text TEXT)")
        connection.execute("INSERT INTO notes VALUES (?)", (SECRET,))
    return made


def test_nothing_on_the_disk_can_be_read_without_the_key(store: Store, folder: Path) -> None:
    put_rows(store.database, "patients", [{"id": "p1", "given_name": SECRET}])
    files = [file for file in folder.iterdir() if file.is_file()]
    assert (folder / f"{DATABASE_NAME}-wal").stat().st_size > 0
    for file in files:
        content = file.read_bytes()
        assert SECRET.encode() not in content, file.name
        assert b"given_name" not in content, file.name
        assert b"CREATE TABLE" not in content, file.name
    store.close()
    content = (folder / DATABASE_NAME).read_bytes()
    assert not content.startswith(b"SQLite format 3")
    assert SECRET.encode() not in content


def test_without_a_key_the_file_is_no_database(path: Path) -> None:
    with closing(sqlcipher.connect(str(path))) as connection, pytest.raises(sqlcipher.DatabaseError):
        connection.execute("SELECT text FROM notes").fetchall()


def test_with_its_key_the_file_opens_and_with_another_it_does_not(path: Path) -> None:
    with closing(connector(path, KEY)()) as connection:
        assert connection.execute("SELECT text FROM notes").fetchall() == [(SECRET,)]
    with pytest.raises(sqlcipher.DatabaseError), closing(connector(path, OTHER_KEY)()) as connection:
        connection.execute("SELECT text FROM notes").fetchall()


def test_a_wrong_key_writes_nothing_to_standard_error(path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom db.sqlite.connection import connector\n"
        "try:\n    connector(Path(sys.argv[1]), bytes(32))().execute('SELECT 1 FROM sqlite_master').fetchall()\n"
        "except Exception as failure:\n    print(type(failure).__name__)\n"
    )
    result = run_python(code, str(path))
    assert (result.stdout.strip(), result.stderr) == ("DatabaseError", "")


@pytest.mark.parametrize("key", [b"", b"short", bytes(31), bytes(33)])
def test_a_key_of_another_length_is_refused_before_anything_is_opened(tmp_path: Path, key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        connector(tmp_path / "new.db", key)
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("fullfsync", 1),
        ("checkpoint_fullfsync", 1),
        ("foreign_keys", 1),
        ("temp_store", 2),
        ("busy_timeout", BUSY_TIMEOUT_MS),
    ],
)
@pytest.mark.parametrize("is_reader", [True, False])
def test_every_connection_is_set_up_to_lose_nothing(path: Path, pragma: str, value: object, is_reader: bool) -> None:
    with closing(connector(path, KEY, is_reader=is_reader)()) as connection:
        assert connection.execute(f"PRAGMA {pragma}").fetchone()[0] == value


def test_transactions_are_begun_by_hand_alone(path: Path) -> None:
    with closing(connector(path, KEY)()) as connection:
        connection.execute("INSERT INTO notes VALUES ('x')")
        assert not connection.in_transaction


def test_a_reader_cannot_write(path: Path, database: Database) -> None:
    with closing(connector(path, KEY, is_reader=True)()) as connection:
        with pytest.raises(sqlcipher.OperationalError, match="readonly"):
            connection.execute("INSERT INTO notes VALUES ('x')")
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (1,)
    with pytest.raises(StorageFailed), database.read() as snapshot:
        snapshot._connection.exec_driver_sql("DELETE FROM patients")


def test_a_folder_with_odd_letters_in_its_name_is_no_obstacle(tmp_path: Path) -> None:
    odd = tmp_path / "عيادة é 100% #1?'"
    odd.mkdir()
    with closing(connector(odd / DATABASE_NAME, KEY)()) as connection:
        connection.execute("CREATE TABLE t (x)")
    assert (odd / DATABASE_NAME).stat().st_size > 0


def test_a_file_at_rest_is_read_without_touching_anything(path: Path) -> None:
    before = path.read_bytes()
    with closing(at_rest_connector(path, KEY)()) as connection:
        assert connection.execute("SELECT text FROM notes").fetchall() == [(SECRET,)]
        with pytest.raises(sqlcipher.OperationalError, match="readonly"):
            connection.execute("INSERT INTO notes VALUES ('x')")
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_what_follows_the_last_page_of_a_file_at_rest_is_not_looked_at(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"something else" * 1000)
    with closing(at_rest_connector(path, KEY)()) as connection:
        assert connection.execute("SELECT text FROM notes").fetchall() == [(SECRET,)]
        assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("name", ["with space.db", "100%.db", "a?b=c#d.db", "عيادة.db"])
def test_a_file_at_rest_may_have_any_name(path: Path, name: str) -> None:
    if sys.platform == "win32" and "?" in name:
        pytest.skip("no such name there")
    renamed = path.rename(path.with_name(name))
    with closing(at_rest_connector(renamed, KEY)()) as connection:
        assert connection.execute("SELECT text FROM notes").fetchall() == [(SECRET,)]


def test_a_file_at_rest_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(sqlcipher.OperationalError):
        at_rest_connector(tmp_path / "missing.db", KEY)()
    assert list(tmp_path.iterdir()) == []


def test_a_blank_file_is_written_without_a_journal(tmp_path: Path) -> None:
    with closing(open_blank(tmp_path / "blank.db", KEY)) as connection:
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE notes (text TEXT)")
        connection.execute("INSERT INTO notes VALUES (?)", (SECRET,))
        assert [file.name for file in tmp_path.iterdir()] == ["blank.db"]
        connection.execute("COMMIT")
    assert SECRET.encode() not in (tmp_path / "blank.db").read_bytes()
    with closing(connector(tmp_path / "blank.db", KEY)()) as connection:
        assert connection.execute("SELECT text FROM notes").fetchall() == [(SECRET,)]


@pytest.mark.parametrize("key", [b"", b"x" * 31, b"x" * 33])
def test_only_a_whole_key_can_be_written_into_a_statement(key: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        key_literal(key)
