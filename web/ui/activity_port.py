"""How much phones have synced lately, as the pages are told it.

Knows nothing of where it was counted or of how it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Slot:
    """An hour or a day: syncs that phones began, and records to and from them."""

    syncs: int = 0
    records: int = 0


@dataclass(frozen=True)
class Activity:
    """By this computer's clock. ``hours``: the 24 of today; ``days``: all of this month. Empty: not counted yet."""

    hours: tuple[Slot, ...] = ()
    days: tuple[Slot, ...] = ()
