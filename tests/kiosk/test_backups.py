"""Backups of a running clinic: now and when due, in two places, tried out, and noted for whoever asks."""

from __future__ import annotations

import contextlib
import shutil
import threading
from pathlib import Path

import pytest

from db.backup import verify_backup
from db.errors import AlreadyExists, BackupPlaceFailed, BackupStopped, InvalidInput, StorageBusy
from db.recovery_code import secret_of
from db.settings import Setting, read_settings
from db.wrapped_key import unwrap
from kiosk.backup_shelf import DAY_MS
from kiosk.backups import DRILL_AFTER_MS, DUE_AFTER_MS, HOUR_MS, Backups
from kiosk.recovery import new_recovery_code
from tests.fakes.clock import YEAR_MS
from tests.kiosk.backups import OpenClinic


@pytest.fixture
def backups(clinic: OpenClinic) -> Backups:
    return Backups(clinic.folder, clinic.store.database, clinic.key, clinic.clock)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made


def noted(clinic: OpenClinic) -> dict[Setting, str]:
    with clinic.store.database.read() as snapshot:
        return read_settings(snapshot)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_made_now_is_in_the_data_folder_and_noted(backups: Backups, clinic: OpenClinic) -> None:
    made = backups.make()
    assert made.path.parent == clinic.folder.backups
    assert made.second is None
    assert verify_backup(made.path, clinic.key) == made.info
    settings = noted(clinic)
    assert settings[Setting.LAST_BACKUP_AT] == str(clinic.clock.now_ms())
    assert settings[Setting.LAST_BACKUP_PLACE] == str(made.path)
    assert settings[Setting.LAST_BACKUP_RESULT] == "ok"


def test_the_recovery_code_of_the_day_opens_it(backups: Backups, clinic: OpenClinic) -> None:
    assert backups.make().info.recovery is None
    code = new_recovery_code(clinic.folder, clinic.store.database, clinic.key, cost=2)
    clinic.clock.advance(1_000)
    recovery = backups.make().info.recovery
    assert recovery is not None
    assert unwrap(recovery, secret_of(code)) == clinic.key


def test_it_can_be_made_as_a_file_or_in_a_folder_of_choice(backups: Backups, clinic: OpenClinic, stick: Path) -> None:
    assert backups.make(stick / "mine").path == stick / "mine"
    in_folder = backups.make(stick).path
    assert in_folder.parent == stick
    assert in_folder.name.startswith("North Clinic ")
    assert not clinic.folder.backups.exists()
    assert noted(clinic)[Setting.LAST_BACKUP_PLACE] == str(in_folder)


def test_a_failure_is_raised_and_noted_and_the_last_good_one_stays_noted(
    backups: Backups, clinic: OpenClinic, stick: Path
) -> None:
    good = backups.make(stick / "good")
    clinic.clock.advance(HOUR_MS)
    with pytest.raises(BackupPlaceFailed):
        backups.make(stick / "missing" / "b")
    assert noted(clinic)[Setting.LAST_BACKUP_RESULT] == "backup_place_failed"
    with pytest.raises(AlreadyExists):
        backups.make(stick / "good")
    settings = noted(clinic)
    assert settings[Setting.LAST_BACKUP_RESULT] == "already_exists"
    assert settings[Setting.LAST_BACKUP_PLACE] == str(good.path)
    assert int(settings[Setting.LAST_BACKUP_AT]) < clinic.clock.now_ms()


# The second place


def test_a_copy_goes_to_the_second_place(backups: Backups, clinic: OpenClinic, stick: Path) -> None:
    backups.choose_second_folder(stick)
    assert backups.second_folder() == stick
    parts: list[float] = []
    made = backups.make(progress=parts.append)
    assert made.second == "ok"
    assert files(stick) == files(clinic.folder.backups) == [made.path.name]
    verify_backup(stick / made.path.name, clinic.key)
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    settings = noted(clinic)
    assert settings[Setting.SECOND_BACKUP_RESULT] == "ok"
    assert settings[Setting.SECOND_BACKUP_AT] == str(clinic.clock.now_ms())
    assert [backup.path.parent for backup in backups.listed()] == [clinic.folder.backups, stick]


