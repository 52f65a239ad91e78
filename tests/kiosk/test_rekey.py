"""Another key for the database: whatever happens on the way, the old one or the new one opens it, with its code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.backup import verify_backup
from db.errors import AlreadyRunning, InvalidInput, PassphraseNeeded, StorageBusy, WrongRecoveryCode
from db.exchange import ExchangeStep
from db.files import DATABASE_NAME, STAGING_NAME
from kiosk.backups import Backups
from kiosk.instance import ServerLock
from kiosk.keystore import Keystore
from kiosk.opening import open_beside
from kiosk.passphrase import open_with_passphrase, set_passphrase
from kiosk.recovery import key_by_code, new_recovery_code, recovery_copy, shown_code
from kiosk.rekey import replace_key
from tests.db.caller import Caller
from tests.db.rows import run_python
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import OpenClinic, file_config, opened_clinic, patients_in

CHEAP = 2


@pytest.fixture
def clinic(tmp_path: Path, clock: AdjustableClock) -> Iterator[OpenClinic]:
    made = opened_clinic(tmp_path / "data", clock)
    made.add_patients("p1", "p2")
    yield made
    made.store.database.close()


@pytest.fixture
def old_code(clinic: OpenClinic) -> str:
    return new_recovery_code(clinic.folder, clinic.store.database, clinic.key, cost=CHEAP)


@pytest.fixture
def closed(clinic: OpenClinic, old_code: str) -> OpenClinic:
    clinic.store.close()
    return clinic


def key_of(clinic: OpenClinic) -> bytes:
    (key,) = Keystore(clinic.folder, clinic.config.keystore).found()
    return key.secret


def test_the_database_has_another_key_and_another_code(
    closed: OpenClinic, old_code: str, clock: AdjustableClock
) -> None:
    before = closed.folder.database_file.read_bytes()
    code = replace_key(closed.config, clock, cost=CHEAP)
    assert key_of(closed) != closed.key
    assert key_by_code(recovery_copy(closed.folder), code) == key_of(closed)
    with pytest.raises(WrongRecoveryCode):
        key_by_code(recovery_copy(closed.folder), old_code)
    assert patients_in(closed.config, clock) == {"p1", "p2"}
    assert before[:4096] not in closed.folder.database_file.read_bytes()
    with closing(open_beside(closed.config, clock)[1]) as database:
        assert shown_code(closed.folder, database, key_of(closed), cost=CHEAP).code == code


def test_nothing_of_the_old_is_left_in_the_folder(closed: OpenClinic, clock: AdjustableClock) -> None:
    names = {path.name for path in closed.folder.root.iterdir()}
    replace_key(closed.config, clock, cost=CHEAP)
    assert {path.name for path in closed.folder.root.iterdir()} - names <= {"server.lock"}
    assert not any(
        closed.key.hex().encode() in path.read_bytes() for path in closed.folder.root.rglob("*") if path.is_file()
    )


def test_phones_notice_nothing(clinic: OpenClinic, clock: AdjustableClock) -> None:
    phone = Caller(clinic.store.database)
    phone.pull()
    clinic.store.close()
    replace_key(clinic.config, clock, cost=CHEAP)
    with closing(open_beside(clinic.config, clock)[1]) as database:
        phone.database = database
        pulled = phone.pull()
        assert (pulled.notes, pulled.changes) == ((), {})


def test_earlier_backups_open_with_the_old_code_and_the_next_with_the_new(
    clinic: OpenClinic, old_code: str, clock: AdjustableClock, tmp_path: Path
) -> None:
    earlier = Backups(clinic.folder, clinic.store.database, clinic.key, clock).make(tmp_path / "earlier")
    clinic.store.close()
    code = replace_key(clinic.config, clock, cost=CHEAP)
    verify_backup(earlier.path, key_by_code(earlier.info.recovery, old_code))
    key, database = open_beside(clinic.config, clock)
    with closing(database):
        later = Backups(clinic.folder, database, key.secret, clock).make(tmp_path / "later")
    verify_backup(later.path, key_by_code(later.info.recovery, code))
    with pytest.raises(WrongRecoveryCode):
        key_by_code(later.info.recovery, old_code)


def test_the_passphrase_stays_and_is_asked_for(closed: OpenClinic, clock: AdjustableClock) -> None:
    keystore = Keystore(closed.folder, closed.config.keystore)
    set_passphrase(closed.folder, keystore, closed.key, "correct horse", cost=CHEAP)
    with pytest.raises(PassphraseNeeded):
        replace_key(closed.config, clock, cost=CHEAP)
    replace_key(closed.config, clock, passphrase="correct horse", cost=CHEAP)
    assert keystore.found() == []
    assert open_with_passphrase(closed.folder, keystore, "correct horse") != closed.key
    open_beside(closed.config, clock, "correct horse")[1].close()


def test_a_passphrase_that_nobody_set_is_not_set_by_this(closed: OpenClinic, clock: AdjustableClock) -> None:
    replace_key(closed.config, clock, passphrase="correct horse", cost=CHEAP)
    assert patients_in(closed.config, clock) == {"p1", "p2"}


def test_while_a_server_runs_or_a_command_has_the_database_open_nothing_is_changed(
    clinic: OpenClinic, clock: AdjustableClock
) -> None:
    with pytest.raises(StorageBusy):
        replace_key(clinic.config, clock, cost=CHEAP)
    with ServerLock(clinic.folder), pytest.raises(AlreadyRunning):
        replace_key(clinic.config, clock, cost=CHEAP)
    clinic.store.close()
    assert key_of(clinic) == clinic.key
    assert patients_in(clinic.config, clock) == {"p1", "p2"}


def test_without_a_database_there_is_nothing_to_do(tmp_path: Path, clock: AdjustableClock) -> None:
    with pytest.raises(InvalidInput):
        replace_key(file_config(tmp_path / "empty"), clock)
    assert not (tmp_path / "empty" / DATABASE_NAME).exists()


KILLED = """
import os, sys
from pathlib import Path
from db.exchange import ExchangeStep
from kiosk.rekey import replace_key
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import file_config
step = ExchangeStep(sys.argv[2])
def at(reached):
    if reached is step:
        os._exit(9)
replace_key(file_config(Path(sys.argv[1])), AdjustableClock(), cost=2, at=at)
"""


@pytest.mark.parametrize("step", ExchangeStep)
def test_killed_at_any_step_the_old_key_or_the_new_one_opens_it(
    closed: OpenClinic, old_code: str, clock: AdjustableClock, step: ExchangeStep
) -> None:
    assert run_python(KILLED, str(closed.folder.root), step.value).returncode == 9
    assert patients_in(closed.config, clock) == {"p1", "p2"}
    is_old = step is ExchangeStep.READY
    assert (key_of(closed) == closed.key) == is_old
    with closing(open_beside(closed.config, clock)[1]) as database:  # what was printed, or can be printed now, opens it
        code = old_code if is_old else shown_code(closed.folder, database, key_of(closed), cost=CHEAP).code
    assert key_by_code(recovery_copy(closed.folder), code or "") == key_of(closed)
    assert not (closed.folder.root / STAGING_NAME).exists()
