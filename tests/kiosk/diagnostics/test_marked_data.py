"""No patient's data gets into a report or a log, whatever the database holds and whatever phones send (DESIGN §8)."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from db.catalogue import CATALOGUE
from db.clock import SystemClock
from db.cloud.state import CloudAccess, write_access
from db.database import Database
from db.schema import METADATA, SERVER_CLOCK, SETTINGS
from db.settings import Setting
from kiosk.diagnostics.archive import pack
from kiosk.diagnostics.report import Subject, make_report
from kiosk.doctor.local_probes import LocalProbes
from kiosk.doctor.runner import run_checks
from kiosk.doctor.sources import sources_beside
from kiosk.hub import Hub
from kiosk.logs import LogFile
from tests.db.rows import put_rows
from tests.e2e.rest_phone import RestPhone
from tests.e2e.server import StaffAccount
from tests.kiosk.diagnostics.marks import STEM, Marker, found_in, unzipped
from tests.kiosk.hubs import LOOPBACK, built_hub
from web.ui.ports import FirstRunForm

PUSHED = [name for name, table in CATALOGUE.items() if table.phones_may_write]


@dataclass
class MarkedClinic:
    """A server whose every name, id and text is marked."""

    hub: Hub
    marker: Marker
    account: StaffAccount

    @property
    def database(self) -> Database:
        return self.hub.store.database

    @property
    def port(self) -> int:
        return self.hub.listener.state.port

    def report(self) -> bytes:
        folder, clock = self.hub.config.folder, SystemClock()
        findings = run_checks(LocalProbes(sources_beside(folder, clock, self.database)))
        return pack(make_report(Subject(folder, clock, "linux", self.database), findings)).content

    def require_clean(self) -> None:
        """Neither the report nor a log has a mark in it."""
        for name, content in unzipped(self.report()):
            assert found_in(content, self.marker.given) == [], name
            assert STEM.lower() not in name.lower()
        logs = sorted(self.hub.config.folder.logs.iterdir())
        assert logs
        for log in logs:
            assert found_in(log.read_bytes()) == [], log.name


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[MarkedClinic]:
    marker = Marker()
    form = FirstRunForm(
        server_name=marker.next(),
        staff_name=marker.next(),
        email=f"{marker.next()}@example.org",
        password=marker.next(),
        clinic_name=marker.next(),
    )
    with built_hub(tmp_path) as hub, LogFile(hub.config.folder, "server"):
        hub.control.complete_first_run(form)
        hub.listener.start()
        yield MarkedClinic(hub, marker, StaffAccount(form.email, form.password, form.staff_name, form.clinic_name))


def marked_row(clinic: MarkedClinic, table: str) -> dict[str, Any]:
    """A record with a mark in every column, whatever belongs there, and in the name of a column that nobody knows."""
    row: dict[str, Any] = {name: clinic.marker.next(wild=True) for name in CATALOGUE[table].columns}
    return row | {"id": clinic.marker.next(), clinic.marker.next(): clinic.marker.next()}


def send(clinic: MarkedClinic, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection(LOOPBACK, clinic.port, timeout=30)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def push_marked_data(clinic: MarkedClinic) -> None:
    """Through the real server: pushes that are taken, pushes that are refused, and strangers who knock."""
    marker, phone = clinic.marker, RestPhone(f"http://{LOOPBACK}:{clinic.port}", clinic.account)
    phone.pull()
    for table in [*PUSHED, "users", "clinics"]:
        rows = [marked_row(clinic, table) for _ in range(2)]
        body = {table: {"created": rows, "updated": rows[:1], "deleted": [marker.next()]}}
        status, _ = phone.ask("POST", f"/api/v2/sync?last_pulled_at={phone.mark}", body)
        assert status == 200, table
    path = f"/api/v2/sync?last_pulled_at={phone.mark}"
    bad = [
        f'{{"patients": {marker.next()}'.encode(),
        json.dumps({"patients": {"created": [{marker.next(): marker.next()}]}}).encode(),
        json.dumps({"patients": {"created": [{"id": {marker.next(): 1}}], "updated": marker.next()}}).encode(),
        json.dumps({"patients": {marker.next(wild=True): []}, marker.next(wild=True): 3}).encode(),
        json.dumps([marker.next()]).encode(),
    ]
    assert {send(clinic, "POST", path, body, phone.headers) for body in bad} <= {200, 400}
    strange = {"Authorization": f"Basic {marker.next()}", "X-Request-Id": marker.next(), "User-Agent": marker.next()}
    for method, where in (
        ("GET", f"/{marker.next()}?{marker.next()}={marker.next()}"),
        ("POST", f"/api/v2/sync?last_pulled_at={marker.next()}"),
        (marker.next().upper(), "/sync"),
        ("POST", "/rpc/handshake"),
        ("POST", "/rpc/query"),
        ("POST", "/api/auth/sign-in"),
    ):
        assert send(clinic, method, where, json.dumps({marker.next(): marker.next()}).encode(), strange) >= 400


def mark_tables(clinic: MarkedClinic, *, also_numbers: bool) -> None:
    """Fills every table with a row that has a mark in every column of text; ``also_numbers``: in every column that
    takes one (SQLite keeps text in columns of numbers too), and in place of every setting and of the clock."""
    with clinic.database.write() as transaction:
        connection = transaction.connection
        for table in METADATA.sorted_tables:
            if table in (SERVER_CLOCK, SETTINGS):
                continue
            names = ", ".join(f'"{column.name}"' for column in table.c)
            gaps = ", ".join(f":{column.name}" for column in table.c)
            for number in range(1, 4):
                values = {
                    column.name: _value(clinic, table.name, column, number, also_numbers=also_numbers)
                    for column in table.c
                }
                connection.execute(sa.text(f'INSERT INTO "{table.name}" ({names}) VALUES ({gaps})'), values)
        if also_numbers:
            for key in (*Setting, clinic.marker.next()):
                mark = {"key": str(key), "value": clinic.marker.next(wild=True)}
                connection.execute(sa.text("INSERT OR REPLACE INTO settings VALUES (:key, :value)"), mark)
            connection.execute(sa.text("UPDATE server_clock SET birth_stamp = :mark"), {"mark": clinic.marker.next()})


def _value(clinic: MarkedClinic, table: str, column: sa.Column[Any], number: int, *, also_numbers: bool) -> Any:
    if column.name == "data":  # the database reads columns out of it
        return json.dumps(marked_row(clinic, table if table in CATALOGUE else "patients"))
    is_text = isinstance(column.type, sa.Text)
    if is_text or (also_numbers and not isinstance(column.type, sa.Integer | sa.Boolean)):
        return clinic.marker.next(wild=True)
    if also_numbers and not column.primary_key:
        return clinic.marker.next()
    return 1_000_000 + number + 10 * also_numbers


def set_aside(clinic: MarkedClinic, record_id: str) -> None:
    with clinic.database.write() as transaction:
        values = {"id": record_id, "columns": json.dumps([clinic.marker.next()])}
        transaction.connection.execute(sa.text("INSERT INTO outbox VALUES ('patients', :id, 5, :columns, 0)"), values)
        transaction.connection.execute(
            sa.text("INSERT INTO cloud_sends VALUES ('patients', :id, 5, 5, 5, 1, 0, 0, 'refused', 9)"),
            {"id": record_id},
        )


def test_after_marked_data_came_through_the_server_neither_report_nor_log_has_any(clinic: MarkedClinic) -> None:
    push_marked_data(clinic)
    with clinic.database.read() as snapshot:  # or else there was nothing to keep out
        stored = snapshot.scalar(sa.text("SELECT group_concat(data) FROM patients"))
    assert found_in(stored.encode())
    clinic.require_clean()


def test_a_database_full_of_marked_data_leaves_no_mark_in_the_report(clinic: MarkedClinic) -> None:
    access = CloudAccess(
        f"https://{STEM}.org", clinic.marker.next(), clinic.marker.next(), clinic.marker.next(), ("x",)
    )
    with clinic.database.write() as transaction:
        write_access(transaction, access)
    put_rows(clinic.database, "patients", [{"id": clinic.marker.next(), "given_name": clinic.marker.next(wild=True)}])
    set_aside(clinic, clinic.marker.next())
    mark_tables(clinic, also_numbers=False)
    clinic.require_clean()
    told = dict(unzipped(clinic.report()))
    assert json.loads(told["cloud.json"])["connected"] is True
    assert len(told["syncs.jsonl"].splitlines()) >= 3
    (aside,) = json.loads(told["cloud.json"])["aside"]
    assert (aside["table"], aside["reason"], aside["record"][:7]) == ("patients", "refused", "record-")


def test_not_even_where_text_stands_in_place_of_numbers_and_settings(clinic: MarkedClinic) -> None:
    mark_tables(clinic, also_numbers=True)
    clinic.require_clean()
    told = dict(unzipped(clinic.report()))
    assert json.loads(told["database.json"])["tables"]
    assert {json.loads(line)["kind"] for line in told["syncs.jsonl"].splitlines()} >= {"other"}


def test_the_same_phone_has_one_name_in_a_report_and_another_in_the_next(clinic: MarkedClinic) -> None:
    phone = RestPhone(f"http://{LOOPBACK}:{clinic.port}", clinic.account)
    phone.pull()
    phone.push_patients(clinic.marker.next())
    names = []
    for _ in range(2):
        told = dict(unzipped(clinic.report()))
        (listed,) = [json.loads(line)["device"] for line in told["phones.jsonl"].splitlines()]
        logged = {json.loads(line)["device"] for line in told["syncs.jsonl"].splitlines()}
        assert logged == {listed, None}
        names.append(listed)
    assert names[0] != names[1]


def test_a_mark_that_gets_into_a_report_would_be_noticed(clinic: MarkedClinic) -> None:
    """The search of the tests above, on a log that somebody wrote a name into."""
    (clinic.hub.config.folder.logs / "window.log").write_text(f"patient {clinic.marker.next()}\n")
    with pytest.raises(AssertionError, match=r"window\.log"):
        clinic.require_clean()
