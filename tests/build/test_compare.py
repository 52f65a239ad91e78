from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from compare import differences


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    folders = (tmp_path / "a", tmp_path / "b")
    for folder in folders:
        (folder / "sub").mkdir(parents=True)
        (folder / "sub" / "file").write_text("same")
        os.utime(folder / "sub" / "file", (1, 1))
    return folders


def test_two_equal_folders_have_no_difference(two: tuple[Path, Path]) -> None:
    assert differences(*two) == []


def test_each_kind_of_difference_is_named(two: tuple[Path, Path]) -> None:
    first, second = two
    (second / "sub" / "file").write_text("other")
    (first / "only-here").touch()
    (second / "only-there").touch()
    assert differences(first, second) == [
        "only-here: only in the first",
        "only-there: only in the second",
        "sub/file: time, content",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights, and links need one")
def test_rights_and_links_count(two: tuple[Path, Path]) -> None:
    first, second = two
    (first / "sub" / "file").chmod(0o600)
    (second / "sub" / "file").chmod(0o644)
    (first / "link").symlink_to("sub/file")
    (second / "link").symlink_to("sub")
    assert differences(first, second) == ["link: content", "sub/file: rights"]
