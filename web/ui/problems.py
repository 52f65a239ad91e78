"""What the kiosk's pages answer when something is not as it should be: a plain page, or JSON for scripts.

Knows nothing of what any route does; sentences come from the catalogue by the error's code.
"""

from __future__ import annotations

import logging
from types import MappingProxyType

import msgspec
from bottle import HTTPError, HTTPResponse, request

from db.errors import (
    HubError,
    InvalidInput,
    MethodNotAllowed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooLarge,
)
from web.errors import STATUS
from web.i18n import Catalogue, Translator, negotiate
from web.pages import Pages
from web.plugins.errors import ErrorPlugin
from web.plugins.request_id import HEADER, current_request_id

_LOG = logging.getLogger(__name__)
_BY_STATUS = MappingProxyType({401: NotSignedIn, 403: NotAllowed, 404: NotFound, 405: MethodNotAllowed, 413: TooLarge})


class Problems(ErrorPlugin):
    """The HTTP edge of the pages: ErrorPlugin catches and logs, this puts the answer into words for people."""

    name = "ui_problems"

    def __init__(self, catalogue: Catalogue, pages: Pages) -> None:
        super().__init__(catalogue)
        self._pages = pages

    def respond(self, error: HubError) -> HTTPResponse:
        """The answer for ``error``, in the language the client asked for."""
        words = self._pages.translator(wished_language())
        sentence = words.error(error.code, {**error.context, "request_id": current_request_id()})
        headers = {HEADER: current_request_id()}
        if isinstance(error, TooLarge):
            # The rest of the body is still on its way; nobody will read it.
            headers["Connection"] = "close"
        if wants_json():
            headers["Content-Type"] = "application/json"
            body = msgspec.json.encode({"code": error.code, "message": sentence})
            return HTTPResponse(body, STATUS[type(error)], headers)
        headers["Content-Type"] = "text/html; charset=utf-8"
        is_signed_out = isinstance(error, NotSignedIn)
        title = words.text("signed_out.title" if is_signed_out else "problem.title")
        page = self._pages.render(
            "problem",
            words,
            title=title,
            sentence=words.text("signed_out.message") if is_signed_out else sentence,
            is_signed_out=is_signed_out,
        )
        return HTTPResponse(page.encode(), STATUS[type(error)], headers)

    def _default_error(self, failure: HTTPError) -> bytes:
        """The answer for what happened outside a route: unknown address, refused origin, our own failure."""
        if failure.status_code >= 500 and failure.exception is not None:
            _LOG.error("request %s failed outside a route", current_request_id(), exc_info=failure.exception)
        answer = self.respond(_BY_STATUS.get(failure.status_code, HubError)())
        for name, value in answer.headerlist:
            failure.set_header(name, value)
        body: bytes = answer.body
        return body


def wrong_input(pages: Pages, words: Translator, sentence: str) -> HTTPResponse:
    """What a field wants, instead of the general sentence about input."""
    if wants_json():
        body = msgspec.json.encode({"code": InvalidInput.code, "message": sentence})
        return HTTPResponse(body, 400, {"Content-Type": "application/json"})
    page = pages.render("problem", words, title=words.text("problem.title"), sentence=sentence, is_signed_out=False)
    return HTTPResponse(page, 400, {"Content-Type": "text/html; charset=utf-8"})


def wished_language() -> str:
    """The language of pages for whom we do not know yet: ``?lang=``, else what the browser asks for."""
    return negotiate(request.query.get("lang") or request.get_header("Accept-Language"))


def wants_json() -> bool:
    """Whether a script of ours (or the window) asks, rather than a browser that shows the answer."""
    return "application/json" in request.get_header("Accept", "")
