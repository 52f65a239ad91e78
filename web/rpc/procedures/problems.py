"""Procedures about a patient's problems (diagnoses). Knows nothing of the systems of codes."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from db.errors import NotFound
from db.patient_records import find_living, has_patient, problems_of
from db.permissions import Flag
from db.record_edits import edit_records
from db.records import Data
from web.rpc.procedures.care import NewId, changed_values, new_values, require_patient
from web.rpc.procedures.shapes import Id, Json, MaybeText, MaybeTime, app_row, app_rows
from web.rpc.procedures.writing import RECORDS, VIEWS, require_edit
from web.rpc.registry import AtRecord, Caller, Kind, Procedure, Rule, Services

_TABLE = "patient_problems"


class _Problem(msgspec.Struct, kw_only=True):
    visit_id: MaybeText = UNSET
    problem_code_system: MaybeText = UNSET
    problem_code: MaybeText = UNSET
    problem_label: MaybeText = UNSET
    clinical_status: MaybeText = UNSET
    verification_status: MaybeText = UNSET
    severity_score: int | float | str | UnsetType | None = UNSET
    onset_date: MaybeTime = UNSET
    end_date: MaybeTime = UNSET
    recorded_by_user_id: MaybeText = UNSET
    metadata: Json = UNSET
    updated_at: MaybeTime = UNSET


class _New(_Problem, kw_only=True):
    patient_id: Id
    id: NewId = UNSET
    created_at: MaybeTime = UNSET


class _Change(_Problem, kw_only=True):
    id: Id


class _Named(msgspec.Struct):
    id: Id


class _OfPatient(msgspec.Struct):
    patient_id: Id


def _create(services: Services, caller: Caller, new: _New) -> Data:
    values = new_values(_TABLE, new, metadata="{}", recorded_by_user_id=caller.account.id)
    values["visit_id"] = values.get("visit_id") or None
    with edit_records(services.database, caller.author("problems.create")) as edits:
        require_patient(edits, new.patient_id, values["visit_id"], "visit_id")
        require_edit(edits, caller, _TABLE, values)
        return {"success": True, "id": edits.create(_TABLE, values)["id"]}


def _update(services: Services, caller: Caller, change: _Change) -> Data:
    values = changed_values(_TABLE, change)
    with edit_records(services.database, caller.author("problems.update")) as edits:
        current = edits.require(_TABLE, change.id)
        require_patient(edits, current["patient_id"], values.get("visit_id"), "visit_id")
        require_edit(edits, caller, _TABLE, {**current, **values})
        return app_row(_TABLE, edits.update(_TABLE, change.id, values))


def _get(services: Services, caller: Caller, wanted: _Named) -> Data:
    with services.database.read() as snapshot:
        problem = find_living(snapshot, _TABLE, wanted.id)
        if problem is None or not has_patient(snapshot, str(problem.get("patient_id"))):
            raise NotFound(table=_TABLE)
    return app_row(_TABLE, problem)


def _list(services: Services, caller: Caller, wanted: _OfPatient) -> list[Data]:
    with services.database.read() as snapshot:
        return app_rows(_TABLE, problems_of(snapshot, wanted.patient_id))


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.COMMAND, "problems.create", RECORDS, _New, _create),
    Procedure(Kind.COMMAND, "problems.update", Rule((Flag.EDIT_RECORDS,), AtRecord(_TABLE, "id")), _Change, _update),
    Procedure(Kind.QUERY, "problems.get", Rule((Flag.VIEW_HISTORY,), AtRecord(_TABLE, "id")), _Named, _get),
    Procedure(Kind.QUERY, "problems.list", VIEWS, _OfPatient, _list),
)
