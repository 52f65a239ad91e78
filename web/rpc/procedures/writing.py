"""What the procedures that record something of a patient share: which permission is needed where.

Knows nothing of any one of them.
"""

from __future__ import annotations

from db.permissions import Flag
from db.record_clinics import RecordClinics
from db.record_edits import RecordEdits
from db.records import Data
from web.rpc.registry import AtRecord, Caller, Inside, Rule

RECORDS = Rule((Flag.EDIT_RECORDS,), Inside())
"""For what is made: looked at with ``require_edit`` once it is known where it belongs."""
VIEWS = Rule((Flag.VIEW_HISTORY,), AtRecord("patients", "patient_id"))
"""For the records of one patient."""


def clinic_of(edits: RecordEdits, table: str, values: Data) -> str:
    """At which clinic a record is, or would be."""
    return RecordClinics(edits.transaction).clinic_of(table, values)


def require_edit(edits: RecordEdits, caller: Caller, table: str, values: Data) -> None:
    """Raises NotAllowed unless the caller may edit records where this one is, or would be."""
    caller.require(Flag.EDIT_RECORDS, clinic_of(edits, table, values))
