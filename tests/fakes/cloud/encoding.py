"""Rows as pulls show them (CLOUD §3, row encoding).

Knows nothing of which rows are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fakes.cloud import times
from tests.fakes.cloud.database import Row
from tests.fakes.cloud.schema import TABLES

INSTANTS = frozenset({"timestamptz", "moment", "moment_or_null"})


def encoder(table: str, offset_minutes: int) -> Callable[[Row], Row]:
    """From a stored row to what is written as JSON. ``offset_minutes``: the server process's zone, east of UTC."""
    columns = TABLES[table].columns
    instants = [column.name for column in columns if column.kind in INSTANTS]
    dates = [column.name for column in columns if column.kind == "date"]

    def encode(row: Row) -> dict[str, Any]:
        shown = dict(row)
        for name in instants:
            if (time_us := shown[name]) is not None:
                shown[name] = times.iso(time_us)
        for name in dates:
            if (date := shown[name]) is not None:
                shown[name] = times.local_midnight(date, offset_minutes)
        return shown

    return encode
