from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.clock import SystemClock
from kiosk.diagnostics.report import Report, Subject, make_report
from kiosk.doctor.facts import DataFacts
from kiosk.hub import Hub
from kiosk.logs import LogFile
from tests.kiosk.hubs import built_hub
from tests.web.ui.kiosk_port_contract import FORM
from web.ui.check_port import Area, Finding, Verdict

FINDINGS = (Finding("port", Area.PHONES, Verdict.FAIL, "stopped"),)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with built_hub(tmp_path) as hub:
        hub.control.complete_first_run(FORM)
        yield hub


def made(hub: Hub, data: DataFacts | None = None) -> Report:
    return make_report(Subject(hub.config.folder, SystemClock(), "linux", data or hub.store.database), FINDINGS)


def files(report: Report) -> dict[str, bytes]:
    return {file.name: file.content for file in report.files}


def test_a_report_tells_all_it_should(hub: Hub) -> None:
    told = files(made(hub))
    expected = {"README.txt", *(f"{name}.json" for name in ("about", "checks", "settings", "database", "cloud"))}
    assert set(told) == expected | {f"{name}.jsonl" for name in ("phones", "syncs", "slow", "crashes")}
    tables = {table["table"]: table for table in json.loads(told["database.json"])["tables"]}
    assert tables["users"]["rows"] == 1
    assert "given_name" not in json.dumps(tables["patients"])
    assert json.loads(told["syncs.jsonl"].splitlines()[0])["kind"] == "local"
    settings = {setting["name"]: setting for setting in json.loads(told["settings.json"])["settings"]}
    assert settings["server_name"] == {"name": "server_name", "is_set": True}
    assert settings["token_key"] == {"name": "token_key", "is_set": True}


def test_without_a_database_the_rest_is_told_and_why(hub: Hub) -> None:
    told = files(made(hub, DataFacts(0, failure="wrong_key")))
    assert json.loads(told["database.json"]) == {"failure": "wrong_key", "opened": False, "missing": False}
    assert "settings.json" not in told
    assert "checks.json" in told


def test_the_log_is_told_with_what_was_rotated_the_oldest_first(hub: Hub) -> None:
    logs, line = hub.config.folder.logs, "2026-12-01T00:06:28.562Z INFO kiosk.phone_listener phones are served on port"
    for number, name in enumerate(["server.log.2", "server.log.1", "server.log"], 1):
        (logs / name).write_text(f"{line} {number}\n")
    (logs / "strange.log").write_text(f"{line} 99\n")
    told = files(made(hub))
    assert [text[-1] for text in told["logs/server.log"].decode().splitlines()] == ["1", "2", "3"]
    assert "logs/strange.log" not in told


def test_errors_nobody_expected_are_listed_by_themselves(hub: Hub) -> None:
    with LogFile(hub.config.folder, "server"):
        try:
            raise ValueError("Amina")  # noqa: TRY301
        except ValueError:
            logging.getLogger("kiosk.uncaught").exception("uncaught in a thread")
    (crash,) = files(made(hub))["crashes.jsonl"].splitlines()
    assert json.loads(crash)["where"][0] == "ValueError"


def test_the_code_is_in_the_report(hub: Hub) -> None:
    report = made(hub)
    assert json.loads(files(report)["about.json"])["support_code"] == report.support_code
