"""The two ways to the data: ``read()`` is one snapshot, ``write()`` is one transaction with one stamp.

Knows nothing of records; dataset holds the connections, transactions are begun and ended here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlcipher3 import dbapi2 as sqlcipher

from db.clock import Clock
from db.errors import StorageBusy, StorageFailed
from db.lean_dataset import dataset
from db.schema import SERVER_CLOCK
from db.sqlite.connection import at_rest_connector, connector
from db.sqlite.failures import DRIVER_ERRORS, meaning_of
from db.stamps import StampCeiling, next_stamp

READER_CONNECTIONS = 64
WRITER_WAIT_S = 30.0
CLOSE_WAIT_S = 10.0
_FETCH_ROWS = 500


class Statement:
    """A SQLAlchemy Core statement compiled once, for hot paths that hand plain tuples to the driver."""

    def __init__(self, statement: sa.Executable) -> None:
        compiled = cast(
            "sa.Compiled",
            statement.compile(dialect=sqlite_dialect.dialect(paramstyle="qmark")),  # type: ignore[attr-defined]
        )
        self.sql = str(compiled)
        self._names: Sequence[str] = tuple(compiled.positiontup or ())  # type: ignore[attr-defined]
        self._literals: dict[str, Any] = dict(compiled.params)

    def values(self, parameters: dict[str, Any]) -> tuple[Any, ...]:
        """``parameters`` (by bind name) in the order in which the driver wants them."""
        known = self._literals | parameters
        return tuple(known[name] for name in self._names)


class Snapshot:
    """An open read transaction: everything read through it belongs to one moment."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def rows(self, statement: sa.Executable, parameters: dict[str, Any] | None = None) -> Sequence[Any]:
        """All rows of a query; for few rows."""
        return self._connection.execute(statement, parameters or {}).fetchall()

    def first(self, statement: sa.Executable, parameters: dict[str, Any] | None = None) -> Any:
        """The first row of a query, or None."""
        return self._connection.execute(statement, parameters or {}).first()

    def begin(self) -> None:
        """Fixes the moment now (SQLite does it at the first read otherwise)."""
        self._connection.execute(sa.select(SERVER_CLOCK.c.id)).first()

    def scalar(self, statement: sa.Executable, parameters: dict[str, Any] | None = None) -> Any:
        """The first column of the first row, or None."""
        return self._connection.execute(statement, parameters or {}).scalar()

    def batches(self, statement: Statement, parameters: dict[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
        """Rows of a hot query as plain tuples, a few hundred at a time: memory does not grow with their number."""
        with _meaningful():  # whoever consumes this may be outside the block of ``read`` by now
            cursor = self._raw_cursor()
            try:
                cursor.execute(statement.sql, statement.values(parameters))
                while batch := cursor.fetchmany(_FETCH_ROWS):
                    yield batch
            finally:
                cursor.close()

    @property
    def driver_connection(self) -> Any:
        """The driver's own connection, for copies of the whole file alone (db/sqlite/maintenance.py)."""
        return self._connection.connection.driver_connection

    def _raw_cursor(self) -> Any:
        return self._connection.connection.cursor()


class Transaction(Snapshot):
    """An open write transaction. Reads see its own writes."""

    def __init__(self, connection: sa.Connection, clock: Clock, ceiling: StampCeiling) -> None:
        super().__init__(connection)
        self._clock = clock
        self._ceiling = ceiling
        self._stamp: int | None = None

    @property
    def now_ms(self) -> int:
        """Wall-clock time for what people read (logs); never compared with stamps."""
        return self._clock.now_ms()

    @property
    def stamp(self) -> int:
        """The one stamp of this transaction (DESIGN §4), taken on first use: a transaction that
        changes nothing takes none."""
        if self._stamp is None:
            self._stamp = next_stamp(self, self._clock, self._ceiling)
        return self._stamp

    def run(self, statement: sa.Executable, parameters: dict[str, Any] | None = None) -> sa.CursorResult[Any]:
        """One statement that writes."""
        return cast("sa.CursorResult[Any]", self._connection.execute(statement, parameters or {}))

    def run_many(self, statement: Statement, rows: Iterable[tuple[Any, ...]]) -> None:
        """A hot write: ``rows`` are tuples in the statement's own order of parameters."""
        cursor = self._raw_cursor()
        try:
            cursor.executemany(statement.sql, rows)
        finally:
            cursor.close()

    @property
    def connection(self) -> sa.Connection:
        """The SQLAlchemy connection, for Alembic alone."""
        return self._connection


class Database:
    """One encrypted file. Any number of readers, one writer at a time, safe across threads and processes."""

    def __init__(
        self, path: Path, key: bytes, clock: Clock, ceiling: StampCeiling, *, writer_wait_s: float = WRITER_WAIT_S
    ) -> None:
        self.path = path
        self._writer_wait_s = writer_wait_s
        self._clock = clock
        self._ceiling = ceiling
        self._write_lock = threading.Lock()
        self._reads = 0
        self._reads_changed = threading.Condition()
        self._is_closed = False
        self._write_failure: str | None = None
        self._watch_lock = threading.Lock()
        self._watch: Any = None
        self._open_watch = connector(path, key, is_reader=True)
        self._writer = _open(path, key, is_reader=False)
        self._reader = _open(path, key, is_reader=True)

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        """One snapshot, until the block ends. Raises StorageBusy, StorageFailed, WrongKey, DatabaseDamaged."""
        with self._reading(), _meaningful(), _transaction(self._reader, "BEGIN") as connection:
            yield Snapshot(connection)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._reads_changed:
            if self._is_closed:
                raise StorageBusy
            self._reads += 1
        try:
            yield
        finally:
            with self._reads_changed:
                self._reads -= 1
                self._reads_changed.notify_all()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """One transaction: committed (and on the disk) when the block ends, rolled back when it raises.

        Raises StorageBusy when another writer does not finish in time, DiskFull, StorageFailed.
        """
        if not self._write_lock.acquire(timeout=self._writer_wait_s):
            raise StorageBusy
        try:
            with _meaningful(), _transaction(self._writer, "BEGIN IMMEDIATE") as connection:
                yield Transaction(connection, self._clock, self._ceiling)
        except StorageFailed as failure:
            self._write_failure = failure.code
            raise
        finally:
            self._write_lock.release()

    @property
    def write_failure(self) -> str | None:
        """The code of the last error that kept a transaction from being stored (no room, mostly), until that is
        forgotten. A small one that is stored after it, such as a line of the log, says nothing about a large one."""
        return self._write_failure

    def version(self) -> int:
        """A number that is another one after every commit, of this process or of another. Costs next to nothing. Raises
        what ``read`` raises."""
        with self._reading(), _meaningful(), self._watch_lock:
            if self._watch is None:
                self._watch = self._open_watch()
            return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def forget_write_failure(self) -> None:
        """Somebody has seen that there is room again."""
        self._write_failure = None

    def close(self) -> None:
        """Closes every connection; the last one to close folds the write-ahead log into the file.

        Reads that go on are waited for: a connection that is closed under a query ends the whole process. From here on
        reads are refused with StorageBusy.
        """
        with self._reads_changed:
            self._is_closed = True
            self._reads_changed.wait_for(lambda: not self._reads, timeout=CLOSE_WAIT_S)
        if self._watch is not None:
            self._watch.close()
        self._reader.close()
        self._writer.close()


@contextmanager
def open_at_rest(path: Path, key: bytes) -> Iterator[Snapshot]:
    """A snapshot of a file that nobody writes: a backup. Nothing is written, not even beside it.

    Raises WrongKey, DatabaseDamaged, StorageFailed.
    """
    engine = sa.create_engine(
        "sqlite://",
        creator=at_rest_connector(path, key),
        module=sqlcipher,
        poolclass=sa.NullPool,
        hide_parameters=True,
    )
    with _meaningful(), engine.connect() as connection:
        yield Snapshot(connection)


class _meaningful:  # noqa: N801 - reads as a word in a with statement
    """Turns driver exceptions that leave the block into the program's own."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(failure, DRIVER_ERRORS):
            # "from None": the driver's own text may quote values.
            raise meaning_of(cast("Exception", failure)) from None


def _open(path: Path, key: bytes, *, is_reader: bool) -> dataset.Database:
    connections = READER_CONNECTIONS if is_reader else 1
    return dataset.Database(
        f"sqlite:///{path.as_posix()}",
        engine_kwargs={
            "creator": connector(path, key, is_reader=is_reader),
            "module": sqlcipher,
            "poolclass": sa.QueuePool,
            "pool_size": min(connections, 8),
            "max_overflow": max(connections - 8, 0),
            "pool_timeout": WRITER_WAIT_S,
            "hide_parameters": True,
        },
        ensure_schema=False,
        sqlite_wal_mode=False,  # set in connector(), once the key is given
    )


@contextmanager
def _transaction(database: dataset.Database, begin: str) -> Iterator[sa.Connection]:
    """dataset's connection for this thread with a real BEGIN (dataset and the driver send none of their own)."""
    database.begin()
    try:
        connection: sa.Connection = database.executable
        connection.exec_driver_sql(begin)
        yield connection
    except BaseException:
        database.rollback()
        raise
    try:
        database.commit()
    except BaseException:
        _abandon(database, connection)
        raise


def _abandon(database: dataset.Database, connection: sa.Connection) -> None:
    """After a commit that failed (a full disk): dataset would keep the connection, with its transaction, for this
    thread, and no other could ever write. Its own rollback believes that there is nothing to do."""
    with suppress(*DRIVER_ERRORS):
        connection.rollback()
    database.begin()
    database.rollback()
