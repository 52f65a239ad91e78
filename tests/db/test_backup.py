"""A backup is one moment of the database, proved before it gets its name; nothing half-written is left."""

from __future__ import annotations

import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from db import migrate
from db.backup import create_backup, verify_backup, written_whole
from db.backup_file import append_description, checksum, read_description
from db.catalogue import CATALOGUE
from db.database import Database, open_at_rest
from db.errors import (
    AlreadyExists,
    BackupDamaged,
    BackupPlaceFailed,
    BackupStopped,
    DatabaseDamaged,
    DiskFull,
    NewerDatabase,
    StorageFailed,
    WrongKey,
)
from db.schema import RECORD_COUNTS, RECORD_TABLES
from db.settings import Setting, write_setting
from db.sqlite.maintenance import copy_under_key
from db.store import Store
from db.wrapped_key import unwrap
from tests.db.backups import RECOVERY, SECRET, WAYS_TO_BREAK, backed_up
from tests.db.caller import last_stamp
from tests.db.rows import KEY, OTHER_KEY, delete_row, put_rows, run_python
from tests.fakes.clock import START_MS

MARKED = "Hypatia of Alexandria"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made / "today.hikma-backup"


@pytest.fixture
def filled(database: Database) -> Database:
    put_rows(database, "patients", ({"id": f"p{n}", "given_name": MARKED, "camp": "x" * 400} for n in range(2_000)))
    put_rows(database, "visits", [{"id": "v1", "patient_id": "p1"}])
    delete_row(database, "patients", "p3")
    with database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, "North Clinic")
    return database


def test_a_backup_says_what_it_holds_and_opens_with_key_or_code(filled: Database, target: Path) -> None:
    info = backed_up(filled, target)
    contents = info.contents
    assert read_description(target) == info == verify_backup(target, KEY)
    assert (contents.server_name, contents.revision) == ("North Clinic", migrate.newest_revision())
    assert contents.last_stamp == last_stamp(filled)
    assert set(contents.rows) == set(CATALOGUE)
    assert (contents.rows["patients"], contents.rows["visits"]) == (2_000, 1)  # the deleted one is one of them
    assert info.created_at == START_MS
    assert info.recovery is not None
    assert unwrap(info.recovery, SECRET) == KEY


def test_nothing_in_it_can_be_read_without_the_key(filled: Database, target: Path) -> None:
    backed_up(filled, target)
    content = target.read_bytes()
    for text in (MARKED.encode(), b"given_name", b"CREATE TABLE", b"SQLite format", KEY, KEY.hex().encode()):
        assert text not in content
    with pytest.raises(WrongKey):
        verify_backup(target, OTHER_KEY)


def test_it_is_one_file_and_checking_it_writes_nothing_beside_it(filled: Database, target: Path) -> None:
    backed_up(filled, target)
    before = target.read_bytes()
    verify_backup(target, KEY)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert target.read_bytes() == before


def test_a_folder_that_may_only_be_read_is_enough_to_check_it(filled: Database, target: Path) -> None:
    backed_up(filled, target)
    target.chmod(0o400)
    target.parent.chmod(0o500)
    try:
        verify_backup(target, KEY)
    finally:
        target.parent.chmod(0o700)
        target.chmod(0o600)


def test_it_is_one_moment_while_many_write(filled: Database, target: Path) -> None:
    over = threading.Event()

    def write(writer: int) -> int:
        count = 0
        while not over.is_set():
            put_rows(filled, "patients", [{"id": f"w{writer}-{count}", "camp": "x" * 400}])
            put_rows(filled, "visits", [{"id": f"w{writer}-{count}"}])
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, writer) for writer in range(4)]
        try:
            info = backed_up(filled, target)
        finally:
            over.set()
        assert all(writer.result() for writer in writers)
    with open_at_rest(target, KEY) as snapshot:
        newest = max(
            snapshot.scalar(sa.select(sa.func.max(RECORD_TABLES[name].c.local_server_last_modified)))
            for name in ("patients", "visits")
        )
        live = {row.table_name: row.live for row in snapshot.rows(sa.select(RECORD_COUNTS))}
    assert newest == info.contents.last_stamp
    assert live["patients"] == info.contents.rows["patients"] - 1


def test_progress_goes_from_nothing_to_everything(filled: Database, target: Path) -> None:
    parts: list[float] = []
    create_backup(filled, KEY, target, created_at=1, recovery=None, progress=parts.append)
    assert parts == sorted(parts)
    assert parts[0] < 0.6
    assert parts[-1] == 1.0
    assert len(parts) > 4


def test_it_can_be_given_up_on_the_way_and_leaves_nothing(filled: Database, target: Path) -> None:
    def stop(part: float) -> None:
        if part > 0.3:
            raise BackupStopped

    with pytest.raises(BackupStopped):
        create_backup(filled, KEY, target, created_at=1, recovery=None, progress=stop)
    assert list(target.parent.iterdir()) == []
    put_rows(filled, "visits", [{"id": "v2"}])  # nothing is held either


