"""Searches that do not slow down with the number of patients: clinic and time of each patient in a few bytes, and the
texts of attributes in a full-text index.

Revision 0007, follows 0006. The new index of attributes is filled when it is first asked for (db/patient_index.py), as
the old one is after going down.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clinic_numbers",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("clinic_id", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "patient_places",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("clinic", sa.Integer, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO clinic_numbers (clinic_id) SELECT DISTINCT clinic_id FROM patient_index")
    op.execute(
        "INSERT INTO patient_places SELECT patient_index.number, clinic_numbers.number, updated_at "
        "FROM patient_index JOIN clinic_numbers USING (clinic_id)"
    )
    _drop_attributes()
    op.create_table(
        "attribute_index",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("record_id", sa.Text, nullable=False, unique=True),
        sa.Column("attribute_id", sa.Text, nullable=False),
        sa.Column("patient_id", sa.Text, nullable=False),
    )
    op.execute(
        "CREATE VIRTUAL TABLE attribute_words USING fts5(words, content='', contentless_delete=1, tokenize='trigram')"
    )


def downgrade() -> None:
    for name in ("clinic_numbers", "patient_places", "attribute_words"):
        op.drop_table(name)
    _drop_attributes()
    op.create_table(
        "attribute_index",
        sa.Column("record_id", sa.Text, primary_key=True, nullable=False),
        sa.Column("attribute_id", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("patient_id", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_attribute_index_words", "attribute_index", ["attribute_id", "words", "patient_id"])


def _drop_attributes() -> None:
    op.drop_table("attribute_index")
    op.execute("DELETE FROM patient_index_state WHERE table_name = 'patient_additional_attributes'")
