"""THE list of document tables: columns as phones hold them, who may read and write, parents.

Knows nothing of SQL or HTTP; everything else that needs a table or column name derives it from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

LATEST_PHONE_SCHEMA = 9
FIRST_GENERATION_SCHEMA = 4
"""What a first-generation phone may have at least (PROTOCOL §7); it never says its schema."""


class ColumnType(StrEnum):
    """How a phone holds a value (PROTOCOL §7)."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"  # a number: epoch milliseconds
    BOOLEAN = "boolean"
    JSON = "json"  # text that holds JSON
    DATE = "date"  # text, YYYY-MM-DD or ""


@dataclass(frozen=True)
class Column:
    """One column of a phone's table."""

    name: str
    type: ColumnType
    is_optional: bool
    since_schema: int

    @property
    def default(self) -> str | int | bool | None:
        """What a phone holds when the column is missing (PROTOCOL §3)."""
        if self.is_optional:
            return None
        if self.type is ColumnType.BOOLEAN:
            return False
        return 0 if self.type in (ColumnType.NUMBER, ColumnType.TIME) else ""


@dataclass(frozen=True)
class Parent:
    """The record that a record belongs to: ``column`` holds the id of a row in ``table``."""

    column: str
    table: str
    cascades: bool  # deleting the parent deletes the child, as the cloud does (CLOUD §4)


@dataclass(frozen=True)
class Table:
    """One document table."""

    name: str
    columns: MappingProxyType[str, Column]
    defaults: MappingProxyType[str, str | int | bool | None]  # what a phone fills in for a column it was not sent
    parents: tuple[Parent, ...]
    since_schema: int | None  # first phone schema that has it; None: no phone knows it
    is_first_generation: bool  # one of the ten tables of the first local server (PROTOCOL §2.1)
    phones_may_write: bool
    secret_columns: frozenset[str]  # stored, never sent to a phone
    goes_to_cloud: bool  # the cloud keeps what a hub pushes here (CLOUD §4)
    clinic_column: str | None  # says at which clinic a record is; None: where its visit, else its patient, is

    @property
    def is_for_phones(self) -> bool:
        """Whether any phone knows this table."""
        return self.since_schema is not None


_TYPES = MappingProxyType(
    {
        "": ColumnType.TEXT,
        "n": ColumnType.NUMBER,
        "t": ColumnType.TIME,
        "b": ColumnType.BOOLEAN,
        "j": ColumnType.JSON,
        "d": ColumnType.DATE,
    }
)
_SOFT = "is_deleted:b deleted_at:t? created_at:t updated_at:t"
_SERVER = "last_modified:t server_created_at:t"
_SERVER_PHARMACY = "last_modified:t server_created_at:t?"


def _column(spec: str) -> Column:
    """``name[:type][?][@since]``, e.g. ``deleted_at:t?`` or ``departments:j@6``."""
    body, _, since = spec.partition("@")
    is_optional = body.endswith("?")
    name, _, type_letter = body.rstrip("?").partition(":")
    return Column(name, _TYPES[type_letter], is_optional, int(since or FIRST_GENERATION_SCHEMA))


def _table(
    name: str,
    columns: str,
    *,
    parents: tuple[Parent, ...] = (),
    since: int | None = FIRST_GENERATION_SCHEMA,
    read_only: bool = False,
    secret: frozenset[str] = frozenset(),
    to_cloud: bool = False,
) -> Table:
    parsed = {column.name: column for column in map(_column, columns.split())}
    return Table(
        name=name,
        columns=MappingProxyType(parsed),
        defaults=MappingProxyType({column.name: column.default for column in parsed.values()}),
        parents=parents,
        since_schema=since,
        is_first_generation=since == FIRST_GENERATION_SCHEMA,
        phones_may_write=since is not None and not read_only,
        secret_columns=secret,
        goes_to_cloud=to_cloud,
        clinic_column=next((name for name in ("primary_clinic_id", "clinic_id") if name in parsed), None),
    )


def _of_patient(*, cascades: bool = True) -> Parent:
    return Parent("patient_id", "patients", cascades)


