"""A backup takes the place of the database, here or on another computer; at any moment one of the two is there."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from db.errors import (
    AlreadyRunning,
    BackupDamaged,
    ForeignBackup,
    HubError,
    NotFound,
    RecoveryCodeMistyped,
    RecoveryCodeNeeded,
    StorageBusy,
    WrongRecoveryCode,
)
from db.exchange import ExchangeStep
from db.files import DATABASE_NAME, STAGING_NAME, UNCLEAN_NAME
from db.recovery_code import make_code
from db.settings import Setting, read_setting
from kiosk.backups import Backups
from kiosk.config import Config
from kiosk.instance import ServerLock
from kiosk.keystore import KeyPlace, Keystore
from kiosk.opening import open_beside
from kiosk.passphrase import is_passphrase_set, set_passphrase
from kiosk.recovery import key_by_code, new_recovery_code, recovery_copy, shown_code
from kiosk.restore import Restored, restore_backup
from tests.db.backups import WAYS_TO_BREAK
from tests.db.caller import Caller, patient
from tests.db.rows import run_python
from tests.fakes.clock import HOUR_MS, AdjustableClock
from tests.kiosk.backups import OpenClinic, file_config, opened_clinic, patients_in

CHEAP = 2
PASSPHRASE = "correct horse"
OTHER_CODE = make_code(random.Random(1).randrange)


@pytest.fixture
def code(clinic: OpenClinic) -> str:
    return new_recovery_code(clinic.folder, clinic.store.database, clinic.key, cost=CHEAP)


@pytest.fixture
def backup(clinic: OpenClinic, code: str, tmp_path: Path) -> Path:
    clinic.add_patients("kept")
    path = Backups(clinic.folder, clinic.store.database, clinic.key, clinic.clock).make(tmp_path / "backup").path
    clinic.clock.advance(HOUR_MS)
    clinic.add_patients("lost")
    return path


@pytest.fixture
def closed(clinic: OpenClinic, backup: Path) -> OpenClinic:
    clinic.store.close()
    return clinic


@pytest.fixture
def elsewhere(tmp_path: Path) -> Config:
    """Another computer, on which nothing was set up."""
    return file_config(tmp_path / "elsewhere")


def restored(config: Config, backup: Path, clock: AdjustableClock, code: str | None = None) -> Restored:
    return restore_backup(config, backup, clock, recovery_code=code)


def replaced_patients(done: Restored, clinic: OpenClinic, clock: AdjustableClock) -> set[str]:
    """What the database that was put aside holds: it is as it was."""
    assert done.replaced is not None
    config = file_config(done.replaced)
    Keystore(config.folder, config.keystore).keep(clinic.key)
    return patients_in(config, clock)


# On the same computer


def test_it_needs_no_code_where_the_key_is(closed: OpenClinic, backup: Path, clock: AdjustableClock) -> None:
    done = restored(closed.config, backup, clock)
    assert patients_in(closed.config, clock) == {"kept"}
    assert (done.key_place, done.lost_passphrase, done.late_syncs) == (None, False, ())
    assert done.info.contents.server_name == "North Clinic"


def test_the_replaced_database_is_put_aside_whole(closed: OpenClinic, backup: Path, clock: AdjustableClock) -> None:
    done = restored(closed.config, backup, clock)
    assert done.replaced is not None
    assert done.replaced.parent == closed.folder.root / "replaced"
    assert replaced_patients(done, closed, clock) == {"kept", "lost"}
    again = restored(closed.config, backup, clock)
    assert again.replaced not in (None, done.replaced)


def test_a_log_that_a_crash_left_is_folded_into_the_replaced_database(
    clinic: OpenClinic, backup: Path, tmp_path: Path, clock: AdjustableClock
) -> None:
    left = shutil.copytree(clinic.folder.root, tmp_path / "left")  # as after a loss of power
    assert (left / f"{DATABASE_NAME}-wal").stat().st_size > 0
    assert (left / UNCLEAN_NAME).exists()
    config = file_config(left)
    done = restored(config, backup, clock)
    assert done.replaced is not None
    assert {path.name for path in done.replaced.iterdir()} == {DATABASE_NAME, "stamp-ceiling", UNCLEAN_NAME}
    assert replaced_patients(done, clinic, clock) == {"kept", "lost"}
    assert not (left / UNCLEAN_NAME).exists()
    assert not list(left.glob(f"{DATABASE_NAME}-*"))
    assert patients_in(config, clock) == {"kept"}


def test_phones_that_synced_after_the_backup_are_told(clinic: OpenClinic, backup: Path, clock: AdjustableClock) -> None:
    phone = Caller(clinic.store.database)
    phone.pull()
    phone.push_created("patients", patient("of the phone"))
    clinic.store.close()
    (late,) = restored(clinic.config, backup, clock).late_syncs or ()
    assert (late.records_sent, late.last_sync_at) == (1, clock.now_ms())


@pytest.mark.parametrize("damage", ["cut short", "no database", "a bit"])
def test_a_database_that_is_damaged_is_replaced_all_the_same(
    closed: OpenClinic, backup: Path, clock: AdjustableClock, damage: str
) -> None:
    path = closed.folder.database_file
    whole = path.read_bytes()
    half = len(whole) // 2
    flipped = whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :]
    path.write_bytes({"a bit": flipped, "cut short": whole[:half], "no database": b"garbage" * 999}[damage])
    before = path.read_bytes()
    done = restored(closed.config, backup, clock)
    assert done.late_syncs is None
    assert done.replaced is not None
    assert (done.replaced / DATABASE_NAME).read_bytes() == before
    assert patients_in(closed.config, clock) == {"kept"}


def test_a_database_whose_key_is_lost_is_replaced_with_the_code(
    closed: OpenClinic, backup: Path, code: str, clock: AdjustableClock
) -> None:
    closed.folder.key_file.unlink()
    with pytest.raises(RecoveryCodeNeeded):
        restored(closed.config, backup, clock)
    done = restored(closed.config, backup, clock, code)
    assert done.key_place is KeyPlace.FILE
    assert done.late_syncs is None
    assert patients_in(closed.config, clock) == {"kept"}


def test_the_code_in_force_stays_in_force_and_can_be_shown(
    clinic: OpenClinic, backup: Path, code: str, clock: AdjustableClock
) -> None:
    newer = new_recovery_code(clinic.folder, clinic.store.database, clinic.key, cost=CHEAP)
    clinic.store.close()
    restored(clinic.config, backup, clock, code)  # with the code of its time
    assert key_by_code(recovery_copy(clinic.folder), newer) == clinic.key
    with closing(open_beside(clinic.config, clock)[1]) as database:
        assert shown_code(clinic.folder, database, clinic.key, cost=CHEAP).code == newer


# On another computer


def test_on_another_computer_the_code_opens_it_and_the_key_is_kept_there(
    closed: OpenClinic, elsewhere: Config, backup: Path, code: str, clock: AdjustableClock
) -> None:
    done = restored(elsewhere, backup, clock, code)
    assert (done.replaced, done.late_syncs, done.key_place) == (None, None, KeyPlace.FILE)
    assert patients_in(elsewhere, clock) == {"kept"}
    assert not (elsewhere.folder.root / "replaced").exists()
    with closing(open_beside(elsewhere, clock)[1]) as database:
        assert shown_code(elsewhere.folder, database, closed.key, cost=CHEAP).code == code
        with database.read() as snapshot:
            name = read_setting(snapshot, Setting.SERVER_NAME)
    assert name == "North Clinic"


def test_the_server_is_the_same_one_to_phones(
    closed: OpenClinic, elsewhere: Config, backup: Path, code: str, clock: AdjustableClock
) -> None:
    restored(elsewhere, backup, clock, code)
    names = []
    for config in (closed.config, elsewhere):
        with closing(open_beside(config, clock)[1]) as database, database.read() as snapshot:
            names.append([read_setting(snapshot, one) for one in (Setting.SERVER_ID, Setting.HUB_PRIVATE_KEY)])
    assert names[0] == names[1]


@pytest.mark.parametrize("has_records", [True, False])
def test_a_computer_with_records_of_its_own_keeps_them(
    closed: OpenClinic, backup: Path, code: str, clock: AdjustableClock, tmp_path: Path, has_records: bool
) -> None:
    other = opened_clinic(tmp_path / "other", clock, "South")
    if has_records:
        other.add_patients("of others")
    other.store.close()
    if has_records:
        with pytest.raises(ForeignBackup) as refused:
            restored(other.config, backup, clock, code)
        assert refused.value.context == {"server": "North Clinic"}
        assert patients_in(other.config, clock) == {"of others"}
        return
    done = restored(other.config, backup, clock, code)  # it was only set up
    assert patients_in(other.config, clock) == {"kept"}
    assert done.replaced is not None
    assert (done.replaced / "key").exists()  # and what was put aside can still be opened
    assert patients_in(file_config(done.replaced), clock) == set()


# The passphrase of the start


def locked(clinic: OpenClinic) -> None:
    set_passphrase(clinic.folder, Keystore(clinic.folder, clinic.config.keystore), clinic.key, PASSPHRASE, cost=CHEAP)


def test_who_knows_the_passphrase_keeps_it(closed: OpenClinic, backup: Path, code: str, clock: AdjustableClock) -> None:
    locked(closed)
    done = restore_backup(closed.config, backup, clock, recovery_code=code, passphrase=PASSPHRASE)
    assert (done.lost_passphrase, done.late_syncs) == (False, ())
    assert is_passphrase_set(closed.folder)
    key, database = open_beside(closed.config, clock, PASSPHRASE)
    database.close()
    assert key.secret == closed.key


def test_without_it_there_is_none_afterwards_and_that_is_told(
    closed: OpenClinic, backup: Path, code: str, clock: AdjustableClock
) -> None:
    locked(closed)
    done = restored(closed.config, backup, clock, code)
    assert done.lost_passphrase
    assert not is_passphrase_set(closed.folder)
    assert patients_in(closed.config, clock) == {"kept"}


# Refused, with the old data where it was


@pytest.mark.parametrize("way", WAYS_TO_BREAK)
def test_a_broken_backup_changes_nothing(
    closed: OpenClinic, backup: Path, code: str, clock: AdjustableClock, way: str
) -> None:
    backup.write_bytes(WAYS_TO_BREAK[way](backup.read_bytes()))
    before = {path.name for path in closed.folder.root.iterdir()}
    with pytest.raises(BackupDamaged):
        restored(closed.config, backup, clock, code)
    assert {path.name for path in closed.folder.root.iterdir()} - before <= {"server.lock"}
    assert patients_in(closed.config, clock) == {"kept", "lost"}


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [("ABCDE", RecoveryCodeMistyped), (OTHER_CODE, WrongRecoveryCode), ("", RecoveryCodeMistyped)],
)
def test_a_wrong_code_changes_nothing(
    closed: OpenClinic, backup: Path, clock: AdjustableClock, typed: str, refusal: type[HubError]
) -> None:
    with pytest.raises(refusal):
        restored(closed.config, backup, clock, typed)
    assert patients_in(closed.config, clock) == {"kept", "lost"}


def test_a_file_that_is_not_there_changes_nothing(closed: OpenClinic, clock: AdjustableClock, tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(NotFound):
            restored(closed.config, path, clock)


def test_while_a_server_runs_nothing_is_restored(closed: OpenClinic, backup: Path, clock: AdjustableClock) -> None:
    with ServerLock(closed.folder), pytest.raises(AlreadyRunning):
        restored(closed.config, backup, clock)
    assert patients_in(closed.config, clock) == {"kept", "lost"}


def test_while_a_command_has_the_database_open_nothing_is_restored(
    clinic: OpenClinic, backup: Path, clock: AdjustableClock
) -> None:
    with pytest.raises(StorageBusy):
        restored(clinic.config, backup, clock)
    assert not (clinic.folder.root / STAGING_NAME).exists()
    clinic.add_patients("later")
    clinic.store.close()
    assert patients_in(clinic.config, clock) == {"kept", "lost", "later"}


# Killed


KILLED = """
import os, sys
from pathlib import Path
from db.exchange import ExchangeStep
from kiosk.restore import restore_backup
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import file_config
step = ExchangeStep(sys.argv[4])
def at(reached):
    if reached is step:
        os._exit(9)
