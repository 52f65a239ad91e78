"""Signs in every request of the phones' listener, as its route declares with ``auth=``.

Knows nothing of what the routes do. A route without a declaration is answered with an error, and fails a gate.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from bottle import Route, request

from db.accounts import Account
from db.errors import HubError, NotSignedIn
from web.credentials import Credentials
from web.headers import header


class Auth(StrEnum):
    """What a route may declare."""

    NONE = "none"  # gives and takes no data
    BASIC = "basic"  # e-mail and password of a staff account; the callback gets ``account=``
    SEALED = "sealed"  # the callback itself asks for an agreed key and a token (web/rpc/channel.py)


class BasicAuthPlugin:
    """Bottle plugin."""

    name = "auth"
    api = 2

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def apply(self, callback: Callable[..., Any], route: Route) -> Callable[..., Any]:
        """Wraps a route's callback (Bottle's plugin protocol)."""
        declared = route.config.get("auth")
        if declared in (Auth.NONE, Auth.SEALED):
            return callback

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if declared != Auth.BASIC:
                raise HubError
            return callback(*args, account=self._account(), **kwargs)

        return wrapper

    def _account(self) -> Account:
        email, password = _basic_credentials(header("Authorization"))
        return self._credentials.sign_in(email, password, client_address())


def client_address() -> str:
    """The address the request came from (no proxy stands before this server)."""
    return str(request.environ.get("REMOTE_ADDR", ""))


def _basic_credentials(value: str) -> tuple[str, str]:
    """E-mail and password out of ``Basic base64(email:password)``. Raises NotSignedIn."""
    scheme, _, encoded = value.strip().partition(" ")
    if scheme.lower() != "basic":
        raise NotSignedIn
    try:
        raw = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise NotSignedIn from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # phones of the first generation encode by characters
    email, separator, password = text.partition(":")
    if not separator:
        raise NotSignedIn
    return email, password
