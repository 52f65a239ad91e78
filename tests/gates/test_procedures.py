"""Every procedure declares who may call it, is described in docs/procedures.md, and has its exact answers kept.

``HIKMA_WRITE_GOLDEN=1 pytest tests/gates/test_procedures.py`` writes the table anew, but for the results.
"""

from __future__ import annotations

import os

import msgspec
import pytest

from db.catalogue import CATALOGUE
from tests.gates.procedures_table import PAGE, documented_rows, expected_rows, needs_of, rewritten
from tests.gates.sources import ROOT
from web.rpc.procedures.all import all_procedures
from web.rpc.registry import OPEN, SIGNED_IN, AtField, AtRecord, Procedure, Rule

ALL = tuple(all_procedures())
WITHOUT_SIGN_IN = {("command", "ping"), ("command", "login"), ("query", "ping"), ("query", "heartbeat")}
FOR_EVERYBODY_SIGNED_IN = {
    *("sync_pull", "sync_push"),  # looked at record by record, see db/scope.py and db/push_gate.py
    *("check_government_id", "get_patient_registration_form", "registration_form.get", "get_all_registration_forms"),
    *("get_event_forms", "event_forms.list", "get_event_form", "clinics.list", "clinic_departments.list"),
    *("drugs.search", "drugs.get", "drugs.by_barcode"),
    *("inventory.by_clinic", "inventory.search", "inventory.check_availability"),
}
KEPT_ELSEWHERE = {"ping", "heartbeat", "login", "sync_pull", "sync_push"}
"""Their answers are kept where they are made: sealed, or as a sync (tests/web/rpc)."""


def test_only_what_the_protocol_says_is_open() -> None:
    assert {(p.kind.value, p.name) for p in ALL if p.rule.is_open} == WITHOUT_SIGN_IN


def test_whatever_is_about_patients_needs_a_permission() -> None:
    bare = {p.name for p in ALL if not p.rule.is_open and not p.rule.flags}
    assert bare <= FOR_EVERYBODY_SIGNED_IN


@pytest.mark.parametrize("procedure", ALL, ids=lambda procedure: f"{procedure.kind} {procedure.name}")
def test_a_rule_names_parameters_and_tables_that_there_are(procedure: Procedure[msgspec.Struct]) -> None:
    place = procedure.rule.place
    if isinstance(place, AtField | AtRecord):
        assert place.name in {field.name for field in msgspec.structs.fields(procedure.parameters)}
    if isinstance(place, AtRecord):
        assert place.table in CATALOGUE


def test_the_page_has_a_row_for_every_procedure_and_no_other() -> None:
    text = PAGE.read_text(encoding="utf-8")
    if os.environ.get("HIKMA_WRITE_GOLDEN"):
        text = rewritten(text)
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    documented = documented_rows(text)
    assert {key: row[:2] for key, row in documented.items()} == expected_rows()
    assert all(result for _, _, result in documented.values())


def test_the_exact_answers_of_every_procedure_are_kept() -> None:
    kept = {path.stem for path in (ROOT / "tests" / "golden" / "procedures").iterdir()}
    assert kept | KEPT_ELSEWHERE == {procedure.name for procedure in ALL} | KEPT_ELSEWHERE


def test_a_row_and_a_rule_are_read() -> None:
    row = "| query | `a.b` | id x? | a sign-in | {data} |"
    assert documented_rows(f"text\n{row}\n") == {("query", "a.b"): ("id x?", "a sign-in", "{data}")}
    assert (needs_of(OPEN), needs_of(SIGNED_IN)) == ("a paired phone", "a sign-in")
    assert needs_of(Rule((), AtField("x"))) == "a sign-in"