def progress(done):
    if sys.argv[5] and done >= float(sys.argv[5]):
        os._exit(9)
restore_backup(file_config(Path(sys.argv[1])), Path(sys.argv[2]), AdjustableClock(int(sys.argv[3])),
    recovery_code=sys.argv[6], at=at, progress=progress)
"""


def killed(config: Config, backup: Path, clock: AdjustableClock, code: str, step: str, part: str = "") -> int:
    """The exit code of a process that restores, and ends itself at a step, or at a part of the work."""
    arguments = (str(config.folder.root), str(backup), str(clock.now_ms()), step, part, code)
    return run_python(KILLED, *arguments).returncode


@pytest.mark.parametrize("step", ExchangeStep)
@pytest.mark.parametrize("is_elsewhere", [False, True], ids=["here", "elsewhere"])
def test_killed_at_any_step_the_old_or_the_new_is_there_whole(
    closed: OpenClinic,
    elsewhere: Config,
    backup: Path,
    code: str,
    clock: AdjustableClock,
    step: ExchangeStep,
    is_elsewhere: bool,
) -> None:
    config = elsewhere if is_elsewhere else closed.config
    assert killed(config, backup, clock, code, step) == 9
    if step is not ExchangeStep.READY:
        assert patients_in(config, clock) == {"kept"}
    elif not is_elsewhere:
        assert patients_in(config, clock) == {"kept", "lost"}
    else:
        assert not config.folder.database_file.exists()
    restored(config, backup, clock, code)  # and it can be done again
    assert patients_in(config, clock) == {"kept"}


@pytest.mark.parametrize("part", ["0.01", "0.5", "0.6", "1.0"])
def test_killed_while_the_backup_is_proved_or_copied_the_old_is_there(
    closed: OpenClinic, backup: Path, code: str, clock: AdjustableClock, part: str
) -> None:
    assert killed(closed.config, backup, clock, code, ExchangeStep.DONE, part) == 9
    assert patients_in(closed.config, clock) == {"kept", "lost"}
    assert not (closed.folder.root / STAGING_NAME).exists()
