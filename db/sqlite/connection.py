"""Opens one connection to the encrypted file. The only place where the database key is used.

Knows nothing of tables or transactions.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlcipher3 import dbapi2 as sqlcipher

KEY_BYTES = 32
BUSY_TIMEOUT_MS = 10_000
WRITER_CACHE_KIB = 16_000
READER_CACHE_KIB = 8_000

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # an acknowledged push is on the disk (DESIGN §3)
    "PRAGMA fullfsync = ON",  # macOS: a plain fsync does not reach the platter there
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = OFF",  # pages are encrypted anyway
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)


def connector(path: Path, key: bytes, *, is_reader: bool = False) -> Callable[[], Any]:
    """Returns a function that opens a keyed connection (a raw DB-API connection) to ``path``.

    ``key`` is the raw 256-bit key; SQLCipher derives nothing from it, so opening is fast. The connection
    is in autocommit mode: transactions are begun explicitly (db/database.py).
    """
    literal = key_literal(key)

    def connect() -> Any:
        connection = _keyed(str(path), literal)
        for pragma in PRAGMAS:
            connection.execute(pragma)
        cache = READER_CACHE_KIB if is_reader else WRITER_CACHE_KIB
        connection.execute(f"PRAGMA cache_size = -{cache}")
        if is_reader:
            connection.execute("PRAGMA query_only = ON")
        return connection

    return connect


def at_rest_connector(path: Path, key: bytes) -> Callable[[], Any]:
    """Returns a function that opens a file which nobody writes (a backup, on whatever disk) for reading.

    SQLite makes no other file beside it and takes no lock. What follows the last page is not looked at.
    """
    literal = key_literal(key)
    return lambda: _keyed(f"{_address(path)}?mode=ro&immutable=1", literal, is_address=True)


def open_blank(path: Path, key: bytes) -> Any:
    """A connection to a new file that is written once, whole, and is worth nothing before: without a journal, which
    a stick or a network folder may not bear, and without waiting for the disk."""
    connection = _keyed(str(path), key_literal(key))
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def key_literal(key: bytes) -> str:
    """A raw key as SQLCipher wants to read it in SQL. PRAGMA and ATTACH take no bound parameters for it; hexadecimal
    digits of our own key cannot break out of the quotes."""
    if len(key) != KEY_BYTES:
        raise ValueError("the database key has 32 bytes")
    return f"\"x'{key.hex()}'\""


def _keyed(name: str, literal: str, *, is_address: bool = False) -> Any:
    connection = sqlcipher.connect(name, isolation_level=None, check_same_thread=False, uri=is_address)
    connection.execute("PRAGMA cipher_log_level = NONE")  # or a wrong key fills standard error
    connection.execute(f"PRAGMA key = {literal}")
    connection.execute("PRAGMA temp_store = MEMORY")  # sorts never touch a plain file
    return connection


def _address(path: Path) -> str:
    """A file as an address for SQLite: ``file:///…`` on every system, with four slashes for a Windows share."""
    absolute = path.absolute().as_posix()
    return f"file://{'' if absolute.startswith('/') else '/'}{quote(absolute)}"