def test_a_stick_that_is_not_there_is_a_warning_and_the_backup_is_made(
    backups: Backups, clinic: OpenClinic, stick: Path
) -> None:
    backups.choose_second_folder(stick)
    stick.rmdir()
    made = backups.make()
    assert made.second == "backup_place_failed"
    assert made.path.exists()
    assert not stick.exists()
    settings = noted(clinic)
    assert settings[Setting.LAST_BACKUP_RESULT] == "ok"
    assert settings[Setting.SECOND_BACKUP_RESULT] == "backup_place_failed"
    assert Setting.SECOND_BACKUP_AT not in settings


def test_a_stick_that_is_pulled_out_while_it_is_written_is_a_warning_too(
    backups: Backups, clinic: OpenClinic, stick: Path
) -> None:
    backups.choose_second_folder(stick)

    def pull_out(part: float) -> None:
        if part > 0.8 and stick.exists():
            shutil.rmtree(stick)

    assert backups.make(progress=pull_out).second == "backup_place_failed"


def test_the_second_place_can_be_given_up(backups: Backups, stick: Path) -> None:
    backups.choose_second_folder(stick)
    backups.choose_second_folder(None)
    assert backups.second_folder() is None
    assert backups.make().second is None
    assert files(stick) == []


def test_a_second_place_must_be_another_folder_that_is_there(backups: Backups, clinic: OpenClinic, stick: Path) -> None:
    backups.make()
    for folder in (stick / "missing", clinic.folder.backups):
        with pytest.raises(InvalidInput):
            backups.choose_second_folder(folder)
    assert backups.second_folder() is None


# When it is due


def days_with_a_backup(backups: Backups, clinic: OpenClinic, hours: int) -> list[int]:
    """Looks every hour, as the server does; after how many hours a backup was made."""
    made = []
    for hour in range(hours):
        before = noted(clinic).get(Setting.LAST_BACKUP_AT)
        backups.make_if_due()
        if noted(clinic).get(Setting.LAST_BACKUP_AT) != before:
            made.append(hour)
        clinic.clock.advance(HOUR_MS)
    return made


def test_a_computer_that_is_never_switched_off_makes_about_one_a_day(backups: Backups, clinic: OpenClinic) -> None:
    assert days_with_a_backup(backups, clinic, 50) == [0, 20, 40]


def test_a_computer_that_is_switched_on_every_morning_makes_one_every_morning(
    backups: Backups, clinic: OpenClinic
) -> None:
    for _ in range(4):
        assert days_with_a_backup(backups, clinic, 9) == [0]
        clinic.clock.advance(15 * HOUR_MS)


@pytest.mark.parametrize("jump", [-YEAR_MS, YEAR_MS])
def test_a_clock_that_was_set_does_not_stop_backups(backups: Backups, clinic: OpenClinic, jump: int) -> None:
    backups.make_if_due()
    clinic.clock.jump(jump)
    assert days_with_a_backup(backups, clinic, 2) == [0]


def test_when_all_backups_were_removed_one_is_due(backups: Backups, clinic: OpenClinic) -> None:
    backups.make_if_due()
    shutil.rmtree(clinic.folder.backups)
    backups.make_if_due()
    assert len(files(clinic.folder.backups)) == 1


def test_a_failure_of_the_daily_backup_is_noted_and_tried_again(backups: Backups, clinic: OpenClinic) -> None:
    clinic.folder.backups.write_bytes(b"in the way")
    backups.make_if_due()
    assert noted(clinic)[Setting.LAST_BACKUP_RESULT] == "storage_failed"
    clinic.folder.backups.unlink()
    backups.make_if_due()
    assert noted(clinic)[Setting.LAST_BACKUP_RESULT] == "ok"


