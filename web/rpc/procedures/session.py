"""What a paired phone may call before anybody has signed in on it: ``ping``, ``heartbeat``, ``login`` (PROTOCOL §4).

Knows nothing of throttling or hashing (web/credentials.py).
"""

from __future__ import annotations

from typing import Any

import msgspec

from db.errors import NotSignedIn
from web.rpc.registry import OPEN, Kind, Nothing, Procedure, Services, Visitor


class _Login(msgspec.Struct):
    email: str
    password: str


def _ping(services: Services, visitor: Visitor | None, nothing: Nothing) -> dict[str, Any]:
    return {"pong": True}


def _heartbeat(services: Services, visitor: Visitor | None, nothing: Nothing) -> dict[str, Any]:
    return {"status": "ok"}


def _login(services: Services, visitor: Visitor | None, given: _Login) -> dict[str, Any]:
    """Signs a member of staff in on this phone: the token is good on no other."""
    if services.credentials is None or services.tokens is None or visitor is None:
        raise NotSignedIn
    account = services.credentials.sign_in(given.email, given.password, visitor.address)
    return {
        "token": services.tokens.issue(account, visitor.device_id),
        "user_id": account.id,
        "clinic_id": account.clinic_id or "",
        "role": account.role,
        "provider_name": account.name,
        "clinic_name": account.clinic_name or "",
    }


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.COMMAND, "ping", OPEN, Nothing, _ping),
    Procedure(Kind.QUERY, "ping", OPEN, Nothing, _ping),
    Procedure(Kind.QUERY, "heartbeat", OPEN, Nothing, _heartbeat),
    Procedure(Kind.COMMAND, "login", OPEN, _Login, _login),
)
