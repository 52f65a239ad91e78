"""Tables go up, down and up again on a real file, and the commands that do it say how it ended."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from db import migrate
from db.database import Database, open_at_rest
from db.errors import DatabaseDamaged, NewerDatabase
from db.files import BEFORE_MIGRATION_SUFFIX, CEILING_NAME, DATABASE_NAME
from db.schema import FULL_TEXT_TABLES, METADATA
from db.settings import Setting, read_setting
from db.stamps import StampCeiling
from db.store import Store, open_store
from tests.db.rows import KEY, OTHER_KEY, ROOT, put_rows, row_of
from tests.fakes.clock import AdjustableClock

PATIENT = {"id": "p1", "given_name": "Ada"}
SECOND_SCRIPT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "%s"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("colour", sa.Text))
    op.execute("UPDATE patients SET data = json_set(data, '$.surname', 'Lovelace')")


def downgrade() -> None:
    op.execute("UPDATE patients SET data = json_remove(data, '$.surname')")
    op.drop_column("devices", "colour")
"""
NEWEST = migrate.newest_revision()
COUNT = int(NEWEST)
NEXT = f"{COUNT + 1:04d}"
LATER = "9999"
SECOND = SECOND_SCRIPT % NEWEST


@pytest.fixture
def later_scripts(tmp_path: Path) -> Path:
    """The scripts of a release after this one."""
    scripts = tmp_path / "later"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "m9999_second.py").write_text(SECOND, encoding="utf-8")
    return scripts


@pytest.fixture
def filled(store: Store, folder: Path) -> Path:
    """A data folder of this release with a patient, closed in order, its key in a file."""
    put_rows(store.database, "patients", [PATIENT])
    store.close()
    (folder / "key").write_text(f"{KEY.hex()}\n", "ascii")
    return folder


def _command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "db.migrate", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def _go_all_the_way_down(folder: Path) -> None:
    outputs = [_command("down", "--data-dir", folder).stdout for _ in range(COUNT)]
    assert outputs[-1] == f"empty (newest: {NEWEST})\n"


def _tables(database: Database) -> set[str]:
    with database.write() as transaction:
        names = set(sa.inspect(transaction.connection).get_table_names())
    return names - {"alembic_version", "sqlite_sequence"} - FULL_TEXT_TABLES


def _open(path: Path, clock: AdjustableClock, key: bytes = KEY) -> Database:
    return Database(path, key, clock, StampCeiling(path.with_name(CEILING_NAME)))


def test_a_new_file_is_at_the_newest_revision(database: Database) -> None:
    with database.write() as transaction:
        assert migrate.current_revision(transaction) == migrate.newest_revision()
        assert not migrate.needs_upgrade(transaction)


def test_all_tables_go_and_come_again(database: Database) -> None:
    with database.write() as transaction:
        migrate.downgrade(transaction, "base")
    assert _tables(database) == set()
    with database.write() as transaction:
        assert migrate.current_revision(transaction) is None
        assert migrate.needs_upgrade(transaction)
        migrate.upgrade(transaction)
        assert not migrate.needs_upgrade(transaction)
    assert _tables(database) == set(METADATA.tables)


def test_each_revision_goes_down_and_up_again(database: Database) -> None:
    while True:
        with database.write() as transaction:
            before = migrate.current_revision(transaction)
            if before is None:
                return
            migrate.downgrade(transaction)
            assert migrate.current_revision(transaction) != before
            migrate.upgrade(transaction, before)
            assert migrate.current_revision(transaction) == before
            migrate.downgrade(transaction)


def test_a_migration_that_fails_leaves_everything_as_it_was(database: Database, later_scripts: Path) -> None:
    script = later_scripts / "versions" / "m9999_second.py"
    script.write_text(SECOND.replace("op.execute(", "op.execute('no sql at all') #", 1), encoding="utf-8")
    put_rows(database, "patients", [PATIENT])
    with pytest.raises(Exception), database.write() as transaction:  # noqa: B017 - whatever the script raises
        migrate.upgrade(transaction, scripts=later_scripts)
    with database.write() as transaction:
        assert migrate.current_revision(transaction) == NEWEST
        columns = {column["name"] for column in sa.inspect(transaction.connection).get_columns("devices")}
    assert "colour" not in columns
    assert row_of(database, "patients", "p1") == PATIENT


