"""Reads request headers as they were sent. Knows nothing of what they mean.

Bottle's own reading fails on bytes that are not UTF-8; whatever a client sends must only ever fail as a bad request.
"""

from __future__ import annotations

from bottle import request


def header(name: str) -> str:
    """The header of the request being answered, each byte as one character (Latin-1); empty when there is none."""
    return str(request.environ.get("HTTP_" + name.upper().replace("-", "_"), ""))
