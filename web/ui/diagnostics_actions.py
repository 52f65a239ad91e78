"""The page "Export diagnostics", the report as a download, and the page "About".

Knows nothing of what a report holds or how it is made: all that goes through DiagnosticsPort.
"""

from __future__ import annotations

from bottle import HTTPResponse

from web.i18n import Translator
from web.pages import Pages
from web.ui.answers import ABOUT_PAGE, DIAGNOSTICS_PAGE, done
from web.ui.diagnostics_page import diagnostics_page
from web.ui.live_pages import LivePages, WordsFor
from web.ui.ports import KioskPort, KioskStatus


class DiagnosticsActions:
    """``words_for`` finds the language of a page."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor) -> None:
        self._port = port
        self._pages = pages
        self._live = LivePages(port, pages, words_for, before_first_run=True)

    def get_diagnostics(self) -> HTTPResponse:
        """The preview. Whoever opens the page wants a report: one is made if there is none of these minutes."""
        view = self._port.diagnostics.view()
        if view.preview is None and not view.is_preparing:
            self._port.diagnostics.prepare()
        return self._live.page(DIAGNOSTICS_PAGE, "diagnostics.title", self._part)

    def get_diagnostics_part(self) -> HTTPResponse:
        """The part of that page that changes."""
        return self._live.part(self._part)

    def post_prepare(self) -> HTTPResponse:
        """Make a new report."""
        return done(self._port.diagnostics.prepare, DIAGNOSTICS_PAGE)

    def get_download(self) -> HTTPResponse:
        """The report as a file: the one of the preview, else a new one. Also before the server is set up, when help may
        be needed most."""
        archive = self._port.diagnostics.archive()
        headers = {
            "Content-Type": "application/zip",
            "Content-Disposition": f'attachment; filename="{archive.file_name}"',
            "X-Support-Code": archive.support_code,
        }
        return HTTPResponse(archive.content, headers=headers)

    def get_about(self) -> HTTPResponse:
        """Which program and version this is."""
        return self._live.still("about", ABOUT_PAGE, lambda status, _: status)

    def _part(self, status: KioskStatus, words: Translator) -> str:
        view = diagnostics_page(self._port.diagnostics.view(), words)
        return self._pages.render("diagnostics_status", words, view=view)
