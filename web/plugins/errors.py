"""The HTTP edge: turns every error into the one reply shape. One of the three places that catch everything.

Knows nothing of what the routes do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from bottle import Bottle, HTTPError, HTTPResponse

from db.errors import HubError, InvalidInput, MethodNotAllowed, NotFound
from web.errors import ErrorReply, error_reply
from web.headers import header
from web.i18n import Catalogue, negotiate
from web.plugins.request_id import HEADER, current_request_id

_LOG = logging.getLogger(__name__)
_BY_STATUS: MappingProxyType[int, type[HubError]] = MappingProxyType(
    {400: InvalidInput, 404: NotFound, 405: MethodNotAllowed}
)


class ErrorPlugin:
    """Bottle plugin: expected errors are answered with their code, unknown ones with ``internal`` and an id."""

    name = "errors"
    api = 2

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def apply(self, callback: Callable[..., Any], route: object) -> Callable[..., Any]:
        """Wraps a route's callback (Bottle's plugin protocol)."""

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            try:
                return callback(*args, **kwargs)
            except HTTPResponse:
                raise
            except HubError as error:
                return self.respond(error)
            except Exception:  # noqa: BLE001 - the edge of HTTP
                # The log's filter drops the exception's own text: it may quote values.
                _LOG.exception("request %s failed", current_request_id())
                return self.respond(HubError())

        return wrapper

    def install(self, app: Bottle) -> None:
        """Installs the plugin, and the same shape for what Bottle itself answers (unknown address, wrong method)."""
        app.install(self)
        app.default_error_handler = self._default_error

    def respond(self, error: HubError) -> HTTPResponse:
        """The reply as Bottle's object."""
        reply = self._reply(error)
        headers = {"Content-Type": "application/json", HEADER: current_request_id(), **reply.headers}
        return HTTPResponse(reply.body, status=reply.status, headers=headers)

    def _default_error(self, failure: HTTPError) -> bytes:
        if failure.status_code >= 500 and failure.exception is not None:
            _LOG.error("request %s failed outside a route", current_request_id(), exc_info=failure.exception)
        reply = self._reply(_BY_STATUS.get(failure.status_code, HubError)())
        failure.set_header("Content-Type", "application/json")
        failure.set_header(HEADER, current_request_id())
        return reply.body

    def _reply(self, error: HubError) -> ErrorReply:
        language = negotiate(header("Accept-Language"))
        return error_reply(error, self._catalogue.translator(language), current_request_id())
