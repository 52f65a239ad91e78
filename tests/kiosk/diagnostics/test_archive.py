from __future__ import annotations

import io
import zipfile

import pytest

from kiosk.diagnostics.archive import pack
from kiosk.diagnostics.report import Report, ReportFile
from web.ui.diagnostics_port import ReportArchive, ReportPart

REPORT = Report(
    "00106T04HP",
    1_796_083_422_217,
    (
        ReportFile(ReportPart.ABOUT, "about.json", 1, b"{}"),
        ReportFile(ReportPart.LOG, "logs/server.log", 2, b"a\nb\n"),
    ),
)


@pytest.fixture
def archive() -> ReportArchive:
    return pack(REPORT)


def test_a_report_is_one_zip_with_all_its_files(archive: ReportArchive) -> None:
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert opened.namelist() == ["about.json", "logs/server.log"]
        assert opened.read("logs/server.log") == b"a\nb\n"
        assert opened.testzip() is None
    assert archive.file_name == "hikma-diagnostics-2026-12-01-0003-00106-T04HP.zip"
