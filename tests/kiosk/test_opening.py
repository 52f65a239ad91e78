"""Opening a data folder: first what an exchange of its files left to do, then the key, then the database."""

from __future__ import annotations

import shutil
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from filelock import FileLock

from db import migrate
from db.backup import verify_backup
from db.errors import KeyMissing, PassphraseNeeded, WrongPassphrase
from db.exchange import At, ExchangeStep, begin_exchange, decide_exchange
from db.files import BEFORE_MIGRATION_SUFFIX, DATABASE_NAME, STAGING_NAME
from kiosk.keystore import KeyPlace, Keystore
from kiosk.opening import held_door, open_beside, open_for_serving
from kiosk.passphrase import set_passphrase
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import file_config, opened_clinic, patients_in


def stopped_at(step: ExchangeStep) -> At:
    def at(reached: ExchangeStep) -> None:
        if reached is step:
            raise KeyboardInterrupt

    return at


def test_a_new_folder_gets_a_key_and_a_database(tmp_path: Path, clock: AdjustableClock) -> None:
    config = file_config(tmp_path)
    key, store = open_for_serving(config, clock)
    assert (key.place, key.is_new) == (KeyPlace.FILE, True)
    beside, database = open_beside(config, clock)
    assert beside.secret == key.secret
    database.close()
    store.close()


def test_an_exchange_that_was_cut_short_is_carried_through_before_the_key_is_looked_for(
    tmp_path: Path, clock: AdjustableClock
) -> None:
    here, there = (opened_clinic(tmp_path / name, clock) for name in ("here", "there"))
    for clinic, name in ((here, "old"), (there, "new")):
        clinic.add_patients(name)
        clinic.store.close()
    staging = begin_exchange(here.folder.root)
    for name in (DATABASE_NAME, "key"):
        shutil.copy2(there.folder.root / name, staging / name)
    with pytest.raises(KeyboardInterrupt):
        decide_exchange(here.folder.root, aside="aside", at=stopped_at(ExchangeStep.MOVED_AWAY))
    assert not here.folder.database_file.exists()
    assert patients_in(here.config, clock) == {"new"}


def test_what_was_made_ready_and_not_decided_on_is_cleared_by_the_server_alone(
    tmp_path: Path, clock: AdjustableClock
) -> None:
    clinic = opened_clinic(tmp_path, clock)
    clinic.store.close()
    (begin_exchange(tmp_path) / DATABASE_NAME).write_bytes(b"a restore that may still be at it")
    open_beside(clinic.config, clock)[1].close()
    assert (tmp_path / STAGING_NAME).exists()
    patients_in(clinic.config, clock)
    assert not (tmp_path / STAGING_NAME).exists()


def test_nobody_opens_while_the_door_is_held(tmp_path: Path, clock: AdjustableClock) -> None:
    clinic = opened_clinic(tmp_path, clock)
    clinic.store.close()
    opened = threading.Event()

    def open_it() -> None:
        open_beside(clinic.config, clock)[1].close()
        opened.set()

    thread = threading.Thread(target=open_it)
    with held_door(clinic.folder):
        thread.start()
        assert not opened.wait(0.3)
    thread.join()
    assert opened.is_set()


def test_the_door_is_open_again_after_a_failure(tmp_path: Path, clock: AdjustableClock) -> None:
    clinic = opened_clinic(tmp_path, clock)
    clinic.store.close()
    clinic.folder.key_file.unlink()
    with pytest.raises(KeyMissing):
        open_for_serving(clinic.config, clock)
    with FileLock(clinic.folder.opening_lock, timeout=0) as lock:
        assert lock.is_locked


def test_with_a_passphrase_the_folder_opens_only_with_it(tmp_path: Path, clock: AdjustableClock) -> None:
    clinic = opened_clinic(tmp_path, clock)
    clinic.store.close()
    set_passphrase(clinic.folder, Keystore(clinic.folder, clinic.config.keystore), clinic.key, "correct horse", cost=2)
    for open_it in (open_for_serving, open_beside):
        with pytest.raises(PassphraseNeeded):
            open_it(clinic.config, clock)
        with pytest.raises(WrongPassphrase):
            open_it(clinic.config, clock, "battery staple")
    key, database = open_beside(clinic.config, clock, "correct horse")
    assert (key.secret, key.place) == (clinic.key, KeyPlace.PASSPHRASE)
    database.close()


@pytest.mark.parametrize("opens", ["server", "command"])
def test_before_the_tables_change_a_backup_is_made_among_the_others(
    tmp_path: Path, clock: AdjustableClock, opens: str
) -> None:
    clinic = opened_clinic(tmp_path, clock)
    clinic.add_patients("p1")
    with clinic.store.database.write() as transaction:
        migrate.downgrade(transaction, "0003")
    clinic.store.database.close()
    if opens == "server":
        open_for_serving(clinic.config, clock)[1].close()
    else:
        open_beside(clinic.config, clock)[1].close()
    (backup,) = clinic.folder.backups.iterdir()
    info = verify_backup(backup, clinic.key)
    assert info.contents.revision == "0003"
    assert info.contents.rows["patients"] == 1
    assert not list(tmp_path.glob(f"*{BEFORE_MIGRATION_SUFFIX}"))
    with closing(open_beside(clinic.config, clock)[1]) as database, database.read() as snapshot:
        assert snapshot.scalar(sa.text("SELECT version_num FROM alembic_version")) == migrate.newest_revision()
    assert len(list(clinic.folder.backups.iterdir())) == 1


def test_tables_do_not_change_where_the_backup_cannot_be_made(tmp_path: Path, clock: AdjustableClock) -> None:
    clinic = opened_clinic(tmp_path, clock)
    with clinic.store.database.write() as transaction:
        migrate.downgrade(transaction, "0003")
    clinic.store.database.close()
    clinic.folder.backups.write_bytes(b"in the way")
    with pytest.raises(OSError):
        open_for_serving(clinic.config, clock)
    clinic.folder.backups.unlink()
    open_for_serving(clinic.config, clock)[1].close()
    (backup,) = clinic.folder.backups.iterdir()
    assert verify_backup(backup, clinic.key).contents.revision == "0003"
