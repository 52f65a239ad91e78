"""The names of the database's own files in a data folder. Imports nothing, so that looking costs nothing."""

DATABASE_NAME = "clinic.db"
"""The encrypted database; SQLite keeps its -wal and -shm beside it."""

CEILING_NAME = "stamp-ceiling"
"""See db/stamps.py."""

UNCLEAN_NAME = "unclean"
"""There while the database is open for serving: if it is there at the start, the last stop was not in order."""

BEFORE_MIGRATION_SUFFIX = ".before-migration"
"""The copy that is made before the tables are changed."""

RECOVERY_NAME = "recovery"
"""The copy of the database key that the recovery code opens (db/wrapped_key.py)."""

BACKUP_SUFFIX = ".hikma-backup"
"""Ends the name of every backup (db/backup_file.py)."""

STAGING_NAME = "staging"
"""Folder in which files are made ready that are to replace others together (db/exchange.py)."""

INCOMING_NAME = "incoming"
"""The same folder once it is complete: from then on the exchange is carried through, whatever happens."""