def test_a_stick_that_is_pulled_out_on_the_way_is_told(filled: Database, target: Path) -> None:
    def pull_out(part: float) -> None:
        if target.parent.exists():
            target.parent.rename(target.parent.with_name("gone"))

    if sys.platform == "win32":
        pytest.skip("a folder with open files cannot be moved there")
    with pytest.raises(BackupPlaceFailed):
        create_backup(filled, KEY, target, created_at=1, recovery=None, progress=pull_out)


def test_a_place_that_is_not_there_is_told(filled: Database, target: Path) -> None:
    with pytest.raises(BackupPlaceFailed):
        backed_up(filled, target.parent / "missing" / target.name)


def test_a_backup_never_replaces_a_file(filled: Database, target: Path) -> None:
    target.write_bytes(b"mine")
    with pytest.raises(AlreadyExists):
        backed_up(filled, target)
    assert target.read_bytes() == b"mine"


FULL_DISK = """
import resource, sys
from pathlib import Path
from db.backup import create_backup
from db.clock import SystemClock
from db.store import open_database
from tests.db.rows import KEY
database = open_database(Path(sys.argv[1]), KEY, SystemClock())
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
try:
    create_backup(database, KEY, Path(sys.argv[2]), created_at=1, recovery=None)
except Exception as failure:
    print(failure)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit there")
def test_a_place_without_room_is_told_and_nothing_is_left(
    filled: Database, store: Store, folder: Path, target: Path
) -> None:
    store.close()
    said = run_python(FULL_DISK, str(folder), str(target))
    assert said.stdout.strip() in ("disk_full", "backup_place_failed"), said.stderr
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("failure", "meaning"),
    [
        (OSError(28, "no space left on device"), DiskFull),
        (OSError(5, "input/output error"), BackupPlaceFailed),
        (StorageFailed(kind="OperationalError"), BackupPlaceFailed),
        (DiskFull(), DiskFull),
        (BackupDamaged(), BackupDamaged),
    ],
)
def test_what_a_place_refuses_has_a_meaning(target: Path, failure: Exception, meaning: type[Exception]) -> None:
    with pytest.raises(meaning), written_whole(target) as part:
        part.write_bytes(b"half")
        raise failure
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("way", WAYS_TO_BREAK)
def test_a_broken_backup_is_refused_whatever_is_broken(filled: Database, target: Path, way: str) -> None:
    backed_up(filled, target)
    target.write_bytes(WAYS_TO_BREAK[way](target.read_bytes()))
    with pytest.raises(BackupDamaged):
        verify_backup(target, KEY)


def test_a_description_of_another_database_is_refused(filled: Database, target: Path) -> None:
    """All checksums are right; only opening it shows that it does not hold what it says."""
    earlier = target.with_name("earlier.hikma-backup")
    pages = backed_up(filled, earlier).database_bytes
    put_rows(filled, "visits", [{"id": "v2"}])
    later = backed_up(filled, target)
    forged = target.with_name("forged.hikma-backup")
    forged.write_bytes(earlier.read_bytes()[:pages])
    append_description(forged, type(later)(later.contents, 1, pages, checksum(forged, pages), RECOVERY))
    with pytest.raises(BackupDamaged):
        verify_backup(forged, KEY)


def test_a_damaged_database_makes_no_backup(filled: Database, store: Store, folder: Path, target: Path) -> None:
    with filled.write() as transaction:
        connection = transaction.connection
        connection.exec_driver_sql("PRAGMA writable_schema = ON")
        root = "SELECT rootpage FROM sqlite_master WHERE name = "
        connection.exec_driver_sql(
            f"UPDATE sqlite_master SET rootpage = ({root}'ix_visits_patient_id') WHERE name = 'ix_events_patient_id'"
        )
    put_rows(filled, "events", [{"id": "e1", "patient_id": "p1"}])
    with pytest.raises(DatabaseDamaged):
        backed_up(filled, target)
    assert list(target.parent.iterdir()) == []


def test_tables_of_a_later_release_are_refused(filled: Database, target: Path) -> None:
    with filled.write() as transaction:
        transaction.run(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase):
        backed_up(filled, target)


def test_tables_of_an_earlier_release_can_be_backed_up(filled: Database, target: Path) -> None:
    with filled.write() as transaction:
        migrate.downgrade(transaction, "0001")
    assert backed_up(filled, target).contents.revision == "0001"


def test_pages_under_another_key_are_refused(filled: Database, target: Path, tmp_path: Path) -> None:
    info = backed_up(filled, target)
    other = tmp_path / "other.db"
    shutil.copyfile(target, tmp_path / "copy.db")
    copy_under_key(filled.path, KEY, other, OTHER_KEY)
    size = other.stat().st_size
    append_description(other, type(info)(info.contents, 1, size, checksum(other, size), RECOVERY))
    with pytest.raises(WrongKey):
        verify_backup(other, KEY)
