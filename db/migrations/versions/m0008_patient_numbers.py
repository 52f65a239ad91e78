"""A patient's number in the index tells time and clinic (db/patient_numbers.py): the table that told them is not
needed. The index has the names as they are compared, so that like names are found without looking at the records.

Revision 0008, follows 0007. The index of patients is filled anew when it is first asked for, up and down.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NAMES = ("given_name", "surname")


def upgrade() -> None:
    op.drop_table("patient_places")
    _empty()
    for name in _NAMES:
        op.add_column("patient_index", sa.Column(name, sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.create_table(
        "patient_places",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("clinic", sa.Integer, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    _empty()
    for name in _NAMES:
        op.drop_column("patient_index", name)


def _empty() -> None:
    op.execute("DELETE FROM patient_index")
    op.execute("INSERT INTO patient_words (patient_words) VALUES ('delete-all')")
    op.execute("DELETE FROM patient_counts")
    op.execute("DELETE FROM clinic_numbers")
    op.execute("DELETE FROM patient_index_state WHERE table_name IN ('patients', 'clinics')")