def _original_tables() -> Iterator[Table]:
    """The ten tables of the first local server."""
    yield _table(
        "patients",
        "given_name surname date_of_birth:d citizenship hometown phone sex camp? additional_data:j metadata:j "
        f"photo_url? {_SOFT} government_id external_patient_id primary_clinic_id?@5 last_modified_by?@5",
        to_cloud=True,
    )
    yield _table(
        "events",
        f"patient_id form_id visit_id event_type form_data:j metadata:j recorded_by_user_id@9 {_SOFT}",
        parents=(_of_patient(), Parent("visit_id", "visits", True)),
        to_cloud=True,
    )
    yield _table(
        "visits",
        f"patient_id clinic_id provider_id provider_name check_in_timestamp:t metadata:j {_SOFT}",
        parents=(_of_patient(),),
        to_cloud=True,
    )
    yield from _directory_tables()
    yield from _care_tables()


def _directory_tables() -> Iterator[Table]:
    """Who and where: phones read them, the organisation's cloud owns them."""
    yield _table("clinics", f"name is_archived:b@6 {_SOFT}", read_only=True)
    yield _table(
        "users",
        f"clinic_id name role email {_SOFT}",
        read_only=True,
        secret=frozenset({"hashed_password"}),
    )
    yield _table(
        "event_forms",
        "name description language is_editable:b is_snapshot_form:b form_fields:j metadata:j "
        f"clinic_ids:j@9 translations:j?@9 {_SOFT}",
        read_only=True,
    )
    yield _table("registration_forms", f"name fields:j metadata:j {_SOFT}", read_only=True)


def _care_tables() -> Iterator[Table]:
    yield _table(
        "patient_additional_attributes",
        "patient_id attribute_id attribute number_value:n? string_value? date_value:t? boolean_value:b? "
        f"metadata:j {_SOFT} {_SERVER}",
        parents=(_of_patient(),),
        to_cloud=True,
    )
    yield _table(
        "appointments",
        "provider_id? clinic_id patient_id user_id current_visit_id fulfilled_visit_id? timestamp:t duration:n? "
        f"reason notes is_walk_in:b@6 departments:j@6 status metadata:j {_SOFT}",
        parents=(_of_patient(), Parent("current_visit_id", "visits", True)),
        to_cloud=True,
    )
    yield _table(
        "prescriptions",
        "patient_id provider_id filled_by? pickup_clinic_id? visit_id? priority expiration_date:t prescribed_at:t "
        f"filled_at:t? status items:j notes metadata:j {_SOFT}",
        parents=(_of_patient(), Parent("visit_id", "visits", True)),
        to_cloud=True,
    )


def _later_tables() -> Iterator[Table]:
    """The nine more that newer phones know."""
    yield _table(
        "patient_vitals",
        "patient_id visit_id? event_id?@7 timestamp:t systolic_bp:n? diastolic_bp:n? bp_position? height_cm:n? "
        "weight_kg:n? bmi:n? waist_circumference_cm:n? heart_rate:n? pulse_rate:n? oxygen_saturation:n? "
        "respiratory_rate:n? temperature_celsius:n? pain_level:n? recorded_by_user_id? "
        f"metadata:j {_SOFT}",
        parents=(_of_patient(), Parent("visit_id", "visits", False)),
        since=5,
        to_cloud=True,
    )
    yield _table(
        "user_clinic_permissions",
        "user_id clinic_id can_register_patients:b can_view_history:b can_edit_records:b can_delete_records:b "
        "is_clinic_admin:b created_by? last_modified_by? created_at:t updated_at:t "
        "can_edit_other_provider_event:b@9 can_download_patient_reports:b@9 can_prescribe_medications:b@9 "
        "can_dispense_medications:b@9 can_delete_patient_visits:b@9 can_delete_patient_records:b@9",
        since=5,
        read_only=True,
    )
    yield _table(
        "app_config",
        "namespace key value data_type created_at:t updated_at:t last_modified:t last_modified_by? display_name?",
        since=5,
        read_only=True,
    )
    yield _table(
        "patient_problems",
        "patient_id visit_id? problem_code_system problem_code problem_label clinical_status verification_status "
        f"severity_score:n? onset_date:t? end_date:t? recorded_by_user_id? metadata:j {_SOFT} {_SERVER}",
        parents=(_of_patient(), Parent("visit_id", "visits", False)),
        since=5,
        to_cloud=True,
    )
    yield _table(
        "clinic_departments",
        "clinic_id name code? description? status can_dispense_medications:b can_perform_labs:b "
        f"can_perform_imaging:b additional_capabilities:j metadata:j {_SOFT} {_SERVER}",
        since=6,
    )
    yield from _pharmacy_tables()


