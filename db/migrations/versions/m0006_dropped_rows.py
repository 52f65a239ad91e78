"""Which rows a phone has destroyed although the deletion was refused: to that phone they are new when they come back.

Revision 0006, follows 0005. Going down only costs such phones a complaint in their own log.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dropped_rows",
        sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("record_id", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("dropped_rows")
