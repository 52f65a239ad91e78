"""What the cloud is known to hold, and how far our changes are on their way to it.

Revision 0005, follows 0004. Going down forgets both: the outbox stays, and the next release up sends it again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cloud_rows",
        sa.Column("table_name", sa.Text, primary_key=True, nullable=False),
        sa.Column("record_id", sa.Text, primary_key=True, nullable=False),
        sa.Column("updated_at", sa.BigInteger),
        sa.Column("digest", sa.BigInteger, nullable=False),
        sa.Column("stamp", sa.BigInteger, nullable=False),
        sa.Column("is_ours", sa.Boolean, nullable=False),
        sa.Column("full_pull", sa.BigInteger, nullable=False),
        sa.Column("gone_at", sa.BigInteger),
        sa.Column("left_at", sa.BigInteger),
        sa.Column("seen", sa.Text),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cloud_sends",
        sa.Column("table_name", sa.Text, primary_key=True, nullable=False),
        sa.Column("record_id", sa.Text, primary_key=True, nullable=False),
        sa.Column("entry_stamp", sa.BigInteger, nullable=False),
        sa.Column("version_stamp", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("is_answered", sa.Boolean, nullable=False),
        sa.Column("unseen", sa.Integer, nullable=False),
        sa.Column("resends", sa.Integer, nullable=False),
        sa.Column("aside", sa.Text),
        sa.Column("aside_at", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_cloud_sends_aside", "cloud_sends", ["aside_at"], sqlite_where=sa.text("aside IS NOT NULL"))
    op.create_index("ix_record_history_conflict", "record_history", ["id"], sqlite_where=sa.text("kind = 'conflict'"))


def downgrade() -> None:
    op.drop_index("ix_record_history_conflict", "record_history")
    for name in ("cloud_sends", "cloud_rows"):
        op.drop_table(name)
