"""Medicine leaves the stock of a clinic: what was dispensed is recorded, and the batches it came from are reduced.

One transaction does both or neither, and no batch ever falls below nothing. Knows nothing of who may dispense.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.errors import InvalidInput, NotEnoughStock
from db.record_edits import RecordEdits
from db.record_lists import Listing, equals, list_records
from db.records import Data

COMPLETED, CANCELLED = "completed", "cancelled"
"""What phones write into ``item_status`` (else: "active")."""


@dataclass(frozen=True)
class Dispensed:
    """What was dispensed. ``untracked``: batches of which this clinic has no stock written down."""

    total: int
    untracked: tuple[str, ...]


def dispense_item(
    edits: RecordEdits, item_id: str, batches: Mapping[str, int], dispensed_by: str, recorded_by: str
) -> Dispensed:
    """Hands out an item of a prescription from these batches: a dispensing record for each, at the item's clinic.

    The item is completed when all of it was handed out and no refill is left. Raises NotFound, NotEnoughStock, and
    InvalidInput for a cancelled item or for more than was prescribed.
    """
    item = edits.require("prescription_items", item_id)
    total = sum(batches.values())
    dispensed = _number(item.get("quantity_dispensed")) + total
    prescribed = _number(item.get("quantity_prescribed"))
    edits.require("patients", item.get("patient_id") or "")
    if item.get("item_status") == CANCELLED:
        raise InvalidInput(path="id")
    if dispensed > prescribed:
        raise InvalidInput(path="batch_quantities")
    untracked = _take(edits, item.get("clinic_id") or "", item.get("drug_id") or "", batches, "batch_quantities")
    for batch_id, quantity in sorted(batches.items()):
        edits.create("dispensing_records", _record_of(edits, item, batch_id, quantity, dispensed_by, recorded_by))
    values: Data = {"quantity_dispensed": dispensed}
    is_last_fill = _number(item.get("refills_used")) >= _number(item.get("refills_authorized"))
    if dispensed >= prescribed and is_last_fill:
        values["item_status"] = COMPLETED
    edits.update("prescription_items", item_id, values)
    return Dispensed(total, untracked)


def record_dispensing(edits: RecordEdits, values: Data) -> tuple[str, Dispensed]:
    """Records what was handed out, as a row of dispensing_records; its batch, if it names one, is reduced.

    Returns the row's id. The very same row again changes nothing. A prescription's item is not counted up: phones
    that record each step themselves change it with a call of its own. Raises NotFound, NotEnoughStock, InvalidInput,
    AlreadyExists.
    """
    quantity = values["quantity_dispensed"]
    edits.require("patients", values["patient_id"])
    if item_id := values.get("prescription_item_id"):
        item = edits.require("prescription_items", item_id)
        if item.get("patient_id") != values["patient_id"]:
            raise InvalidInput(path="prescription_item_id")
    is_known = bool(values.get("id")) and edits.find("dispensing_records", values["id"]) is not None
    row = edits.create("dispensing_records", values)
    batch_id = row.get("batch_id")
    untracked: tuple[str, ...] = ()
    if batch_id and not is_known:
        untracked = _take(edits, row["clinic_id"], row["drug_id"], {batch_id: quantity}, "batch_id")
    return row["id"], Dispensed(quantity, untracked)


def _take(edits: RecordEdits, clinic_id: str, drug_id: str, batches: Mapping[str, int], path: str) -> tuple[str, ...]:
    """Reduces the stock; returns the batches that this clinic has not written down."""
    untracked = []
    for batch_id, quantity in sorted(batches.items()):
        rows = _stock_of_batch(edits, clinic_id, batch_id)
        if not rows:
            untracked.append(batch_id)
            continue
        rows = [row for row in rows if row.get("drug_id") == drug_id]
        if not rows:  # the batch is of another drug
            raise InvalidInput(path=path)
        available = sum(_stock_in(row) for row in rows)
        if quantity > available:
            raise NotEnoughStock(available=int(available), wanted=quantity)
        left: int | float = quantity
        for row in rows:
            if taken := min(left, _stock_in(row)):
                left -= taken
                edits.update("clinic_inventory", row["id"], {"quantity_available": _stock_in(row) - taken})
    return tuple(untracked)


def _stock_of_batch(edits: RecordEdits, clinic_id: str, batch_id: str) -> list[Data]:
    """As the edits have left it: usually one row."""
    conditions = [equals("clinic_inventory", "clinic_id"), equals("clinic_inventory", "batch_id")]
    parameters = {"clinic_id": clinic_id, "batch_id": batch_id}
    stored = list_records(edits.transaction, Listing("clinic_inventory", conditions, (), parameters))
    return [row for record in stored if (row := edits.find("clinic_inventory", record["id"])) is not None]


def _stock_in(row: Data) -> int | float:
    """Never below nothing, whatever a phone or the cloud has written."""
    return max(_number(row.get("quantity_available")), 0)


def _number(value: object) -> int | float:
    return value if isinstance(value, int | float) else 0


def _record_of(
    edits: RecordEdits, item: Data, batch_id: str, quantity: int, dispensed_by: str, recorded_by: str
) -> Data:
    return {
        "clinic_id": item.get("clinic_id"),
        "drug_id": item.get("drug_id"),
        "batch_id": batch_id,
        "prescription_item_id": item["id"],
        "patient_id": item.get("patient_id"),
        "quantity_dispensed": quantity,
        "dosage_instructions": item.get("dosage_instructions"),
        "dispensed_by": dispensed_by,
        "dispensed_at": edits.transaction.now_ms,
        "recorded_by_user_id": recorded_by,
        "metadata": "{}",
    }