def test_old_ones_are_thinned_out_in_both_places_and_files_of_choice_are_not(
    backups: Backups, clinic: OpenClinic, stick: Path, tmp_path: Path
) -> None:
    mine = backups.make(tmp_path / "mine.hikma-backup").path
    backups.choose_second_folder(stick)
    for _ in range(14):
        clinic.add_patients(f"p{clinic.clock.now_ms()}")
        backups.make_if_due()
        clinic.clock.advance(DAY_MS)
    assert files(clinic.folder.backups) == files(stick)
    assert 7 <= len(files(stick)) < 14
    assert mine.exists()


# The drill


def test_the_drill_opens_the_newest_and_notes_how_it_ended(backups: Backups, clinic: OpenClinic) -> None:
    assert backups.drill().result == "no_backup"
    backups.make()
    clinic.add_patients("p1")
    clinic.clock.advance(DAY_MS)
    newest = backups.make().path
    drill = backups.drill()
    assert (drill.result, drill.path) == ("ok", newest)
    settings = noted(clinic)
    assert settings[Setting.LAST_DRILL_RESULT] == "ok"
    assert settings[Setting.LAST_DRILL_AT] == str(clinic.clock.now_ms())


def test_a_drill_that_fails_says_why(backups: Backups, clinic: OpenClinic) -> None:
    path = backups.make().path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert backups.drill().result == "backup_damaged"
    assert noted(clinic)[Setting.LAST_DRILL_RESULT] == "backup_damaged"


def test_without_any_in_the_data_folder_the_second_place_is_tried_out(
    backups: Backups, clinic: OpenClinic, stick: Path
) -> None:
    backups.choose_second_folder(stick)
    backups.make()
    shutil.rmtree(clinic.folder.backups)
    drill = backups.drill()
    assert drill.result == "ok"
    assert drill.path is not None
    assert drill.path.parent == stick


def test_the_drill_is_weekly(backups: Backups, clinic: OpenClinic) -> None:
    backups.make()
    first = clinic.clock.now_ms()
    backups.drill_if_due()
    clinic.clock.advance(DRILL_AFTER_MS - 1)
    backups.drill_if_due()
    assert noted(clinic)[Setting.LAST_DRILL_AT] == str(first)
    clinic.clock.advance(1)
    backups.drill_if_due()
    assert noted(clinic)[Setting.LAST_DRILL_AT] == str(clinic.clock.now_ms())


# One at a time, and the end


def test_while_one_is_made_another_is_told_to_wait(backups: Backups) -> None:
    refused: list[type[Exception]] = []

    def try_another(part: float) -> None:
        if not refused:
            for attempt in (backups.make, backups.drill):
                with pytest.raises(StorageBusy):
                    attempt()
                refused.append(StorageBusy)

    backups.make(progress=try_another)
    assert len(refused) == 2
    backups.drill()


def test_a_program_that_closes_gives_up_what_is_under_way(backups: Backups, clinic: OpenClinic) -> None:
    def close(part: float) -> None:
        backups.stop()

    with pytest.raises(BackupStopped):
        backups.make(progress=close)
    assert files(clinic.folder.backups) == []
    assert Setting.LAST_BACKUP_RESULT not in noted(clinic)
    backups.make_if_due()  # it makes no more, and says nothing
    with pytest.raises(BackupStopped):
        backups.make()


def test_two_threads_that_ask_at_once_make_one_or_two_whole_ones(backups: Backups, clinic: OpenClinic) -> None:
    def make() -> None:
        with contextlib.suppress(StorageBusy):
            backups.make()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = list(clinic.folder.backups.iterdir())
    assert made
    for path in made:
        verify_backup(path, clinic.key)


def test_the_daily_one_is_due_before_a_day_is_over() -> None:
    assert DUE_AFTER_MS < DAY_MS
