"""What a restore leaves in the restored database for staff to read."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from db.restore_note import RestoreNote, read_note
from db.settings import Setting, read_setting, write_setting
from kiosk.backups import Backups
from kiosk.config import Config
from kiosk.opening import open_beside
from kiosk.recovery import new_recovery_code
from kiosk.restore import restore_backup
from tests.db.caller import Caller, patient
from tests.fakes.clock import HOUR_MS, AdjustableClock
from tests.kiosk.backups import OpenClinic, file_config


def told(config: Config, clock: AdjustableClock) -> tuple[RestoreNote | None, str | None]:
    """The note, and whether another computer serves in the place of this one."""
    with closing(open_beside(config, clock)[1]) as database, database.read() as snapshot:
        return read_note(snapshot), read_setting(snapshot, Setting.MOVED_AWAY_AT)


def test_it_tells_what_was_put_aside_and_which_phones_synced_and_that_it_serves(
    clinic: OpenClinic, clock: AdjustableClock, tmp_path: Path
) -> None:
    with clinic.store.database.write() as transaction:
        write_setting(transaction, Setting.MOVED_AWAY_AT, "1")
    info = clinic.back_up(tmp_path / "b.hikma-backup")
    clock.advance(HOUR_MS)
    phone = Caller(clinic.store.database)
    phone.pull()
    phone.push_created("patients", patient("of the phone"))
    clinic.store.close()
    done = restore_backup(clinic.config, tmp_path / "b.hikma-backup", clock)
    assert (len(done.late_syncs or ()), done.replaced is None) == (1, False)
    expected = RestoreNote(
        restored_at=clock.now_ms(),
        made_at=info.created_at,
        server_name="North Clinic",
        aside=str(done.replaced),
        late=done.late_syncs,
    )
    assert told(clinic.config, clock) == (expected, "")


def test_on_a_new_computer_nothing_was_put_aside_and_nobody_knows_which_phones_synced(
    clinic: OpenClinic, clock: AdjustableClock, tmp_path: Path
) -> None:
    code = new_recovery_code(clinic.folder, clinic.store.database, clinic.key, cost=2)
    backup = Backups(clinic.folder, clinic.store.database, clinic.key, clock).make(tmp_path / "b.hikma-backup").path
    elsewhere = file_config(tmp_path / "elsewhere")
    restore_backup(elsewhere, backup, clock, recovery_code=code)
    note, _ = told(elsewhere, clock)
    assert note is not None
    assert (note.aside, note.late) == ("", None)
