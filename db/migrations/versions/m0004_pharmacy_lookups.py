"""Indexes for what phones ask online about appointments, prescriptions, drugs and stock.

Revision 0004, follows 0003.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# (table, keys in the document); a list must not scan what it leaves out.
LOOKUPS = (
    ("appointments", ("clinic_id", "timestamp")),
    ("appointments", ("timestamp",)),
    ("prescriptions", ("status", "prescribed_at")),
    ("prescriptions", ("prescribed_at",)),
    ("drug_catalogue", ("barcode",)),
    ("clinic_inventory", ("clinic_id", "drug_id")),
)


def upgrade() -> None:
    for table, keys in LOOKUPS:
        columns = ", ".join(f"json_extract(data, '$.{key}')" for key in keys)
        op.execute(f"CREATE INDEX ix_{table}_{'_'.join(keys)} ON {table} ({columns})")


def downgrade() -> None:
    for table, keys in LOOKUPS:
        op.execute(f"DROP INDEX ix_{table}_{'_'.join(keys)}")
