"""The reports behind the page "Export diagnostics", in memory: small, and made when a test says so.

Knows nothing of HTTP.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from db.errors import HubError
from web.ui.diagnostics_port import DiagnosticsView, PreviewLine, ReportArchive, ReportPart, ReportPreview

CODE = "00106T04HP"
FILE_NAME = "hikma-diagnostics-2026-12-01-0003-00106-T04HP.zip"
FILES = (
    (ReportPart.ABOUT, "about.json", 12, b"{}"),
    (ReportPart.SYNCS, "syncs.jsonl", 1_250, b"{}\n" * 1_250),
    (ReportPart.LOG, "logs/server.log", 3, b"a\nb\nc\n"),
)


class FakeDiagnostics:
    """DiagnosticsPort in memory. A report is ready at once, unless it is told to take its time."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._preview: ReportPreview | None = None
        self._is_slow = False
        self._is_preparing = False
        self._failure: HubError | None = None
        self._told_failure: str | None = None
        self.made = 0

    # DiagnosticsPort

    def view(self) -> DiagnosticsView:
        return DiagnosticsView(self._is_preparing, self._preview, self._told_failure, self._now_ms())

    def prepare(self) -> None:
        if self._is_preparing:
            return
        self._is_preparing = True
        if not self._is_slow:
            self.finish()

    def archive(self) -> ReportArchive:
        if self._preview is None:
            self._make()
        return ReportArchive(FILE_NAME, CODE, _zip())

    # What a test decides

    def take_time(self) -> None:
        """From now on a report is being made until ``finish``."""
        self._is_slow = True

    def fail_next(self, failure: HubError) -> None:
        """The next report is not made, for this reason."""
        self._failure = failure

    def finish(self) -> None:
        self._is_preparing = False
        failure, self._failure = self._failure, None
        self._told_failure = failure.code if failure else None
        if failure is None:
            self._make()

    def _make(self) -> None:
        self.made += 1
        lines = tuple(PreviewLine(part, name, entries, len(content)) for part, name, entries, content in FILES)
        self._preview = ReportPreview(CODE, self._now_ms(), FILE_NAME, len(_zip()), lines)


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for _, name, _, content in FILES:
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()
