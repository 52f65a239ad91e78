"""The log files: where they are, how large they grow, and what never gets into them.

Knows nothing of who logs. Our own code logs codes, counts and ids; this module makes sure that a library, or an
exception nobody foresaw, does not add a patient's data to them (DESIGN §§8, 12).
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from db.errors import HubError
from kiosk.paths import DataFolder
from kiosk.private_file import OWNER_ONLY_FILE

FILES_KEPT = 5
LARGEST_FILE = 1_000_000
OUR_PACKAGES = ("kiosk", "web", "db")
EXTRA_FIELDS = ("request_id", "code")  # given by ``extra=`` of a logging call


class SafeFormatter(logging.Formatter):
    """One line for each record, times in UTC; of exceptions only what cannot carry data.

    Our own records are written as they are, apart from exceptions among their arguments. Of a library's
    records the template is written when it came with arguments, and never the arguments: they are values.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s%(fields)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """See class. The record itself stays as it is: other handlers may want it."""
        copy = logging.makeLogRecord(record.__dict__)
        copy.msg = self._ours(record) if _is_ours(record.name) else self._of_a_library(record)
        copy.fields = "".join(
            f" {name}={_one_line(str(value))}"
            for name in EXTRA_FIELDS
            if (value := getattr(record, name, None)) is not None
        )
        copy.args = copy.exc_text = copy.stack_info = None
        return super().format(copy)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's
        """UTC, to the millisecond."""
        return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z"

    def formatException(  # noqa: N802 - the name is logging's
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Types, our codes and places; no texts and no source lines."""
        return "\n".join(describe_exception(ei[1])) if ei[1] is not None else ""

    def _ours(self, record: logging.LogRecord) -> str:
        if isinstance(record.msg, BaseException):
            return _name(record.msg)
        args: Any = record.args
        if isinstance(args, tuple):
            args = tuple(_name(value) if isinstance(value, BaseException) else value for value in args)
        try:
            return _one_line(str(record.msg) % args if args else str(record.msg))
        except (TypeError, ValueError, KeyError):  # the template and its arguments do not fit: keep the template
            return _one_line(str(record.msg))

    def _of_a_library(self, record: logging.LogRecord) -> str:
        if isinstance(record.msg, str) and record.args:
            return _one_line(record.msg)
        return f"(text withheld) {record.module}.{record.funcName}:{record.lineno}"


def describe_exception(error: BaseException) -> list[str]:
    """Lines that name an exception, its causes and their places, without any text a value could be in."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"  {'caused by ' if lines else ''}{_one_line(_name(current))}")
        for frame in traceback.extract_tb(current.__traceback__, limit=-30):
            lines.append(f"    {_short(frame.filename)}:{frame.lineno} in {frame.name}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


class LogFile:
    """Sends this process's log to a rotating file in the data folder until it is closed.

    Uncaught exceptions of any thread go there too, in the same safe form, and not to the terminal.
    """

    def __init__(self, folder: DataFolder, name: str, level: int = logging.INFO) -> None:
        """``name`` is that of the process: "server" and "window" must not rotate one file under each other.

        Raises OSError if the file cannot be opened.
        """
        self.path = folder.logs / f"{name}.log"
        self._handler = _PrivateRotatingFile(self.path)
        self._handler.setFormatter(SafeFormatter())
        self._handler.setLevel(level)
        self._hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        root = logging.getLogger()
        self._former_level = root.level
        root.addHandler(self._handler)
        root.setLevel(logging.WARNING)  # of libraries, only what went wrong
        for package in OUR_PACKAGES:
            logging.getLogger(package).setLevel(level)
        logging.raiseExceptions = False  # a log that fails must not print the record on the terminal
        self._catch_uncaught()

    def close(self) -> None:
        """Writes to the file no more; leaves logging as it was."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks
        root = logging.getLogger()
        root.removeHandler(self._handler)
        root.setLevel(self._former_level)
        for package in OUR_PACKAGES:
            logging.getLogger(package).setLevel(logging.NOTSET)
        self._handler.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _catch_uncaught(self) -> None:
        log = logging.getLogger("kiosk.uncaught")
        former = sys.excepthook

        def of_main_thread(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
            if issubclass(kind, KeyboardInterrupt):
                former(kind, error, place)
                return
            log.critical("uncaught in the main thread", exc_info=(kind, error, place))

        def of_thread(args: threading.ExceptHookArgs) -> None:
            if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
                log.error("uncaught in a thread", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

        def of_nobody(args: sys.UnraisableHookArgs) -> None:
            if args.exc_value is not None:
                log.error("uncaught", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))

        sys.excepthook, threading.excepthook, sys.unraisablehook = of_main_thread, of_thread, of_nobody


class _PrivateRotatingFile(RotatingFileHandler):
    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=LARGEST_FILE, backupCount=FILES_KEPT - 1, encoding="utf-8")

    def _open(self) -> Any:
        return open(  # not Path.open, which has no opener
            self.baseFilename,
            self.mode,
            encoding=self.encoding,
            opener=lambda path, flags: os.open(path, flags, OWNER_ONLY_FILE),
        )


def _is_ours(logger: str) -> bool:
    return logger.partition(".")[0] in OUR_PACKAGES


def _name(error: BaseException) -> str:
    """Our own errors in full: they hold codes, paths and numbers. Of others the type."""
    if isinstance(error, HubError):
        return f"{type(error).__name__} {error}"
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    number = getattr(error, "errno", None)
    return f"{name} errno={number}" if isinstance(error, OSError) and number is not None else name


def _short(filename: str) -> str:
    """The last parts of a path: enough to find the place, without the name of the person whose folder it is in."""
    return "/".join(Path(filename).parts[-3:])


def _one_line(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n")
