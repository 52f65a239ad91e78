"""The real program in its real window: Help, Export diagnostics…, and the report is where the person wanted it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.paths import DataFolder
from tests.e2e.server import DOCTOR, NURSE
from tests.e2e.window_process import Program
from tests.fakes.server_starts import kill_servers_of
from tests.fakes.x_display import Display, x_display
from tests.kiosk.diagnostics.marks import unzipped
from tests.polling import eventually
from web.i18n import load_catalogue

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the display without a screen is an X server")

WORDS = load_catalogue().translator("en")
SPANISH = load_catalogue().translator("es")
TITLE, DIALOG = WORDS.text("app.name"), WORDS.text("diagnostics.save")
HELP, EXPORT = 3, 0
"""The fourth menu, and its first entry."""


@pytest.fixture
def program(staffed_folder: Path, tmp_path: Path) -> Iterator[Program]:
    folder = DataFolder(tmp_path / "data")
    shutil.copytree(staffed_folder, folder.root)
    folder.language_file.write_text("en")
    with x_display() as display:
        program = Program([sys.executable, "-m", "kiosk", "--data-dir", str(folder.root)], display)
        try:
            eventually(lambda: WORDS.text("diagnostics.title") in program.text(), deadline_s=60)
            yield program
        finally:
            program.process.kill()
            program.process.communicate()
            kill_servers_of(folder)


def names_of_staff() -> list[str]:
    return [word for account in (NURSE, DOCTOR) for word in (account.name, account.email, account.clinic or "-----")]


def test_the_report_is_exported_from_the_menu_and_from_the_page(program: Program, tmp_path: Path) -> None:
    display: Display = program.display
    display.choose_in_menu(TITLE, HELP, EXPORT, DIALOG)
    display.type_into(DIALOG, str(tmp_path / "from-menu"))
    saved = eventually(lambda: next(tmp_path.glob("from-menu.zip"), None), deadline_s=30)
    files = dict(unzipped(saved.read_bytes()))
    about = json.loads(files["about.json"])
    code = about["support_code"]
    eventually(lambda: f"{code[:5]}-{code[5:]}" in program.text(), deadline_s=30)
    assert all(name.encode() not in content for content in files.values() for name in names_of_staff())

    program.value_of("document.querySelector('button[value=es]').click()")
    eventually(lambda: SPANISH.text("diagnostics.ready") in program.text(), deadline_s=30)
    dialog = SPANISH.text("diagnostics.save")
    program.value_of("document.querySelector('#save-report').click()")
    eventually(lambda: dialog in display.titles(), deadline_s=30)
    display.type_into(dialog, str(tmp_path / "from-page.zip"))
    eventually(lambda: (tmp_path / "from-page.zip").exists(), deadline_s=30)
    assert (tmp_path / "from-page.zip").read_bytes() == saved.read_bytes()  # what the page showed is what is saved
