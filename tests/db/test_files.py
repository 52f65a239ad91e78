"""The names of a data folder's files are those that people's folders already have."""

from __future__ import annotations

from pathlib import Path

from db import files
from db.store import Store, database_path
from tests.db.rows import run_python


def test_the_names_never_change() -> None:
    assert files.DATABASE_NAME == "clinic.db"
    assert files.CEILING_NAME == "stamp-ceiling"
    assert files.UNCLEAN_NAME == "unclean"
    assert files.BEFORE_MIGRATION_SUFFIX == ".before-migration"


def test_an_open_store_makes_these_files_and_no_others(store: Store, folder: Path) -> None:
    with store.database.write() as transaction:
        assert transaction.stamp
    base = files.DATABASE_NAME
    assert {path.name for path in folder.iterdir()} == {
        base,
        f"{base}-wal",
        f"{base}-shm",
        files.CEILING_NAME,
        files.UNCLEAN_NAME,
    }
    assert database_path(folder).name == base


def test_asking_for_the_names_loads_nothing_of_the_database() -> None:
    code = "import sys, db.files; print([m for m in ('sqlalchemy', 'sqlcipher3', 'alembic') if m in sys.modules])"
    assert run_python(code).stdout.strip() == "[]"
