"""Puts the checks of a server process together: what they ask, and what can be cured from their page.

Knows nothing of what is checked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from db.clock import Clock
from db.database import Database
from db.errors import InvalidInput
from db.health import check_and_note
from kiosk.doctor.computer import this_computer
from kiosk.doctor.desk import CheckDesk, PhoneProof
from kiosk.doctor.local_probes import LocalProbes
from kiosk.doctor.sources import sources_inside
from kiosk.network import LanAddress
from kiosk.paths import DataFolder
from kiosk.phone_listener import ListenerState
from web.phone.visits import Visits
from web.ui.check_port import Cure


@dataclass(frozen=True)
class Hands:
    """What the program can do about what a check has found."""

    start_serving: Callable[[], None]
    change_port: Callable[[int], None]
    sync_now: Callable[[], None]
    back_up_now: Callable[[], object]


@dataclass(frozen=True)
class Surroundings:
    """What the checks of a server process look at."""

    folder: DataFolder
    clock: Clock
    database: Database
    addresses: Callable[[], tuple[LanAddress, ...]]
    listener: Callable[[], ListenerState]
    phones_url: Callable[[], str | None]
    visits: Visits
    is_kept_awake: Callable[[], bool]


def check_desk(around: Surroundings, hands: Hands) -> CheckDesk:
    """The desk behind the page "Check this computer"."""
    sources = sources_inside(
        around.folder,
        around.clock,
        around.database,
        around.addresses,
        around.listener,
        around.is_kept_awake,
    )
    return CheckDesk(
        probes=lambda: LocalProbes(sources),
        cures={
            Cure.START_SERVING: lambda _: hands.start_serving(),
            Cure.USE_FREE_PORT: lambda value: hands.change_port(_port(value)),
            Cure.SYNC_NOW: lambda _: hands.sync_now(),
        },
        slow_cures={
            Cure.CHECK_DATABASE: lambda: check_and_note(around.database),
            Cure.BACK_UP_NOW: hands.back_up_now,
        },
        proof=PhoneProof(around.visits, around.clock, around.phones_url, around.addresses),
        clock=around.clock,
        system=this_computer().system,
    )


def _port(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 5):
        raise InvalidInput(path="port")
    return int(typed)
