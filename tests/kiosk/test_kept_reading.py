"""What was read is kept until somebody commits, in this process or another."""

from __future__ import annotations

from db.database import Database, Snapshot
from db.settings import Setting, read_setting, write_setting
from db.store import open_store
from kiosk.kept_reading import KeptReading
from tests.db.rows import KEY
from tests.fakes.clock import AdjustableClock


def write(database: Database, value: str) -> None:
    with database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, value)


def test_it_is_read_again_after_a_commit_and_not_before(database: Database) -> None:
    reads = []

    def read(snapshot: Snapshot, day: str) -> str | None:
        reads.append(day)
        return read_setting(snapshot, Setting.SERVER_NAME)

    kept = KeptReading(database, read)
    assert [kept.current("monday"), kept.current("monday")] == [None, None]
    assert reads == ["monday"]
    write(database, "North")
    assert [kept.current("monday"), kept.current("monday")] == ["North", "North"]
    assert len(reads) == 2
    assert kept.current("tuesday") == "North"
    assert reads[-1] == "tuesday"


def test_what_another_process_commits_is_seen_too(database: Database) -> None:
    kept = KeptReading(database, lambda snapshot, _: read_setting(snapshot, Setting.SERVER_NAME))
    assert kept.current(None) is None
    other = open_store(database.path.parent, KEY, AdjustableClock())
    write(other.database, "by command")
    other.close()
    assert kept.current(None) == "by command"