def test_a_later_release_keeps_the_data_and_copies_the_file_first(
    filled: Path, later_scripts: Path, clock: AdjustableClock
) -> None:
    with_id = open_store(filled, KEY, clock)
    with with_id.database.read() as snapshot:
        server_id = read_setting(snapshot, Setting.SERVER_ID)
    with_id.close()
    later = open_store(filled, KEY, clock, later_scripts)
    assert row_of(later.database, "patients", "p1") == PATIENT | {"surname": "Lovelace"}
    with later.database.read() as snapshot:
        assert read_setting(snapshot, Setting.SERVER_ID) == server_id
    later.close()
    copy = _open(filled / (DATABASE_NAME + BEFORE_MIGRATION_SUFFIX), clock)
    assert row_of(copy, "patients", "p1") == PATIENT
    copy.close()


def test_who_opens_says_what_is_done_before_the_tables_change(
    filled: Path, later_scripts: Path, clock: AdjustableClock
) -> None:
    told: list[tuple[str, bytes]] = []

    def note(database: Database, key: bytes) -> None:
        with database.read() as snapshot:
            told.append((migrate.stored_revision(snapshot) or "", key))

    for _ in range(2):
        open_store(filled, KEY, clock, later_scripts, note).close()
    assert told == [(NEWEST, KEY)]
    assert not list(filled.glob(f"*{BEFORE_MIGRATION_SUFFIX}*"))


def test_the_revision_of_a_file_that_is_only_read(filled: Path, clock: AdjustableClock, tmp_path: Path) -> None:
    with open_at_rest(filled / DATABASE_NAME, KEY) as snapshot:
        assert migrate.stored_revision(snapshot) == NEWEST
    empty = _open(tmp_path / "empty.db", clock)
    with empty.read() as snapshot:
        assert migrate.stored_revision(snapshot) is None
    with empty.write() as transaction:
        transaction.run(sa.text("CREATE TABLE alembic_version (version_num TEXT)"))
    with empty.read() as snapshot, pytest.raises(DatabaseDamaged):
        migrate.stored_revision(snapshot)
    empty.close()
    assert migrate.is_known(NEWEST)
    assert not migrate.is_known(LATER)


def test_a_new_file_and_one_that_is_up_to_date_are_not_copied(filled: Path, clock: AdjustableClock) -> None:
    open_store(filled, KEY, clock).close()
    assert not list(filled.glob(f"*{BEFORE_MIGRATION_SUFFIX}*"))


def test_an_older_release_refuses_a_file_of_a_later_one_and_leaves_it_alone(
    filled: Path, later_scripts: Path, clock: AdjustableClock
) -> None:
    open_store(filled, KEY, clock, later_scripts).close()
    before = (filled / DATABASE_NAME).read_bytes()
    with pytest.raises(NewerDatabase) as refused:
        open_store(filled, KEY, clock)
    assert refused.value.context == {"revision": LATER}
    assert (filled / DATABASE_NAME).read_bytes() == before


def test_the_commands_take_a_data_folder_down_and_up(filled: Path, later_scripts: Path, clock: AdjustableClock) -> None:
    words = ("--data-dir", filled, "--scripts", later_scripts)
    assert _command("status", *words).stdout == f"{NEWEST} (newest: {LATER})\n"
    up = _command("up", *words)
    assert (up.returncode, up.stdout, up.stderr) == (0, f"{LATER} (newest: {LATER})\n", "")
    assert _command("up", *words).returncode == 0
    down = _command("down", *words)
    assert (down.returncode, down.stdout, down.stderr) == (0, f"{NEWEST} (newest: {LATER})\n", "")
    store = open_store(filled, KEY, clock)
    assert row_of(store.database, "patients", "p1") == PATIENT
    store.close()


def test_a_copy_is_kept_before_the_command_goes_down(filled: Path, clock: AdjustableClock) -> None:
    assert _command("down", "--data-dir", filled).stdout == f"{COUNT - 1:04d} (newest: {NEWEST})\n"
    copy = _open(filled / (DATABASE_NAME + BEFORE_MIGRATION_SUFFIX), clock)
    assert row_of(copy, "patients", "p1") == PATIENT
    copy.close()


