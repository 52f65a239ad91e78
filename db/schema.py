"""The SQL tables, as SQLAlchemy Core objects: one per document table, and the bookkeeping ones.

Knows nothing of how they came to be (db/migrations) or of what is done with them.
"""

from __future__ import annotations

from types import MappingProxyType

import sqlalchemy as sa

from db.catalogue import CATALOGUE

METADATA = sa.MetaData()


def _record_table(name: str) -> sa.Table:
    return sa.Table(
        name,
        METADATA,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("data", sa.Text, nullable=False),
        # Stamps (db/stamps.py): when this row first came, when it last changed, when it was deleted.
        sa.Column("local_server_created_at", sa.BigInteger, nullable=False),
        sa.Column("local_server_last_modified", sa.BigInteger, nullable=False),
        sa.Column("local_server_deleted_at", sa.BigInteger),
        # The line of the sync log that wrote this version: who and when.
        sa.Column("local_server_sync_id", sa.BigInteger),
        # Marks (table pulls) of the phone that holds exactly this version, and of the one that made the row.
        sa.Column("local_server_held_mark", sa.BigInteger),
        sa.Column("local_server_created_mark", sa.BigInteger),
    )


RECORD_TABLES: MappingProxyType[str, sa.Table] = MappingProxyType({name: _record_table(name) for name in CATALOGUE})
"""The document tables, by name."""

SERVER_CLOCK = sa.Table(
    "server_clock",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("birth_stamp", sa.BigInteger, nullable=False),
    sa.Column("last_stamp", sa.BigInteger, nullable=False),
)

TIMELINE_GAPS = sa.Table(
    "timeline_gaps",
    METADATA,
    sa.Column("after_stamp", sa.BigInteger, primary_key=True),
    sa.Column("up_to_stamp", sa.BigInteger, nullable=False),
)

PULLS = sa.Table(
    "pulls",
    METADATA,
    sa.Column("mark", sa.BigInteger, primary_key=True),
    sa.Column("stamp", sa.BigInteger, nullable=False),
    sa.Column("since_mark", sa.BigInteger, nullable=False),
    sa.Column("device_id", sa.Text, nullable=False),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("says_schema", sa.Boolean, nullable=False),
    sa.Column("is_claimed", sa.Boolean, nullable=False),
    sa.Column("owed_deletions_since", sa.BigInteger),
    # The clinics whose records the phone was sent, as a sorted JSON list; NULL: of all.
    sa.Column("scope", sa.Text),
)

HELD_ROWS = sa.Table(
    "held_rows",
    METADATA,
    sa.Column("mark", sa.BigInteger, primary_key=True),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
)

DROPPED_ROWS = sa.Table(
    "dropped_rows",
    METADATA,
    sa.Column("mark", sa.BigInteger, primary_key=True),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
)
"""Living rows that the phone of a pull has destroyed: its deletion was refused."""

WITHHELD_ROWS = sa.Table(
    "withheld_rows",
    METADATA,
    sa.Column("device_id", sa.Text, primary_key=True),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
)

EARLIER_LIVES = sa.Table(
    "earlier_lives",
    METADATA,
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
    sa.Column("from_stamp", sa.BigInteger, primary_key=True),
    sa.Column("until_stamp", sa.BigInteger, nullable=False),
    # Marks of the phones that made and that ended it, where phones did.
    sa.Column("made_mark", sa.BigInteger),
    sa.Column("ended_mark", sa.BigInteger),
)

RECORD_HISTORY = sa.Table(
    "record_history",
    METADATA,
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
    # Of what was refused: the permission that was missing; NULL: the record was deleted.
    sa.Column("reason", sa.Text),
)

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
    sa.Column("stamp", sa.BigInteger, nullable=False),
    sa.Column("columns", sa.Text),
    sa.Column("is_deletion", sa.Boolean, nullable=False),
)

CLOUD_ROWS = sa.Table(
    "cloud_rows",
    METADATA,
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
    # Of the cloud's row as it was last seen: its own time of change (epoch ms), and a digest of its content.
    sa.Column("updated_at", sa.BigInteger),
    sa.Column("digest", sa.BigInteger, nullable=False),
    # Our version (its stamp) that was last equal to it, and whether that version was made here.
    sa.Column("stamp", sa.BigInteger, nullable=False),
    sa.Column("is_ours", sa.Boolean, nullable=False),
    # The last full pull that listed it; when it was deleted there, or went out of this hub's clinics (epoch ms).
    sa.Column("full_pull", sa.BigInteger, nullable=False),
    sa.Column("gone_at", sa.BigInteger),
    sa.Column("left_at", sa.BigInteger),
    # The cloud's row as JSON, while an edit of ours waits that differs from it.
    sa.Column("seen", sa.Text),
)
"""What the cloud is known to hold."""

