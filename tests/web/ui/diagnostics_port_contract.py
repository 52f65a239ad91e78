"""What every DiagnosticsPort does, the fake one of the page tests and the program's own alike."""

from __future__ import annotations

import io
import zipfile

from tests.polling import eventually
from web.ui.diagnostics_port import DiagnosticsPort, ReportPreview


def prepared(port: DiagnosticsPort) -> ReportPreview:
    return eventually(lambda: None if (view := port.view()).is_preparing else view.preview)


class DiagnosticsPortContract:
    """Subclasses give the fixture ``port``: one that has made no report yet."""

    def test_at_first_there_is_none(self, port: DiagnosticsPort) -> None:
        view = port.view()
        assert (view.is_preparing, view.preview, view.failure) == (False, None, None)

    def test_a_report_is_prepared_with_its_code_and_what_is_in_it(self, port: DiagnosticsPort) -> None:
        port.prepare()
        preview = prepared(port)
        assert len(preview.support_code) == 10
        assert preview.lines
        assert preview.file_name.endswith(".zip")

    def test_the_archive_holds_what_the_preview_lists(self, port: DiagnosticsPort) -> None:
        port.prepare()
        preview, archive = prepared(port), port.archive()
        with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
            assert opened.namelist() == [line.name for line in preview.lines]
        assert archive.support_code == preview.support_code

    def test_without_a_report_the_archive_is_made_at_once(self, port: DiagnosticsPort) -> None:
        assert port.archive().content
        assert prepared(port).lines
