"""The document tables and the bookkeeping of the first release.

Revision 0001, the first. Table names are written out here and not taken from the catalogue: this script must
make the same tables for ever.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

RECORD_TABLES = (  # noqa: SIM905 - twenty-five quoted names are harder to read
    "patients events visits clinics users event_forms registration_forms patient_additional_attributes appointments "
    "prescriptions patient_vitals user_clinic_permissions app_config patient_problems clinic_departments "
    "drug_catalogue clinic_inventory prescription_items dispensing_records patient_allergies "
    "patient_allergy_reactions patient_observations patient_tobacco_history drug_batches resources"
).split()

# Lookups by patient, visit and the like must not scan: (table, key in the document).
LOOKUPS = (
    ("events", "patient_id"),
    ("events", "visit_id"),
    ("visits", "patient_id"),
    ("patient_additional_attributes", "patient_id"),
    ("appointments", "patient_id"),
    ("appointments", "current_visit_id"),
    ("prescriptions", "patient_id"),
    ("prescriptions", "visit_id"),
    ("patient_vitals", "patient_id"),
    ("patient_vitals", "visit_id"),
    ("patient_problems", "patient_id"),
    ("patient_problems", "visit_id"),
    ("prescription_items", "patient_id"),
    ("prescription_items", "prescription_id"),
    ("dispensing_records", "patient_id"),
    ("dispensing_records", "prescription_item_id"),
    ("users", "email"),
    ("user_clinic_permissions", "user_id"),
)


def upgrade() -> None:
    for name in RECORD_TABLES:
        _create_record_table(name)
    for table, key in LOOKUPS:
        op.execute(f"CREATE INDEX ix_{table}_{key} ON {table} (json_extract(data, '$.{key}'))")
    _create_clock_tables()
    _create_sync_tables()
    _create_history_tables()
    op.create_table(
        "settings",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "record_counts",
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("live", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for name in (  # noqa: SIM905
        "record_counts settings record_history earlier_lives outbox sync_log devices held_rows pulls timeline_gaps "
        "server_clock"
    ).split():
        op.drop_table(name)
    for name in reversed(RECORD_TABLES):
        op.drop_table(name)


def _create_record_table(name: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("local_server_created_at", sa.BigInteger, nullable=False),
        sa.Column("local_server_last_modified", sa.BigInteger, nullable=False),
        sa.Column("local_server_deleted_at", sa.BigInteger),
        sa.Column("local_server_sync_id", sa.BigInteger),
        sa.Column("local_server_held_mark", sa.BigInteger),
        sa.Column("local_server_created_mark", sa.BigInteger),
    )
    op.create_index(f"ix_{name}_last_modified", name, ["local_server_last_modified"])


def _create_clock_tables() -> None:
    op.create_table(
        "server_clock",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("birth_stamp", sa.BigInteger, nullable=False),
        sa.Column("last_stamp", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "timeline_gaps",
        sa.Column("after_stamp", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("up_to_stamp", sa.BigInteger, nullable=False),
    )


def _create_sync_tables() -> None:
    op.create_table(
        "pulls",
        sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("stamp", sa.BigInteger, nullable=False),
        sa.Column("since_mark", sa.BigInteger, nullable=False),
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("says_schema", sa.Boolean, nullable=False),
        sa.Column("is_claimed", sa.Boolean, nullable=False),
        sa.Column("owed_deletions_since", sa.BigInteger),
    )
    op.create_index("ix_pulls_since_mark", "pulls", ["since_mark", "user_id"])
    op.create_table(
        "held_rows",
        sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("record_id", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    _create_people_tables()


def _create_people_tables() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.Text, primary_key=True, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("app_generation", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("first_sync_at", sa.BigInteger, nullable=False),
        sa.Column("last_sync_at", sa.BigInteger, nullable=False),
        sa.Column("records_received", sa.BigInteger, nullable=False),
        sa.Column("records_sent", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_devices_last_sync_at", "devices", ["last_sync_at"])
    op.create_table(
        "sync_log",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("device_id", sa.Text),
        sa.Column("user_id", sa.Text),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("records", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("duration_ms", sa.BigInteger, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )


def _create_history_tables() -> None:
    op.create_table(
        "record_history",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("stamp", sa.BigInteger, nullable=False),
        sa.Column("replaced_stamp", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("sync_id", sa.BigInteger),
        sa.Column("replaced_sync_id", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_record_history_record", "record_history", ["record_id", "table_name", "stamp"])
    op.create_table(
        "earlier_lives",
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("record_id", sa.Text, primary_key=True),
        sa.Column("from_stamp", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("until_stamp", sa.BigInteger, nullable=False),
        sa.Column("made_mark", sa.BigInteger),
        sa.Column("ended_mark", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("record_id", sa.Text, primary_key=True),
        sa.Column("stamp", sa.BigInteger, nullable=False),
        sa.Column("columns", sa.Text),
        sa.Column("is_deletion", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
