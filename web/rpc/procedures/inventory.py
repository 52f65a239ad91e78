"""Procedures about the stock of clinics, which everybody who is signed in may read."""

from __future__ import annotations

from typing import Any

import msgspec

from db.pharmacy import available_at, stock_of_clinic
from db.records import Data
from web.rpc.procedures.care import Count
from web.rpc.procedures.shapes import LARGEST_LIMIT, Id, Paged, hub_rows
from web.rpc.registry import SIGNED_IN, Caller, Kind, Procedure, Services

_TABLE = "clinic_inventory"


class _ByClinic(Paged):
    clinic_id: Id


class _Search(Paged):
    clinic_id: Id
    search_term: str | None = None


class _Availability(msgspec.Struct):
    drug_id: Id
    clinic_id: Id
    required_quantity: Count


def _by_clinic(services: Services, _caller: Caller, wanted: _ByClinic) -> Data:
    return _stock(services, wanted.clinic_id, "", wanted)


def _search(services: Services, _caller: Caller, wanted: _Search) -> Data:
    return _stock(services, wanted.clinic_id, wanted.search_term or "", wanted)


def _stock(services: Services, clinic_id: str, term: str, asked: Paged) -> Data:
    with services.database.read() as snapshot:
        rows = stock_of_clinic(snapshot, clinic_id, term, asked.limit or LARGEST_LIMIT, asked.rows_skipped)
    return {"data": hub_rows(_TABLE, rows)}


def _check_availability(services: Services, _caller: Caller, wanted: _Availability) -> Data:
    with services.database.read() as snapshot:
        total = available_at(snapshot, wanted.drug_id, wanted.clinic_id)
    return {"available": total >= wanted.required_quantity, "total_available": total}


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.QUERY, "inventory.by_clinic", SIGNED_IN, _ByClinic, _by_clinic),
    Procedure(Kind.QUERY, "inventory.search", SIGNED_IN, _Search, _search),
    Procedure(Kind.QUERY, "inventory.check_availability", SIGNED_IN, _Availability, _check_availability),
)
