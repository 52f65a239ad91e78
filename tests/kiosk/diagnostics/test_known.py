from __future__ import annotations

from db.catalogue import CATALOGUE
from kiosk.diagnostics import known


def test_tables_errors_and_procedures_are_those_of_this_program() -> None:
    assert set(CATALOGUE) < known.TABLES
    assert {"ok", "disk_full", "cloud_offline", "server_not_ready", "update_failed"} < known.results()
    assert {"DiskFull", "HubError"} < known.error_names()
    assert {"register_patient", "paired", "blocked"} < known.actions()


def test_no_code_could_be_taken_for_a_name() -> None:
    for code in (*known.results(), *known.TABLES, *known.CHECK_NAMES, *known.FINDINGS, *known.JOBS):
        assert code == code.lower()
