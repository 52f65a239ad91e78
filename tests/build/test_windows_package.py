"""The script of the installer for Windows compiles without a warning. It is tried by `make dist ARGS=try-windows`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import windows_package
from console import Failed

from kiosk import __version__
from kiosk.toolkit import WEBVIEW2

TEXTS = (windows_package.PARTS / "texts.nsh").read_text(encoding="utf-8")
SCRIPT = windows_package.SCRIPT.read_text(encoding="utf-8")
needs_makensis = pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis is not installed here")


@needs_makensis
def test_an_installer_is_made(tmp_path: Path) -> None:
    payload = windows_package.stand_in(tmp_path / "payload")
    made = windows_package.setup(payload, tmp_path, __version__)
    assert made.read_bytes().startswith(b"MZ")


@needs_makensis
def test_a_warning_stops_the_build(tmp_path: Path) -> None:
    script = tmp_path / "a.nsi"
    script.write_text('Unicode true\nOutFile "${OUTFILE}"\nVar Unused\nSection\nSectionEnd\n', encoding="utf-8")
    with pytest.raises(Failed, match="Unused"):
        windows_package.compile_script(script, {"OUTFILE": str(tmp_path / "a-b.exe")})


def test_every_text_is_there_in_three_languages() -> None:
    said = re.findall(r"^LangString (\w+) \$\{LANG_(\w+)\}", TEXTS, re.MULTILINE)
    names = {name for name, _ in said}
    assert sorted(said) == sorted((name, language) for name in names for language in ("ENGLISH", "ARABIC", "SPANISH"))
    assert set(re.findall(r"\$\((\w+)\)", SCRIPT)) == names


def test_program_and_installer_look_for_webview_at_the_same_place() -> None:
    assert WEBVIEW2 in SCRIPT


def test_the_program_starts_at_login_by_the_command_that_looks_for_records() -> None:
    assert """'"$INSTDIR\\${PROGRAM}.exe" at-login'""" in SCRIPT
