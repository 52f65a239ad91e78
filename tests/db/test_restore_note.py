"""What a restore leaves for staff to read."""

from __future__ import annotations

from pathlib import Path

from db.lost_part import LateSync
from db.restore_note import RestoreNote, read_note, write_note
from db.settings import Setting, write_setting
from db.store import open_store
from tests.fakes.clock import AdjustableClock

KEY = bytes(range(32))
LATE = LateSync("d1", "Tablet 2", "Nour", 1_790_000_000_000, 3)
NOTE = RestoreNote(restored_at=2, made_at=1, server_name="North", aside="/data/replaced/x", late=(LATE,))


def test_a_note_is_there_until_it_is_read_and_one_of_another_release_is_none(tmp_path: Path) -> None:
    store = open_store(tmp_path, KEY, AdjustableClock())
    for note in (NOTE, RestoreNote(restored_at=2, made_at=1, server_name=""), None):
        with store.database.write() as transaction:
            write_note(transaction, note)
        with store.database.read() as snapshot:
            assert read_note(snapshot) == note
    with store.database.write() as transaction:
        write_setting(transaction, Setting.RESTORE_NOTE, '{"of": "another release"}')
    with store.database.read() as snapshot:
        assert read_note(snapshot) is None
    store.close()