def _pharmacy_tables() -> Iterator[Table]:
    yield _table(
        "drug_catalogue",
        "barcode? generic_name brand_name? form route dosage_quantity dosage_units manufacturer? sale_price "
        "sale_currency? min_stock_level:n max_stock_level:n? is_controlled:b requires_refrigeration:b is_active:b "
        f"notes? recorded_by_user_id? metadata:j {_SOFT} {_SERVER_PHARMACY}",
        since=7,
    )
    yield _table(
        "clinic_inventory",
        "clinic_id drug_id batch_id quantity_available:n reserved_quantity:n last_counted_at:t? batch_number@8 "
        f"batch_expiry_date:t@8 recorded_by_user_id? metadata:j {_SOFT} {_SERVER_PHARMACY}",
        since=7,
    )
    yield _table(
        "prescription_items",
        "prescription_id patient_id drug_id clinic_id dosage_instructions quantity_prescribed:n "
        "quantity_dispensed:n refills_authorized:n refills_used:n item_status notes? recorded_by_user_id? "
        f"metadata:j {_SOFT} {_SERVER_PHARMACY}",
        parents=(_of_patient(), Parent("prescription_id", "prescriptions", False)),
        since=7,
        to_cloud=True,
    )
    yield _table(
        "dispensing_records",
        "clinic_id drug_id batch_id? prescription_item_id? patient_id quantity_dispensed:n dosage_instructions? "
        f"days_supply:n? dispensed_by dispensed_at:t recorded_by_user_id? metadata:j {_SOFT} {_SERVER_PHARMACY}",
        parents=(
            _of_patient(cascades=False),
            Parent("prescription_item_id", "prescription_items", False),
        ),
        since=7,
        to_cloud=True,
    )


def _cloud_tables() -> Iterator[Table]:
    """The six that no phone knows: kept, never sent to a phone."""
    for name, of_patient in (
        ("patient_allergies", True),
        ("patient_allergy_reactions", False),
        ("patient_observations", True),
        ("patient_tobacco_history", True),
        ("drug_batches", False),
        ("resources", False),
    ):
        parents = (_of_patient(cascades=False),) if of_patient else ()
        yield _table(name, "", parents=parents, since=None)


CATALOGUE: MappingProxyType[str, Table] = MappingProxyType(
    {table.name: table for table in (*_original_tables(), *_later_tables(), *_cloud_tables())}
)
"""Every document table by name, in the order in which parents come before the most of their children."""

PHONE_ONLY_TABLES = frozenset({"event_logs", "peers"})
"""Tables that phones push although they are nobody's business (PROTOCOL §3): never stored."""

BOOKKEEPING_COLUMNS = frozenset({"created_at", "updated_at", "last_modified", "server_created_at"})
"""Columns that say when, not what: they differ on every edit and are never a conflict."""


def tables_for_schema(schema_version: int) -> tuple[Table, ...]:
    """The tables that a phone of this schema version has (PROTOCOL §7, schema history)."""
    return tuple(
        table for table in CATALOGUE.values() if table.since_schema is not None and table.since_schema <= schema_version
    )


def first_generation_tables() -> tuple[Table, ...]:
    """The ten tables that a phone which does not say its schema can take (PROTOCOL §§2.1, 6)."""
    return tuple(table for table in CATALOGUE.values() if table.is_first_generation)


def children_of(table: str) -> tuple[tuple[Table, Parent], ...]:
    """The tables whose rows are deleted along with a row of ``table``, with the column that links them."""
    return tuple(
        (child, parent)
        for child in CATALOGUE.values()
        for parent in child.parents
        if parent.table == table and parent.cascades
    )
