from __future__ import annotations

import pytest

from db.errors import StorageFailed
from tests.fakes.diagnostics_port import FakeDiagnostics
from tests.fakes.kiosk_port import START_MS
from web.i18n import LANGUAGES, load_catalogue
from web.ui.diagnostics_page import DiagnosticsPage, diagnostics_page, in_groups

CATALOGUE = load_catalogue()


@pytest.fixture
def port() -> FakeDiagnostics:
    return FakeDiagnostics(lambda: START_MS)


def shown(port: FakeDiagnostics, language: str = "en") -> DiagnosticsPage:
    return diagnostics_page(port.view(), CATALOGUE.translator(language))


def test_before_there_is_a_report_there_is_no_code(port: FakeDiagnostics) -> None:
    page = shown(port)
    assert (page.tone, page.code, page.files, page.detail) == ("off", None, (), None)


def test_while_one_is_made_the_old_one_is_not_offered(port: FakeDiagnostics) -> None:
    port.prepare()
    port.take_time()
    port.prepare()
    page = shown(port)
    assert (page.tone, page.headline, page.code) == ("busy", "Preparing the report…", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_preview_lists_every_file_with_a_sentence(port: FakeDiagnostics, language: str) -> None:
    port.prepare()
    page = shown(port, language)
    assert page.code == "00106-T04HP"
    assert [file.name for file in page.files] == ["about.json", "syncs.jsonl", "logs/server.log"]
    assert all(file.what and file.entries and file.size for file in page.files)
    assert len(page.never) == 3


def test_a_report_that_could_not_be_made_says_why(port: FakeDiagnostics) -> None:
    port.fail_next(StorageFailed())
    port.prepare()
    page = shown(port)
    assert (page.tone, page.headline) == ("bad", "The report could not be made")
    assert page.detail == CATALOGUE.translator("en").error("storage_failed")


def test_a_code_is_read_out_in_groups_of_five() -> None:
    assert in_groups("0123456789") == "01234-56789"
