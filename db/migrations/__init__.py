"""Alembic's scripts; run through db/migrate.py."""
