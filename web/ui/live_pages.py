"""Pages that keep themselves up to date, and the questions asked before something is done.

Knows nothing of what they show: that is rendered by whoever owns the page.
"""

from __future__ import annotations

from collections.abc import Callable

from bottle import HTTPResponse

from web.i18n import Translator
from web.pages import Pages
from web.ui.answers import etag, html, no_part, part, to_page
from web.ui.ports import KioskPort, KioskStatus, ServingState

WordsFor = Callable[[KioskStatus], Translator]
Render = Callable[[KioskStatus, Translator], str]
Look = Callable[[KioskStatus, Translator], object]
"""Makes the view that a template lays out."""


class LivePages:
    """``words_for`` finds the language of a page. Before the first run there is none of these pages, unless
    ``before_first_run``: help is needed then too."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor, *, before_first_run: bool = False) -> None:
        self._port = port
        self._pages = pages
        self._words_for = words_for
        self._before_first_run = before_first_run

    def page(self, here: str, title: str, render: Render, script: str = "main.mjs") -> HTTPResponse:
        """The whole page at the address ``here``; its part that changes is found at ``here``/status."""
        status = self._port.status()
        if self._is_too_early(status):
            return to_page()
        words = self._words_for(status)
        body = render(status, words)
        shown = {"fragment": body, "etag": etag(body), "server_name": status.server_name}
        where = {"title": words.text(title), "script": script, "here": here, "part": f"{here}/status"}
        return html(self._pages.render("live", words, **shown, **where))

    def part(self, render: Render) -> HTTPResponse:
        """The part of a page that changes."""
        status = self._port.status()
        words = self._words_for(status)
        if self._is_too_early(status):
            return no_part(words.language)
        return part(render(status, words), words.language)

    def still(self, template: str, here: str, view: Look, http_status: int = 200) -> HTTPResponse:
        """A page that stays as it is: a form, or a question. A change of language leads back to ``here``."""
        status = self._port.status()
        if self._is_too_early(status):
            return to_page()
        words = self._words_for(status)
        values = {"view": view(status, words), "server_name": status.server_name, "here": here}
        return html(self._pages.render(template, words, **values), http_status)

    def _is_too_early(self, status: KioskStatus) -> bool:
        return status.state is ServingState.FIRST_RUN and not self._before_first_run
