from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.paths import DataFolder, data_folder


def test_without_a_wish_the_folder_is_this_users_own_and_named_after_the_program() -> None:
    folder = data_folder()
    assert folder.root.name == "hikma-local-server"
    assert folder.root.is_absolute()


def test_a_given_folder_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert data_folder(Path("clinic")).root == tmp_path / "clinic"


def test_a_tilde_means_the_users_home() -> None:
    assert data_folder(Path("~/clinic")).root == Path.home() / "clinic"


def test_preparing_makes_the_folder_and_the_one_for_logs_twice_without_complaint(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.prepare()
    folder.prepare()
    assert folder.logs.is_dir()


def test_every_name_in_the_folder_is_different(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    names = [name for name, value in vars(DataFolder).items() if isinstance(value, property)]
    assert len({getattr(folder, name) for name in names}) == len(names)


def test_a_strange_user_name_still_gives_a_plain_file_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "../نور clinic")
    lock = DataFolder(tmp_path).window_lock
    assert lock.parent == tmp_path
    assert lock.name.isascii()
    assert " " not in lock.name


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask of this kind")
def test_files_made_after_the_switch_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from kiosk.paths import keep_new_files_private; keep_new_files_private();"
        "pathlib.Path(sys.argv[1]).touch()"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "file")], check=True)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
