"""Where the facts of a run come from: inside the server process, and beside it (or without one) for the command line.

Knows nothing of how they are judged.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from db.accounts import has_accounts
from db.clock import Clock
from db.database import Database
from db.errors import HubError, PortTaken
from db.settings import Setting, read_setting
from kiosk.config import DEFAULT_PORT
from kiosk.doctor.computer import this_computer
from kiosk.doctor.database_facts import read_data_facts
from kiosk.doctor.facts import DataFacts, PortFacts
from kiosk.doctor.local_probes import Sources
from kiosk.network import LanAddress, current_addresses
from kiosk.paths import DataFolder
from kiosk.phone_listener import ListenerState
from kiosk.port_holder import holder_of, is_port_free, next_free_port
from kiosk.runtime_file import running_server


def sources_inside(
    folder: DataFolder,
    clock: Clock,
    database: Database,
    addresses: Callable[[], tuple[LanAddress, ...]],
    listener: Callable[[], ListenerState],
    is_kept_awake: Callable[[], bool],
) -> Sources:
    """Of the server process."""
    return Sources(
        folder=folder,
        clock=clock,
        computer=this_computer(),
        addresses=addresses,
        port=lambda: port_of_listener(listener(), is_first_run=_is_first_run(database)),
        data=lambda: data_of(database, clock),
        is_kept_awake=is_kept_awake,
    )


def sources_beside(folder: DataFolder, clock: Clock, data: Database | DataFacts) -> Sources:
    """Of another process on the same folder. ``data``: the database, or why it cannot be read."""
    database = data if isinstance(data, Database) else None
    return Sources(
        folder=folder,
        clock=clock,
        computer=this_computer(),
        addresses=current_addresses,
        port=lambda: port_beside(folder, database),
        data=lambda: data_of(data, clock) if isinstance(data, Database) else data,
        is_kept_awake=lambda: False,
    )


def port_of_listener(state: ListenerState, *, is_first_run: bool) -> PortFacts:
    """The listener of this process."""
    return PortFacts(
        has_server=True,
        is_listening=state.is_running,
        is_taken=isinstance(state.failure, PortTaken),
        port=state.port,
        holder=state.holder,
        free_port=state.free_port,
        is_first_run=is_first_run,
    )


def port_beside(folder: DataFolder, database: Database | None) -> PortFacts:
    """The listener of the server that runs on the folder; without one, whether the port it would want is free."""
    running = running_server(folder)
    is_first_run = database is not None and _is_first_run(database)
    if running is not None and running.phones_url is not None:
        port = urlsplit(running.phones_url).port or DEFAULT_PORT
        return PortFacts(True, is_listening=True, is_taken=False, port=port, is_first_run=is_first_run)
    port = _chosen_port(database)
    if is_port_free(port):
        return PortFacts(running is not None, is_listening=False, is_taken=False, port=port)
    holder = holder_of(port)
    name = holder.name if holder else None
    return PortFacts(running is not None, False, True, port, name, next_free_port(port), is_first_run)


def data_of(database: Database, clock: Clock) -> DataFacts:
    """What the database says, or the code of the error that kept it from being read."""
    try:
        return read_data_facts(database, clock.now_ms())
    except HubError as failure:
        return DataFacts(clock.now_ms(), failure=failure.code)


def _is_first_run(database: Database) -> bool:
    with database.read() as snapshot:
        return not has_accounts(snapshot)


def _chosen_port(database: Database | None) -> int:
    if database is None:
        return DEFAULT_PORT
    with database.read() as snapshot:
        return int(read_setting(snapshot, Setting.PHONE_PORT) or DEFAULT_PORT)
