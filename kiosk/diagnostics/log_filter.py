"""The log files as they may leave this computer: known sentences with fit values, names of errors, places in the code.

Knows nothing of who wrote them. What is not recognised is replaced by a word that says so, never passed on.
"""

from __future__ import annotations

import builtins
import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from kiosk.diagnostics import known
from kiosk.diagnostics.log_templates import TEMPLATES, Gap
from kiosk.diagnostics.safe import OTHER, VERSION, Safe, word

WITHHELD = "(withheld)"
LEVELS = frozenset({"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})
LIBRARIES = frozenset({"alembic", "asyncio", "cheroot", "dataset", "pywebview", "sqlalchemy", "urllib3", "zeroconf"})
UNCAUGHT = "kiosk.uncaught"
LONGEST_PLACE = 40
"""Lines of one traceback."""

_LINE = re.compile(
    r"(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?P<level>[A-Z]+) (?P<logger>\S+)"
    r"(?: request_id=(?P<request>\S+))?(?: code=(?P<code>\S+))? (?P<message>.*)"
)
_FRAME = re.compile(r"    (?P<file>\S+):(?P<line>\d{1,6}) in (?P<function>\S+)")
_ERROR = re.compile(r"  (?P<cause>caused by )?(?P<error>\S.*)")
_OUR_FILE = re.compile(r"(?:kiosk|web|db)(?:/[a-z_0-9]{1,40}){1,4}\.py")
_ANY_FILE = re.compile(r"[a-z_][a-z_0-9]{0,40}\.py")
_FUNCTION = re.compile(r"[A-Za-z_][A-Za-z_0-9]{0,60}|<(?:module|lambda|genexpr|listcomp)>")
_OUR_LOGGER = re.compile(r"(?:kiosk|web|db)(?:\.[a-z_0-9]{1,40}){0,4}")
_REQUEST = re.compile(r"[0-9a-f]{8}")
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_ABOUT_ERROR = re.compile(
    r"(?P<name>errno|status|problems|limit_mb|seconds|verify_code|port|group|available|wanted)=(?P<number>-?[0-9]{1,18})"
)


@dataclass(frozen=True)
class Entry:
    """One record of the log. ``where``: the errors and their places, from the traceback."""

    at: Safe
    level: Safe
    logger: Safe
    request: Safe | None
    code: Safe | None
    message: Safe
    where: tuple[Safe, ...]

    def lines(self) -> Iterator[str]:
        """As in a log file."""
        parts = [self.at, self.level, self.logger]
        parts += [Safe(f"request_id={self.request}")] if self.request else []
        parts += [Safe(f"code={self.code}")] if self.code else []
        yield " ".join([*parts, self.message])
        yield from (f"  {place}" for place in self.where)


def entries_of(lines: Iterable[str]) -> Iterator[Entry]:
    """The records in the lines of a log file, which were split at line feeds and nothing else: what a record says may
    hold other characters that end a line somewhere."""
    head: re.Match[str] | None = None
    where: list[Safe] = []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            if head is not None and len(where) < LONGEST_PLACE:
                where += _place(line)
            continue
        if head is not None:
            yield _entry(head, where)
        head, where = match, []
    if head is not None:
        yield _entry(head, where)


def exception_name(text: str) -> Safe:
    """The class of an exception, if there is one of that name in this program, and numbers about it."""
    name, _, about = text.partition(" ")
    numbers = [f"{found['name']}={found['number']}" for found in _ABOUT_ERROR.finditer(about)]
    shown = name if _is_exception(name) else OTHER
    return Safe(" ".join([shown, *numbers]))


def _entry(head: re.Match[str], where: list[Safe]) -> Entry:
    logger = head["logger"]
    return Entry(
        at=Safe(head["at"]),
        level=Safe(head["level"]) if head["level"] in LEVELS else word(OTHER),
        logger=_logger(logger),
        request=Safe(head["request"]) if head["request"] and _REQUEST.fullmatch(head["request"]) else None,
        code=Safe(head["code"]) if head["code"] in known.results() else None,
        message=_message(head["message"]),
        where=tuple(where),
    )


def _logger(name: str) -> Safe:
    if name == UNCAUGHT or _is_our_module(name):
        return Safe(name)
    library = name.partition(".")[0]
    return Safe(library) if library in LIBRARIES else word(OTHER)


@cache
def _is_our_module(name: str) -> bool:
    """Whether there is such a module; it need not be loaded here, since other processes write into the log too."""
    if not _OUR_LOGGER.fullmatch(name):
        return False
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _message(text: str) -> Safe:
    for form, template, gaps in _forms():
        match = form.fullmatch(text)
        if match:
            values = [_FIT[gap](value) for gap, value in zip(gaps, match.groups(), strict=True)]
            return Safe(template.replace("%d", "%s") % tuple(values))
    return word(WITHHELD)


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str, tuple[Gap, ...]], ...]:
    return tuple(
        (re.compile("(.*?)".join(map(re.escape, re.split("%[sd]", template)))), template, gaps)
        for template, gaps in TEMPLATES
    )


def _place(line: str) -> list[Safe]:
    frame = _FRAME.fullmatch(line)
    if frame:
        whole = frame["file"]
        file = whole if _OUR_FILE.fullmatch(whole) else whole.rpartition("/")[2]
        is_fit = (_OUR_FILE.fullmatch(file) or _ANY_FILE.fullmatch(file)) and _FUNCTION.fullmatch(frame["function"])
        return [Safe(f"  {file}:{frame['line']} in {frame['function']}")] if is_fit else [word("  " + WITHHELD)]
    error = _ERROR.fullmatch(line)
    if error:
        return [Safe(f"{error['cause'] or ''}{exception_name(error['error'])}")]
    return []


def _is_exception(name: str) -> bool:
    """Of this program, of Python, or of a library that is loaded."""
    if name in known.error_names():
        return True
    module, _, short = name.rpartition(".")
    found = getattr(sys.modules.get(module) if module else builtins, short, None)
    return isinstance(found, type) and issubclass(found, BaseException)


def _of(values: Iterable[str]) -> Callable[[str], Safe]:
    allowed = frozenset(values)
    return lambda value: Safe(value) if value in allowed else word(OTHER)


def _matching(form: re.Pattern[str]) -> Callable[[str], Safe]:
    return lambda value: Safe(value) if form.fullmatch(value) else word(OTHER)


_FIT: Mapping[Gap, Callable[[str], Safe]] = MappingProxyType(
    {
        Gap.NUMBER: _matching(_NUMBER),
        Gap.VERSION: _matching(VERSION),
        Gap.REQUEST: _matching(_REQUEST),
        Gap.CHECK: _of(known.CHECK_NAMES),
        Gap.JOB: _of(known.JOBS),
        Gap.TRIGGER: _of(known.TRIGGERS),
        Gap.RESULT: _of(known.results()),
        Gap.EXCEPTION: exception_name,
    }
)
