"""What the commands about the cloud do: the CLI's words in, plain values out. Works beside a running server.

Knows nothing of argument parsing or printing (kiosk/cli.py).
"""

from __future__ import annotations

import argparse
from typing import Any

from db.clock import SystemClock
from db.cloud.aside import aside_count, discard, list_aside, retry, waiting_to_upload
from db.cloud.receipts import hops_in_total
from db.cloud.state import change_state, read_access, read_state
from db.conflicts import conflict_count
from db.database import Database, Snapshot
from db.errors import CloudNotConnected
from kiosk.cloud.connecting import connect_to
from kiosk.cloud.enrolment import end_enrolment, enrol
from kiosk.cloud.service import CloudService
from kiosk.commands import opened_database, secret_line
from kiosk.paths import data_folder

WAIT_FOR_OTHER_ROUND_S = 120.0
MOST_LISTED = 10_000


def cloud_enrol(words: argparse.Namespace) -> dict[str, Any]:
    """``cloud enrol``: the key is the first line of standard input."""
    key = secret_line("key")
    with opened_database(words) as database:
        access = enrol(database, connect_to, words.url, key, may_replace=words.replace)
    return {"url": access.url, "device": access.device_name, "clinics": list(access.clinic_ids)}


def cloud_leave(words: argparse.Namespace) -> dict[str, Any]:
    """``cloud leave``."""
    with opened_database(words) as database:
        end_enrolment(database)
    return {"connected": False}


def cloud_sync(words: argparse.Namespace) -> dict[str, Any]:
    """``cloud sync``: rounds until nothing new is waiting; one with ``--once``."""
    with opened_database(words) as database:
        service = CloudService(database, data_folder(words.data_dir).root, SystemClock(), connect_to)
        total = {"pulled": 0, "pushed": 0, "set_aside": 0}
        while True:
            result = service.run_round(wait_s=WAIT_FOR_OTHER_ROUND_S)
            total["pulled"] += result.pulled
            total["pushed"] += result.pushed
            total["set_aside"] += result.set_aside
            with database.read() as snapshot:
                waiting = waiting_to_upload(snapshot)
            if words.once or not waiting or not (result.pulled or result.pushed):
                return total | {"waiting": waiting}


def cloud_status(words: argparse.Namespace) -> dict[str, Any]:
    """``cloud status``."""
    with opened_database(words) as database, database.read() as snapshot:
        return _status(snapshot)


def cloud_pause(words: argparse.Namespace) -> dict[str, Any]:
    """``cloud pause``: a running server starts no round by itself from now on."""
    return _set_paused(words, is_paused=True)


def cloud_resume(words: argparse.Namespace) -> dict[str, Any]:
    """``cloud resume``."""
    return _set_paused(words, is_paused=False)


def aside_list(words: argparse.Namespace) -> list[dict[str, Any]]:
    """``cloud aside list``: without names, since it may be read out to support."""
    with opened_database(words) as database, database.read() as snapshot:
        return [
            {"table": record.table, "id": record.record_id, "reason": record.reason.value, "at": record.at}
            for record in list_aside(snapshot, MOST_LISTED)
        ]


def aside_retry(words: argparse.Namespace) -> dict[str, Any]:
    """``cloud aside retry``: one record, or all of them."""
    with opened_database(words) as database:
        return {"retried": retry(database, words.table, words.id)}


def aside_discard(words: argparse.Namespace) -> dict[str, Any]:
    """``cloud aside discard``."""
    with opened_database(words) as database:
        discard(database, words.table, words.id)
    return {"table": words.table, "id": words.id, "discarded": True}


def _set_paused(words: argparse.Namespace, *, is_paused: bool) -> dict[str, Any]:
    with opened_database(words) as database:
        _require_connection(database)
        with database.write() as transaction:
            change_state(transaction, is_paused=is_paused)
    return {"paused": is_paused}


def _require_connection(database: Database) -> None:
    with database.read() as snapshot:
        if read_access(snapshot) is None:
            raise CloudNotConnected


def _status(snapshot: Snapshot) -> dict[str, Any]:
    access, state = read_access(snapshot), read_state(snapshot)
    hops = hops_in_total(snapshot)
    return {
        "connected": access is not None,
        "url": access.url if access else None,
        "device": access.device_name if access else None,
        "clinics": list(access.clinic_ids) if access else [],
        "paused": state.is_paused,
        "halt": state.halt or None,
        "last_success_at": state.last_success_ms or None,
        "last_try_at": state.last_try_ms or None,
        "last_result": state.last_result or None,
        "on_this_computer": hops.here,
        "in_cloud": hops.in_cloud,
        "waiting": waiting_to_upload(snapshot),
        "set_aside": aside_count(snapshot),
        "conflicts": conflict_count(snapshot),
    }
