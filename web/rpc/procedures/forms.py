"""Procedures that read the forms patients and events are recorded with. Knows nothing of where forms come from."""

from __future__ import annotations

from typing import Any

import msgspec

from db.directory import all_registration_forms, event_form, event_forms, registration_form
from db.errors import NotFound
from db.records import Data
from web.rpc.procedures.shapes import Id, hub_row, hub_rows
from web.rpc.registry import SIGNED_IN, Caller, Kind, Nothing, Procedure, Services


class _ForWhom(msgspec.Struct):
    language: str | None = None
    clinic_id: str | None = None


class _Form(msgspec.Struct):
    form_id: Id


def _registration_form(services: Services, caller: Caller, _: Nothing) -> Data:
    """Speaks every language at once, whichever was asked for."""
    with services.database.read() as snapshot:
        form = registration_form(snapshot)
    if form is None:
        raise NotFound(table="registration_forms")
    return hub_row("registration_forms", form)


def _all_registration_forms(services: Services, caller: Caller, _: Nothing) -> Data:
    with services.database.read() as snapshot:
        forms = all_registration_forms(snapshot)
    return {"data": hub_rows("registration_forms", forms)}


def _event_forms(services: Services, caller: Caller, _: Nothing) -> Data:
    return _list(services, caller, _ForWhom())


def _list(services: Services, caller: Caller, wanted: _ForWhom) -> Data:
    with services.database.read() as snapshot:
        forms = event_forms(snapshot, wanted.language or "", wanted.clinic_id or "")
    return {"data": hub_rows("event_forms", forms)}


def _event_form(services: Services, caller: Caller, wanted: _Form) -> Data:
    with services.database.read() as snapshot:
        form = event_form(snapshot, wanted.form_id)
    if form is None:
        raise NotFound(table="event_forms")
    return hub_row("event_forms", form)


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.QUERY, "get_patient_registration_form", SIGNED_IN, Nothing, _registration_form),
    Procedure(Kind.QUERY, "registration_form.get", SIGNED_IN, Nothing, _registration_form),
    Procedure(Kind.QUERY, "get_all_registration_forms", SIGNED_IN, Nothing, _all_registration_forms),
    Procedure(Kind.QUERY, "get_event_forms", SIGNED_IN, Nothing, _event_forms),
    Procedure(Kind.QUERY, "event_forms.list", SIGNED_IN, _ForWhom, _list),
    Procedure(Kind.QUERY, "get_event_form", SIGNED_IN, _Form, _event_form),
)