CLOUD_SENDS = sa.Table(
    "cloud_sends",
    METADATA,
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
    # Which entry of the outbox (its stamp) this is about: an entry with another stamp has news since.
    sa.Column("entry_stamp", sa.BigInteger, nullable=False),
    # The version sent (its stamp), under which time of change, and whether the cloud said that it took it.
    sa.Column("version_stamp", sa.BigInteger, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Column("is_answered", sa.Boolean, nullable=False),
    # Complete pulls since the answer that did not show it; how often it was sent again for that.
    sa.Column("unseen", sa.Integer, nullable=False),
    sa.Column("resends", sa.Integer, nullable=False),
    # Why it is no longer tried until it changes (an AsideReason), and since when (epoch ms).
    sa.Column("aside", sa.Text),
    sa.Column("aside_at", sa.BigInteger),
)
"""How far the entries of the outbox are on their way to the cloud."""

DEVICES = sa.Table(
    "devices",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("app_generation", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("first_sync_at", sa.BigInteger, nullable=False),
    sa.Column("last_sync_at", sa.BigInteger, nullable=False),
    sa.Column("records_received", sa.BigInteger, nullable=False),
    sa.Column("records_sent", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger),
    sa.Column("paired_at", sa.BigInteger),
)

SYNC_LOG = sa.Table(
    "sync_log",
    METADATA,
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
    # The name of the procedure, or what staff decided about a phone.
    sa.Column("action", sa.Text),
)

RECORD_COUNTS = sa.Table(
    "record_counts",
    METADATA,
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("live", sa.BigInteger, nullable=False),
)

SETTINGS = sa.Table(
    "settings",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

SEARCHED_COLUMNS = (
    *("given_name", "surname", "date_of_birth", "citizenship", "hometown", "phone", "camp", "government_id"),
    "external_patient_id",
)
"""The columns of a patient in which a part of the text is looked for."""

PATIENT_INDEX = sa.Table(
    "patient_index",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("patient_id", sa.Text, nullable=False, unique=True),
    # The clinic if this hub knows it, else ""; and what the record says then.
    sa.Column("clinic_id", sa.Text, nullable=False),
    sa.Column("stated_clinic_id", sa.Text, nullable=False),
    sa.Column("updated_at", sa.BigInteger, nullable=False),
    sa.Column("sex", sa.Text, nullable=False),
    sa.Column("government_id", sa.Text, nullable=False),
    sa.Column("given_name", sa.Text, nullable=False),
    sa.Column("surname", sa.Text, nullable=False),
)

PATIENT_WORDS = sa.table("patient_words", *(sa.column(name) for name in ("rowid", *SEARCHED_COLUMNS)))
"""The full-text index; ``rowid`` is the number in PATIENT_INDEX."""

CLINIC_NUMBERS = sa.Table(
    "clinic_numbers",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("clinic_id", sa.Text, nullable=False, unique=True),
)
"""Numbers for the clinics that patients name, known or not, "" too; given once and for ever. They are part of a
patient's number (db/patient_numbers.py)."""

ATTRIBUTE_INDEX = sa.Table(
    "attribute_index",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("record_id", sa.Text, nullable=False, unique=True),
    sa.Column("attribute_id", sa.Text, nullable=False),
    sa.Column("patient_id", sa.Text, nullable=False),
)

ATTRIBUTE_WORDS = sa.table("attribute_words", sa.column("rowid"), sa.column("words"))
"""The full-text index of attributes; ``rowid`` is the number in ATTRIBUTE_INDEX."""

FULL_TEXT_TABLES: frozenset[str] = frozenset(
    name
    for table in (PATIENT_WORDS, ATTRIBUTE_WORDS)
    for name in (table.name, *(f"{table.name}_{part}" for part in ("data", "idx", "content", "docsize", "config")))
)
"""Names of the full-text indexes and of the tables that SQLite keeps for them; METADATA does not have them."""

PATIENT_COUNTS = sa.Table(
    "patient_counts",
    METADATA,
    sa.Column("clinic_id", sa.Text, primary_key=True),
    sa.Column("live", sa.BigInteger, nullable=False),
)

PATIENT_INDEX_STATE = sa.Table(
    "patient_index_state",
    METADATA,
    sa.Column("table_name", sa.Text, primary_key=True),
    # How far the records of the table are in the index: up to this stamp, and of those of this stamp to this id.
    sa.Column("stamp", sa.BigInteger, nullable=False),
    sa.Column("record_id", sa.Text, nullable=False),
)
