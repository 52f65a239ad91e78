"""What hub mode keeps: pairing of phones, the scope of pulls, why an edit was refused, permissions of local staff.

Revision 0002, follows 0001. Accounts made at this computer had no permissions, since nothing asked for them; each
gets all of them at its clinic here, so that nobody who could work yesterday is locked out today. Going down leaves
these rows: to the earlier release they are documents like any other.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FLAGS = (  # noqa: SIM905
    "can_register_patients can_view_history can_edit_records can_delete_records is_clinic_admin "
    "can_edit_other_provider_event can_download_patient_reports can_prescribe_medications can_dispense_medications "
    "can_delete_patient_visits can_delete_patient_records"
).split()


def upgrade() -> None:
    op.add_column("devices", sa.Column("seen_at", sa.BigInteger))
    op.add_column("devices", sa.Column("paired_at", sa.BigInteger))
    op.add_column("pulls", sa.Column("scope", sa.Text))
    op.create_index("ix_pulls_device", "pulls", ["device_id", "stamp"])
    op.add_column("sync_log", sa.Column("action", sa.Text))
    op.add_column("record_history", sa.Column("reason", sa.Text))
    op.create_index("ix_record_history_refused", "record_history", ["id"], sqlite_where=sa.text("kind = 'refused'"))
    op.create_table(
        "withheld_rows",
        sa.Column("device_id", sa.Text, primary_key=True),
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("record_id", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    _grant_to_local_accounts()


def downgrade() -> None:
    op.drop_table("withheld_rows")
    op.drop_index("ix_record_history_refused", "record_history")
    op.drop_column("record_history", "reason")
    op.drop_column("sync_log", "action")
    op.drop_index("ix_pulls_device", "pulls")
    op.drop_column("pulls", "scope")
    op.drop_column("devices", "paired_at")
    op.drop_column("devices", "seen_at")


def _grant_to_local_accounts() -> None:
    """Under the next stamp, so that phones receive the rows; none in an empty database."""
    flags = ", ".join(f"'{flag}', json('true')" for flag in FLAGS)
    op.execute(
        f"""
        INSERT INTO user_clinic_permissions
            (id, data, local_server_created_at, local_server_last_modified)
        SELECT users.id || '-local',
            json_object('id', users.id || '-local', 'user_id', users.id,
                'clinic_id', coalesce(json_extract(users.data, '$.clinic_id'), ''), {flags},
                'created_by', NULL, 'last_modified_by', NULL,
                'created_at', server_clock.last_stamp + 1, 'updated_at', server_clock.last_stamp + 1),
            server_clock.last_stamp + 1, server_clock.last_stamp + 1
        FROM users, server_clock
        WHERE users.local_server_deleted_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM user_clinic_permissions AS granted
            WHERE json_extract(granted.data, '$.user_id') = users.id)
        """  # noqa: S608 - the names are the ones above
    )
    op.execute(
        """
        UPDATE server_clock SET last_stamp = last_stamp + 1
        WHERE EXISTS (SELECT 1 FROM user_clinic_permissions
            WHERE local_server_last_modified > server_clock.last_stamp)
        """
    )
    op.execute(
        """
        INSERT OR REPLACE INTO record_counts (table_name, live)
        SELECT 'user_clinic_permissions', count(*) FROM user_clinic_permissions
        WHERE local_server_deleted_at IS NULL HAVING count(*) > 0
        """
    )
