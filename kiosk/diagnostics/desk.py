"""The page "Export diagnostics", done: the implementation of web.ui.diagnostics_port.DiagnosticsPort.

Knows nothing of HTTP or of what a report holds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from db.clock import Clock
from db.errors import HubError
from kiosk.diagnostics.archive import pack
from kiosk.diagnostics.report import Report
from kiosk.failures import meaning_of
from web.ui.diagnostics_port import DiagnosticsView, PreviewLine, ReportArchive, ReportPreview

FRESH_MS = 15 * 60_000
"""Longer, and what happened since is more interesting than what the preview was of."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Prepared:
    report: Report
    archive: ReportArchive


class DiagnosticsDesk:
    """Safe for many threads. ``make``: a new report; it takes seconds."""

    def __init__(self, make: Callable[[], Report], clock: Clock) -> None:
        self._make = make
        self._clock = clock
        self._lock = threading.Lock()
        self._making = threading.Lock()  # one at a time
        self._prepared: _Prepared | None = None
        self._is_preparing = False
        self._failure: HubError | None = None

    def view(self) -> DiagnosticsView:
        """See DiagnosticsPort."""
        with self._lock:
            prepared, is_preparing, failure = self._prepared, self._is_preparing, self._failure
        return DiagnosticsView(
            is_preparing=is_preparing,
            preview=_preview(prepared) if prepared and self._is_fresh(prepared) else None,
            failure=failure.code if failure else None,
            now_ms=self._clock.now_ms(),
        )

    def prepare(self) -> None:
        """See DiagnosticsPort."""
        with self._lock:
            if self._is_preparing:
                return
            self._is_preparing = True
        threading.Thread(target=self._prepare, name="report", daemon=True).start()

    def archive(self) -> ReportArchive:
        """See DiagnosticsPort."""
        with self._making:
            with self._lock:
                prepared = self._prepared
            if prepared is None or not self._is_fresh(prepared):
                prepared = self._made()
        return prepared.archive

    def _prepare(self) -> None:
        failure: HubError | None = None
        try:
            with self._making:
                self._made()
        except (HubError, OSError) as error:
            failure = meaning_of(error)
            _LOG.warning("no report could be made", extra={"code": failure.code})
        finally:
            with self._lock:
                self._is_preparing, self._failure = False, failure

    def _made(self) -> _Prepared:
        report = self._make()
        prepared = _Prepared(report, pack(report))
        with self._lock:
            self._prepared = prepared
        return prepared

    def _is_fresh(self, prepared: _Prepared) -> bool:
        return abs(self._clock.now_ms() - prepared.report.made_at_ms) < FRESH_MS


def _preview(prepared: _Prepared) -> ReportPreview:
    report, archive = prepared.report, prepared.archive
    return ReportPreview(
        support_code=report.support_code,
        made_at_ms=report.made_at_ms,
        file_name=archive.file_name,
        bytes=len(archive.content),
        lines=tuple(PreviewLine(file.part, file.name, file.entries, len(file.content)) for file in report.files),
    )
