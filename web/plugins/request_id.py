"""Gives every request a short id that is in its answer's header, in error bodies and in the log.

Knows nothing of what is asked.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from bottle import HTTPResponse, request, response

HEADER = "X-Request-Id"
_ENVIRON_KEY = "hikma.request_id"


def current_request_id() -> str:
    """The id of the request that is being answered in this thread."""
    environ = request.environ
    if _ENVIRON_KEY not in environ:
        environ[_ENVIRON_KEY] = secrets.token_hex(4)
    return str(environ[_ENVIRON_KEY])


class RequestIdPlugin:
    """Bottle plugin."""

    name = "request_id"
    api = 2

    def apply(self, callback: Callable[..., Any], route: object) -> Callable[..., Any]:
        """Wraps a route's callback (Bottle's plugin protocol)."""

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            response.set_header(HEADER, current_request_id())
            try:
                answer = callback(*args, **kwargs)
            except HTTPResponse as raised:
                raised.set_header(HEADER, current_request_id())
                raise
            if isinstance(answer, HTTPResponse):  # it brings its own headers, which replace the others
                answer.set_header(HEADER, current_request_id())
            return answer

        return wrapper
