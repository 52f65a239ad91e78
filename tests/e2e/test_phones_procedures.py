"""A phone in Node, with cryptography of its own, calls everything there is on a running server."""

from __future__ import annotations

import json
from typing import Any

from db.clock import SystemClock
from db.store import open_database
from tests.db.rows import put_rows
from tests.e2e.clinic import Clinic
from tests.e2e.procedure_calls import Call, calls, records_of_the_office
from tests.e2e.server import NURSE, RunningServer
from web.rpc.procedures.all import all_procedures

LOGIN = ("command", "login")


def fill(server: RunningServer, records: dict[str, list[dict[str, Any]]]) -> None:
    folder = server.data_folder
    database = open_database(folder, bytes.fromhex((folder / "key").read_text()), SystemClock())
    for table, rows in records.items():
        put_rows(database, table, rows)
    database.close()


def faults_of(call: Call, answer: Any) -> list[str]:
    """What is not as it must be in an answer."""
    rows = answer if isinstance(answer, list) else answer.get("data", [])
    found = [
        f"no {key}" for key in call.keys for row in (answer if isinstance(answer, list) else [answer]) if key not in row
    ]
    if call.count is not None and len(rows) != call.count:
        found.append(f"{len(rows)} rows")
    return [f"{call.kind} {call.name}: {fault}" for fault in found]


def test_what_can_be_called_is_what_phones_know_and_nothing_else() -> None:
    known = {(call.kind, call.name) for call in calls("clinic", "user")} | {LOGIN}
    assert {(procedure.kind.value, procedure.name) for procedure in all_procedures()} == known


def test_every_procedure_is_called_with_success(clinic: Clinic) -> None:
    clinic.let_phones_in()
    accounts = json.loads(clinic.server.cli("user", "list", "--json").stdout)
    (nurse,) = [account for account in accounts if account["email"] == NURSE.email]
    fill(clinic.server, records_of_the_office(nurse["clinic_id"]))
    phone = clinic.hub_phone()
    login = phone.rpc("command", "login", email=NURSE.email, password=NURSE.password)
    assert (login["user_id"], login["clinic_id"]) == (nurse["id"], nurse["clinic_id"])
    found = []
    for call in calls(nurse["clinic_id"], nurse["id"]):
        found += faults_of(call, phone.rpc(call.kind, call.name, **call.arguments))  # type: ignore[arg-type]
    assert found == []
