"""Reads JSON that a strict reader refuses but a phone may send: half surrogates in text, integers of any size.

Knows nothing of what the JSON says.
"""

from __future__ import annotations

import json
import math
from typing import Any

from db.errors import InvalidJson


def decode_leniently(body: bytes) -> Any:
    """The document, made fit to be stored and sent on. Raises InvalidJson for what is no JSON at all."""
    try:
        return _mended(json.loads(body.decode("utf-8", "replace"), parse_constant=_refuse_constant))
    except (ValueError, RecursionError):
        raise InvalidJson(path="body") from None


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _mended(value: Any) -> Any:
    """The same value with every half surrogate replaced by U+FFFD, which can be stored and sent on, and without
    infinities, which cannot."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, float) and math.isinf(value):  # an exponent beyond every number: nothing can hold it
        return None
    return value
