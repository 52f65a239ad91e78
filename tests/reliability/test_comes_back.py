"""After a crash of the server process phones are served again by themselves, and the page says what happened."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from kiosk.keystore import CHOICE_VARIABLE
from kiosk.paths import DataFolder
from tests.bench.phone import BenchPhone
from tests.e2e.server import NURSE
from tests.reliability.comes_back import kill_and_wait, main_page, supervised
from web.i18n import load_catalogue

NOTE = load_catalogue().translator("en").text("notices.unclean_stop_checked")
ROWS = {"patients": {"created": [{"id": "p1", "given_name": "Amal"}], "updated": [], "deleted": []}}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")


def test_after_kill_9_phones_sync_again_by_themselves_and_the_page_has_a_note(
    staffed_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CHOICE_VARIABLE, "file")
    folder = DataFolder(shutil.copytree(staffed_folder, tmp_path / "data"))
    folder.language_file.write_text("en")
    with supervised(folder) as server:
        assert NOTE not in main_page(server)
        phone = BenchPhone(str(server.phones_url), NURSE.credentials)
        phone.push(phone.pull(0).timestamp, ROWS)
        held = phone.pull(0).records
        phone.close()
        again, _ = kill_and_wait(folder, server)
        assert again.phones_url == server.phones_url
        assert NOTE in main_page(again)
        assert BenchPhone(str(again.phones_url), NURSE.credentials).pull(0).records == held
