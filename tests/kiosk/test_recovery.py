"""The recovery code of a data folder: always one in force, shown again only while it is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.clock import SystemClock
from db.database import Database
from db.errors import RecoveryCodeMistyped, WrongRecoveryCode
from db.recovery_code import make_code
from db.settings import Setting, write_setting
from db.store import open_database
from db.wrapped_key import Purpose, wrap
from kiosk.paths import DataFolder
from kiosk.recovery import key_by_code, new_recovery_code, recovery_copy, shown_code

KEY = bytes(range(32))
CHEAP = 2


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


@pytest.fixture
def database(folder: DataFolder) -> Iterator[Database]:
    opened = open_database(folder.root, KEY, SystemClock())
    yield opened
    opened.close()


def new_code(folder: DataFolder, database: Database) -> str:
    return new_recovery_code(folder, database, KEY, cost=CHEAP)


def opens(folder: DataFolder, code: str) -> bool:
    try:
        return key_by_code(recovery_copy(folder), code) == KEY
    except WrongRecoveryCode:
        return False


def test_a_new_code_opens_what_lies_beside_the_database(folder: DataFolder, database: Database) -> None:
    assert recovery_copy(folder) is None
    code = new_code(folder, database)
    assert opens(folder, code)
    assert opens(folder, code.lower())
    assert not opens(folder, make_code())


def test_neither_code_nor_key_lies_in_the_folder(folder: DataFolder, database: Database) -> None:
    code = new_code(folder, database)
    texts = (KEY, KEY.hex().encode(), code.encode(), code.replace("-", "").encode())
    for path in folder.root.iterdir():
        content = path.read_bytes()
        assert not any(text in content for text in texts), path.name


def test_of_two_codes_the_newer_is_in_force(folder: DataFolder, database: Database) -> None:
    older, newer = (new_code(folder, database) for _ in range(2))
    assert not opens(folder, older)
    assert opens(folder, newer)


def test_a_code_is_made_when_it_is_asked_for_and_shown_again_later(folder: DataFolder, database: Database) -> None:
    first = shown_code(folder, database, KEY, cost=CHEAP)
    assert first.is_new
    assert first.code is not None
    assert opens(folder, first.code)
    again = shown_code(folder, database, KEY, cost=CHEAP)
    assert (again.code, again.exists, again.is_new) == (first.code, True, False)
    assert first.code not in repr(again)


def test_a_code_that_is_not_known_here_is_neither_shown_nor_replaced(folder: DataFolder, database: Database) -> None:
    code = new_code(folder, database)
    with database.write() as transaction:
        write_setting(transaction, Setting.RECOVERY_CODE, "")
    shown = shown_code(folder, database, KEY, cost=CHEAP)
    assert (shown.code, shown.exists, shown.is_new) == (None, True, False)
    assert opens(folder, code)


def test_a_change_that_was_cut_short_leaves_the_printed_code_in_force(folder: DataFolder, database: Database) -> None:
    printed = new_code(folder, database)
    with database.write() as transaction:  # the power failed before the copy beside the database was replaced
        write_setting(transaction, Setting.RECOVERY_CODE, make_code())
    assert opens(folder, printed)
    assert shown_code(folder, database, KEY, cost=CHEAP).code is None


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"purpose":"recovery"}'])
def test_a_copy_that_cannot_be_read_counts_as_none(folder: DataFolder, database: Database, content: bytes) -> None:
    folder.recovery_file.write_bytes(content)
    assert recovery_copy(folder) is None
    code = shown_code(folder, database, KEY, cost=CHEAP)
    assert code.is_new
    assert opens(folder, code.code or "")


def test_a_code_opens_nothing_where_there_was_none_yet() -> None:
    with pytest.raises(WrongRecoveryCode):
        key_by_code(None, make_code())


def test_a_mistyped_code_is_told_before_anything_is_tried(folder: DataFolder, database: Database) -> None:
    code = new_code(folder, database)
    with pytest.raises(RecoveryCodeMistyped):
        key_by_code(recovery_copy(folder), code[:-1])


def test_a_passphrase_copy_is_no_recovery_copy() -> None:
    code = make_code()
    with pytest.raises(WrongRecoveryCode):
        key_by_code(wrap(KEY, code.encode(), Purpose.PASSPHRASE, cost=CHEAP), code)
