"""What lists and searches of patients read: a compact copy of what is looked for, and how many there are.

Revision 0003, follows 0002. Everything here is made out of the records (db/patient_index.py) and filled when
it is first asked for, so going down loses nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORDS = "given_name surname date_of_birth citizenship hometown phone camp government_id external_patient_id"


def upgrade() -> None:
    op.create_table(
        "patient_index",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("patient_id", sa.Text, nullable=False, unique=True),
        sa.Column("clinic_id", sa.Text, nullable=False),
        sa.Column("stated_clinic_id", sa.Text, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("sex", sa.Text, nullable=False),
        sa.Column("government_id", sa.Text, nullable=False),
    )
    op.execute("CREATE INDEX ix_patient_index_newest ON patient_index (clinic_id, updated_at DESC, patient_id)")
    op.create_index("ix_patient_index_government_id", "patient_index", ["government_id"])
    op.execute(
        f"CREATE VIRTUAL TABLE patient_words USING fts5({', '.join(WORDS.split())}, "
        "content='', contentless_delete=1, tokenize='trigram')"
    )
    op.create_table(
        "attribute_index",
        sa.Column("record_id", sa.Text, primary_key=True, nullable=False),
        sa.Column("attribute_id", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("patient_id", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_attribute_index_words", "attribute_index", ["attribute_id", "words", "patient_id"])
    op.create_table(
        "patient_counts",
        sa.Column("clinic_id", sa.Text, primary_key=True, nullable=False),
        sa.Column("live", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "patient_index_state",
        sa.Column("table_name", sa.Text, primary_key=True, nullable=False),
        sa.Column("stamp", sa.BigInteger, nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for name in ("patient_index_state", "patient_counts", "attribute_index", "patient_words", "patient_index"):
        op.drop_table(name)
