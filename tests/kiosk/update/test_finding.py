from __future__ import annotations

import shutil
from pathlib import Path

from kiosk.update.finding import MOST_FOUND, attached_drives, find_updates, look_at
from tests.updates import NEXT, Publisher


def test_files_are_found_in_the_folder_and_on_drives_and_what_fits_comes_first(
    publisher: Publisher, tmp_path: Path
) -> None:
    stick, folder = tmp_path / "stick", tmp_path / "folder"
    stick.mkdir()
    folder.mkdir()
    shutil.copy(publisher.small_update(), stick / "good.hikma-update")
    shutil.copy(publisher.small_update("0.0.1"), folder / "old.hikma-update")
    (folder / ".hidden.hikma-update").write_bytes(b"")
    (folder / "letter.txt").write_text("no update")
    found = find_updates(folder, [publisher.public], lambda: (stick, folder, tmp_path / "gone"))
    assert [(one.name, one.version, one.refusal) for one in found] == [
        ("good.hikma-update", NEXT, None),
        ("old.hikma-update", "0.0.1", "update_not_newer"),
    ]
    assert [one.name for one in find_updates(None, [publisher.public], lambda: (stick,))] == ["good.hikma-update"]


def test_a_single_file_can_be_named(publisher: Publisher) -> None:
    file = publisher.small_update()
    assert [one.path for one in find_updates(file, [publisher.public], tuple)] == [str(file)]


def test_what_is_no_update_is_told_with_its_reason(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a letter")
    assert look_at(tmp_path / "x", [publisher.public]).refusal == "update_damaged"
    assert look_at(tmp_path / "gone", [publisher.public]).refusal == "update_damaged"
    assert look_at(publisher.small_update(), []).refusal == "update_not_trusted"
    other = look_at(publisher.small_update(platform="plan9-vax"), [publisher.public])
    assert (other.refusal, other.context) == ("update_of_other_system", {"platform": "plan9-vax"})


def test_no_more_files_than_anybody_reads(publisher: Publisher, tmp_path: Path) -> None:
    for number in range(MOST_FOUND + 2):
        (tmp_path / f"{number}.hikma-update").write_bytes(b"")
    assert len(find_updates(tmp_path, [publisher.public], tuple)) == MOST_FOUND


def test_drives_of_this_computer_are_folders() -> None:
    assert all(drive.is_absolute() for drive in attached_drives())
