from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.errors import DiskFull, ReportPlaceFailed
from kiosk.diagnostics.saving import save
from web.ui.diagnostics_port import ReportArchive


@pytest.fixture
def archive() -> ReportArchive:
    return ReportArchive("hikma-diagnostics-2026-12-01-0003-00106-T04HP.zip", "00106T04HP", b"PK" * 50)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk with room for a few small files."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be had by root alone")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_it_is_saved_as_the_file_that_was_chosen(archive: ReportArchive, tmp_path: Path) -> None:
    assert save(archive, tmp_path / "r.zip") == tmp_path / "r.zip"
    assert (tmp_path / "r.zip").read_bytes() == archive.content
    assert [file.name for file in tmp_path.iterdir()] == ["r.zip"]


def test_in_a_folder_it_gets_its_own_name(archive: ReportArchive, tmp_path: Path) -> None:
    assert save(archive, tmp_path) == tmp_path / archive.file_name


def test_a_file_of_that_name_is_replaced(archive: ReportArchive, tmp_path: Path) -> None:
    (tmp_path / "r.zip").write_text("old")
    save(archive, tmp_path / "r.zip")
    assert (tmp_path / "r.zip").read_bytes() == archive.content


def test_a_place_that_is_not_there_is_refused(archive: ReportArchive, tmp_path: Path) -> None:
    with pytest.raises(ReportPlaceFailed):
        save(archive, tmp_path / "missing" / "r.zip")
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportPlaceFailed):
        save(archive, tmp_path / "file" / "r.zip")
    with pytest.raises(ReportPlaceFailed):
        save(archive, tmp_path / ("x" * 300))


@pytest.mark.skipif(sys.platform != "linux", reason="where there is /proc")
def test_a_place_that_takes_no_files_is_refused(archive: ReportArchive) -> None:
    with pytest.raises(ReportPlaceFailed):
        save(archive, Path("/proc/r.zip"))


@pytest.mark.skipif(sys.platform != "linux", reason="a small disk is mounted")
def test_a_full_disk_is_said_and_what_stood_there_stays(tmp_path: Path) -> None:
    large = ReportArchive("r.zip", "00106T04HP", bytes(100_000))
    with small_disk(tmp_path / "disk") as disk:
        (disk / "r.zip").write_text("old")
        with pytest.raises(DiskFull):
            save(large, disk / "r.zip")
        assert (disk / "r.zip").read_text() == "old"
        assert [file.name for file in disk.iterdir()] == ["r.zip"]
