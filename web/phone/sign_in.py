"""Signing in over REST: ``/api/login`` and ``/api/auth/sign-in`` (PROTOCOL §2.4).

Knows nothing of throttling or hashing (web/credentials.py).
"""

from __future__ import annotations

from typing import Any

import msgspec
from bottle import request

from db.accounts import Account
from db.catalogue import CATALOGUE
from db.errors import InvalidInput, InvalidJson
from web.body import BodyReader
from web.credentials import Credentials
from web.plugins.auth import client_address
from web.tokens import TokenIssuer


class SignIn:
    """The two handlers."""

    def __init__(self, credentials: Credentials, tokens: TokenIssuer, body: BodyReader) -> None:
        self._credentials = credentials
        self._tokens = tokens
        self._body = body

    def post_login(self) -> dict[str, Any]:
        """The union of what the cloud and the earlier hub answered: every app generation finds its keys.

        Success never has a ``message`` key: that is how the app tells it from a failure.
        """
        account = self._account()
        return {**_public(account), "token": self._tokens.issue(account)}

    def post_sign_in(self) -> dict[str, Any]:
        """``{"user": ..., "token": ...}``."""
        account = self._account()
        return {"user": _public(account), "token": self._tokens.issue(account)}

    def _account(self) -> Account:
        body = self._body.read(request.environ)
        try:
            document = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InvalidJson(path="body") from None
        if not isinstance(document, dict):
            raise InvalidInput(path="body")
        for name in ("email", "password"):
            if not isinstance(document.get(name), str):
                raise InvalidInput(path=name)
        return self._credentials.sign_in(document["email"], document["password"], client_address())


def _public(account: Account) -> dict[str, Any]:
    """The user's row without anything secret, with the names by which each app generation looks for them."""
    known = CATALOGUE["users"].columns
    row = {name: value for name, value in account.data.items() if name in known}
    return {
        **row,
        "id": account.id,
        "user_id": account.id,
        "name": account.name,
        "provider_name": account.name,
        "email": account.email,
        "role": account.role,
        "clinic_id": account.clinic_id,
        "clinic_name": account.clinic_name,
        "instance_url": None,
    }
