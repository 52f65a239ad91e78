"""Times as the cloud reads and writes them. Inside the double a time is a whole number of microseconds since 1970.

Knows nothing of rows. The rules are those of CLOUD §3 (row encoding) and §4 (value rules).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

MS = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_DATE_MS = 8_640_000_000_000_000  # of JavaScript
FIRST_YEAR, LAST_YEAR = 1850, 2120
EPOCH_TEXT = re.compile(r"\s*-?\d{10,13}\s*")
WHOLE_NUMBER = re.compile(r"\s*-?\d+\s*")


class Unreadable(Exception):
    """No time at all: PostgreSQL refuses the statement."""


def iso(time_us: int) -> str:
    """As rows are pulled: UTC, milliseconds; the microseconds are cut off (CLOUD §3)."""
    moment = EPOCH + timedelta(milliseconds=time_us // MS)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def local_midnight(date: str, offset_minutes: int) -> str:
    """A date column as pulled: midnight where the server process lives, in UTC (CLOUD §3)."""
    midnight = datetime.fromisoformat(date) - timedelta(minutes=offset_minutes)
    return f"{midnight.isoformat(timespec='milliseconds')}Z"


def of_iso(text: str) -> int:
    """Microseconds since 1970. Without a zone it is UTC, as the database's session is. Raises Unreadable."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Unreadable(text) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // timedelta(microseconds=1)


def looks_like_epoch(value: Any) -> bool:
    """Numbers and texts that the sync turns into times wherever a column is one."""
    if isinstance(value, str):
        return EPOCH_TEXT.fullmatch(value) is not None
    return not isinstance(value, bool) and isinstance(value, int | float) and 1e9 < abs(value) < 1e14


def safe(value: Any, now_ms: int) -> int:
    """Whatever was sent, as a time; what cannot be one, or lies outside 1850 to 2120, is now (CLOUD §4).

    Positive numbers up to 1e12 are seconds: that is how milliseconds before September 2001 become now.
    """
    time_us = _or_none(value)
    if time_us is None:
        return now_ms * MS
    in_range = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) <= EPOCH + timedelta(microseconds=time_us)
    in_range = in_range and (EPOCH + timedelta(microseconds=time_us)).year <= LAST_YEAR
    return time_us // MS * MS if in_range else now_ms * MS


def strict(value: Any, now_ms: int) -> int:
    """For columns that go to PostgreSQL as they were sent, except for epoch numbers. Raises Unreadable."""
    if looks_like_epoch(value):
        return safe(value, now_ms)
    if not isinstance(value, str):
        raise Unreadable(value)
    return of_iso(value)


def _or_none(value: Any) -> int | None:
    if isinstance(value, str) and not WHOLE_NUMBER.fullmatch(value):
        try:
            time_us = of_iso(value)
        except (Unreadable, OverflowError):
            return None
    elif isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    else:
        number = float(value)
        time_us = int(number if number < 0 or number > 1e12 else number * 1000) * MS
    return time_us if abs(time_us) <= LAST_DATE_MS * MS and abs(time_us) < 60_000_000_000_000_000 else None
