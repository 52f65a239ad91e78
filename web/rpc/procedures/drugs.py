"""Procedures about the catalogue of drugs, which everybody who is signed in may read."""

from __future__ import annotations

from typing import Any

import msgspec

from db.errors import NotFound
from db.pharmacy import DrugFilter, drugs_with_barcode, find_drugs
from db.record_lists import find_record
from db.records import Data
from web.rpc.procedures.shapes import LARGEST_LIMIT, Id, Paged, hub_row, hub_rows
from web.rpc.registry import SIGNED_IN, Caller, Kind, Procedure, Services

_TABLE = "drug_catalogue"


class _Search(Paged):
    search_term: str | None = None
    form: str | None = None
    route: str | None = None
    is_active: bool | None = None


class _Named(msgspec.Struct):
    id: Id


class _WithBarcode(msgspec.Struct):
    barcode: Id


def _search(services: Services, _caller: Caller, wanted: _Search) -> Data:
    found = DrugFilter(wanted.search_term or "", wanted.form or "", wanted.route or "", wanted.is_active)
    with services.database.read() as snapshot:
        rows = find_drugs(snapshot, found, wanted.limit or LARGEST_LIMIT, wanted.rows_skipped)
    return {"data": hub_rows(_TABLE, rows)}


def _get(services: Services, _caller: Caller, wanted: _Named) -> Data:
    with services.database.read() as snapshot:
        row = find_record(snapshot, _TABLE, wanted.id)
    if row is None:
        raise NotFound(table=_TABLE)
    return hub_row(_TABLE, row)


def _by_barcode(services: Services, _caller: Caller, wanted: _WithBarcode) -> Data:
    with services.database.read() as snapshot:
        rows = drugs_with_barcode(snapshot, wanted.barcode)
    if not rows:
        raise NotFound(table=_TABLE)
    return hub_row(_TABLE, rows[0])


PROCEDURES: tuple[Procedure[Any], ...] = (
    Procedure(Kind.QUERY, "drugs.search", SIGNED_IN, _Search, _search),
    Procedure(Kind.QUERY, "drugs.get", SIGNED_IN, _Named, _get),
    Procedure(Kind.QUERY, "drugs.by_barcode", SIGNED_IN, _WithBarcode, _by_barcode),
)
