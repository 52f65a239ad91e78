"""The report for support: which files it has, and where what they tell comes from.

Knows nothing of zips, pages or commands. A part that cannot be told (a database that does not open) says so; the others
are told all the same.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from db.clock import Clock
from db.database import Database, Snapshot
from db.errors import HubError
from kiosk import __version__
from kiosk.diagnostics import known
from kiosk.diagnostics.computer_part import about_part, checks_part
from kiosk.diagnostics.database_part import (
    cloud_part,
    database_part,
    phones_part,
    settings_part,
    slow_part,
    syncs_part,
)
from kiosk.diagnostics.log_filter import UNCAUGHT, Entry, entries_of
from kiosk.diagnostics.readme import README
from kiosk.diagnostics.safe import Content, Pseudonyms, code, render, render_lines
from kiosk.diagnostics.short_code import short_code
from kiosk.doctor.facts import DataFacts
from kiosk.failures import meaning_of
from kiosk.language import chosen_language
from kiosk.logs import FILES_KEPT
from kiosk.paths import DataFolder
from web.ui.check_port import Finding
from web.ui.diagnostics_port import ReportPart

LOGS = ("server", "window", "update")
ENTRIES_TOLD = 20_000
CRASHES_TOLD = 50

_UNREADABLE = (HubError, OSError, ValueError, TypeError, msgspec.MsgspecError)
"""What a damaged database, or one that somebody has changed, may answer with."""


@dataclass(frozen=True)
class ReportFile:
    """One file. ``entries``: how many lines, records or fields it has."""

    part: ReportPart
    name: str
    entries: int
    content: bytes


@dataclass(frozen=True)
class Report:
    """A whole report."""

    support_code: str
    made_at_ms: int
    files: tuple[ReportFile, ...]


@dataclass(frozen=True)
class Subject:
    """What a report is about. ``data``: the database, or why it cannot be read."""

    folder: DataFolder
    clock: Clock
    system: str
    data: Database | DataFacts


def make_report(subject: Subject, findings: Sequence[Finding]) -> Report:
    """The report on a computer whose checks have found this."""
    names, made_at_ms = Pseudonyms(), subject.clock.now_ms()
    support_code = short_code(__version__, subject.system, findings)
    about = about_part(subject.system, support_code, made_at_ms, chosen_language(subject.folder))
    checks = checks_part(findings, names)
    files = [
        ReportFile(ReportPart.README, "README.txt", len(README.splitlines()), README.encode()),
        _whole(ReportPart.ABOUT, "about.json", about),
        _whole(ReportPart.CHECKS, "checks.json", checks),
        *_database_files(subject.data, names),
        *_log_files(subject.folder),
    ]
    return Report(support_code, made_at_ms, tuple(files))


def _database_files(data: Database | DataFacts, names: Pseudonyms) -> Iterator[ReportFile]:
    if isinstance(data, DataFacts):
        told = {"failure": code(data.failure, known.results()), "opened": False, "missing": data.is_absent}
        yield _whole(ReportPart.DATABASE, "database.json", told)
        return
    parts: tuple[tuple[ReportPart, Callable[[Snapshot], Content]], ...] = (
        (ReportPart.SETTINGS, settings_part),
        (ReportPart.DATABASE, database_part),
        (ReportPart.CLOUD, lambda snapshot: cloud_part(snapshot, names)),
        (ReportPart.PHONES, lambda snapshot: phones_part(snapshot, names)),
        (ReportPart.SYNCS, lambda snapshot: syncs_part(snapshot, names)),
        (ReportPart.SLOW, lambda snapshot: slow_part(snapshot, names)),
    )
    for part, read in parts:
        yield _read(data, part, read)


def _read(data: Database, part: ReportPart, read: Callable[[Snapshot], Content]) -> ReportFile:
    try:
        with data.read() as snapshot:
            content = read(snapshot)
    except _UNREADABLE as failure:
        content = {"failure": code(meaning_of(failure).code, known.results()), "opened": True}
    if isinstance(content, list):
        return _lines(part, f"{part.value}.jsonl", content)
    return _whole(part, f"{part.value}.json", content)


def _whole(part: ReportPart, name: str, content: Content) -> ReportFile:
    """Counted are the members of its lists; where it has none, its fields."""
    fields = content if isinstance(content, Mapping) else {}
    members = sum(len(value) for value in fields.values() if isinstance(value, list))
    return ReportFile(part, name, members or len(fields), render(content))


def _lines(part: ReportPart, name: str, entries: Sequence[Mapping[str, Any]]) -> ReportFile:
    return ReportFile(part, name, len(entries), render_lines(entries))


def _log_files(folder: DataFolder) -> Iterator[ReportFile]:
    crashes: deque[Entry] = deque(maxlen=CRASHES_TOLD)
    for name in LOGS:
        entries = deque(entries_of(_log_lines(folder, name)), maxlen=ENTRIES_TOLD)
        crashes.extend(entry for entry in entries if entry.logger == UNCAUGHT)
        if entries:
            text = "".join(f"{line}\n" for entry in entries for line in entry.lines())
            yield ReportFile(ReportPart.LOG, f"logs/{name}.log", len(entries), text.encode())
    told = [
        {"at": entry.at, "level": entry.level, "message": entry.message, "where": list(entry.where)}
        for entry in crashes
    ]
    yield _lines(ReportPart.CRASHES, "crashes.jsonl", told)


def _log_lines(folder: DataFolder, name: str) -> Iterator[str]:
    """Of the rotated files and the present one, the oldest first."""
    newest = folder.logs / f"{name}.log"
    older = (newest.with_name(f"{newest.name}.{number}") for number in range(FILES_KEPT - 1, 0, -1))
    return itertools.chain.from_iterable(map(_lines_of, (*older, newest)))


def _lines_of(file: Path) -> Iterable[str]:
    """Split at line feeds only: see entries_of."""
    try:
        return file.read_bytes().decode("utf-8", "replace").split("\n")
    except OSError:  # not there, or just being rotated
        return ()