def test_a_folder_that_went_all_the_way_down_can_be_used_after_going_up(filled: Path, clock: AdjustableClock) -> None:
    clock.jump(-clock.now_ms() + 1)  # the new timeline must not depend on the clock
    last = StampCeiling(filled / CEILING_NAME).read()
    _go_all_the_way_down(filled)
    assert _command("up", "--data-dir", filled).stdout == f"{NEWEST} (newest: {NEWEST})\n"
    store = open_store(filled, KEY, clock)
    with store.database.write() as transaction:
        assert transaction.stamp > last
    store.close()


def test_the_commands_take_a_file_and_a_key_file(filled: Path) -> None:
    result = _command("status", "--database", filled / DATABASE_NAME, "--key-file", filled / "key")
    assert (result.returncode, result.stdout) == (0, f"{NEWEST} (newest: {NEWEST})\n")


@pytest.mark.parametrize("content", ["", "12", "x" * 64, f"{KEY.hex()}00"])
def test_a_damaged_key_file_is_refused_without_repeating_it(filled: Path, content: str) -> None:
    (filled / "key").write_text(content, "ascii")
    result = _command("status", "--data-dir", filled)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "wrong_key (reason=damaged)\n")


def test_a_wrong_key_is_refused(filled: Path) -> None:
    (filled / "key").write_text(OTHER_KEY.hex(), "ascii")
    result = _command("up", "--data-dir", filled)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "wrong_key\n")


@pytest.mark.parametrize("action", ["up", "down", "status"])
def test_a_file_that_is_not_there_is_not_made(filled: Path, action: str) -> None:
    (filled / DATABASE_NAME).unlink()
    result = _command(action, "--data-dir", filled)
    assert (result.returncode, result.stdout) == (1, "")
    assert DATABASE_NAME in result.stderr
    assert not (filled / DATABASE_NAME).exists()


def test_going_below_the_first_revision_is_refused(filled: Path) -> None:
    _go_all_the_way_down(filled)
    again = _command("down", "--data-dir", filled)
    assert again.returncode == 1
    assert again.stdout == ""
    assert "Traceback" not in again.stderr


@pytest.mark.parametrize("action", ["up", "down"])
def test_the_commands_refuse_a_file_of_a_later_release(
    filled: Path, later_scripts: Path, clock: AdjustableClock, action: str
) -> None:
    open_store(filled, KEY, clock, later_scripts).close()
    result = _command(action, "--data-dir", filled)
    assert (result.returncode, result.stderr) == (1, f"newer_database (revision={LATER})\n")
    assert _command("status", "--data-dir", filled).stdout == f"{LATER} (newest: {NEWEST})\n"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("sideways",),
        ("add",),
        ("up",),
        ("up", "--database", "x"),
        ("status", "--key-file", "x"),
        ("down", "--data-dir", "x", "--key-file", "y"),
    ],
)
def test_wrong_words_end_with_two(words: tuple[str, ...]) -> None:
    assert _command(*words).returncode == 2


def test_add_writes_a_script_that_follows_the_newest(tmp_path: Path) -> None:
    scripts = tmp_path / "scripts"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    result = _command("add", "Colour of devices", "--scripts", scripts)
    assert result.returncode == 0, result.stderr
    script = Path(result.stdout.strip())
    assert script == scripts / "versions" / f"m{NEXT}_colour_of_devices.py"
    text = script.read_text(encoding="utf-8")
    assert text.startswith('"""Colour of devices\n')
    assert f"revision = '{NEXT}'" in text
    assert f"down_revision = '{NEWEST}'" in text
    assert migrate.newest_revision(scripts) == NEXT
    assert Path(_command("add", "third", "--scripts", scripts).stdout.strip()).name == f"m{COUNT + 2:04d}_third.py"


def test_a_script_that_nobody_has_filled_in_does_nothing_silently(tmp_path: Path, filled: Path) -> None:
    scripts = tmp_path / "scripts"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    migrate.add("empty", scripts)
    assert _command("up", "--data-dir", filled, "--scripts", scripts).returncode == 1
    assert _command("status", "--data-dir", filled).stdout == f"{NEWEST} (newest: {NEWEST})\n"


def test_add_is_refused_where_there_are_no_scripts(tmp_path: Path) -> None:
    result = _command("add", "x", "--scripts", tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr
