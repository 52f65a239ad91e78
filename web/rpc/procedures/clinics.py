"""Procedures that list clinics and their departments. Knows nothing of where they come from."""

from __future__ import annotations

from typing import Any

import msgspec

from db.directory import clinics, departments_of
from db.records import Data
from web.rpc.procedures.shapes import Id, hub_rows
from web.rpc.registry import SIGNED_IN, Caller, Kind, Nothing, Procedure, Services


class _Clinic(msgspec.Struct):
    clinic_id: Id


def _clinics(services: Services, caller: Caller, _: Nothing) -> Data:
    with services.database.read() as snapshot:
        return {"data": hub_rows("clinics", clinics(snapshot))}


def _departments(services: Services, caller: Caller, wanted: _Clinic) -> Data:
    with services.database.read() as snapshot:
        return {"data": hub_rows("clinic_departments", departments_of(snapshot, wanted.clinic_id))}


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.QUERY, "clinics.list", SIGNED_IN, Nothing, _clinics),
    Procedure(Kind.QUERY, "clinic_departments.list", SIGNED_IN, _Clinic, _departments),
)
