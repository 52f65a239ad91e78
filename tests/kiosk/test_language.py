from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from kiosk.language import choose_language, chosen_language, language_here, language_of
from kiosk.paths import DataFolder


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


def test_nothing_is_chosen_in_a_new_folder(folder: DataFolder) -> None:
    assert chosen_language(folder) is None


@pytest.mark.parametrize("language", ["en", "ar", "es"])
def test_a_choice_is_remembered_and_comes_before_the_computers_language(folder: DataFolder, language: str) -> None:
    choose_language(folder, language)
    assert chosen_language(folder) == language_here(folder) == language


@pytest.mark.parametrize("content", [b"fr", b"", b"\xff\xfe", b"en ar"])
def test_a_file_with_anything_else_counts_as_no_choice(folder: DataFolder, content: bytes) -> None:
    folder.language_file.write_bytes(content)
    assert chosen_language(folder) is None
    assert language_here(folder) in {"en", "ar", "es"}


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("ar_EG.UTF-8", "ar"),
        ("Arabic_Egypt", "ar"),
        ("ar-SA", "ar"),
        ("es", "es"),
        ("es-MX", "es"),
        ("Spanish_Mexico.1252", "es"),
        ("en_GB", "en"),
        ("fr_FR", "en"),
        ("est_EE", "en"),
        ("C", "en"),
        ("", "en"),
    ],
)
def test_the_computers_language_is_understood_in_every_spelling(name: str, language: str) -> None:
    assert language_of(name) == language


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in access lists")
def test_the_file_is_private_and_a_folder_that_is_gone_is_told(folder: DataFolder) -> None:
    choose_language(folder, "ar")
    assert stat.S_IMODE(folder.language_file.stat().st_mode) == 0o600
    with pytest.raises(OSError):
        choose_language(DataFolder(folder.root / "gone"), "ar")
