"""What the page of backups says: how safe the records are, which backups there are, the second place, the code.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from web.i18n import Translator
from web.ui.backups_port import BackupLine, BackupsView
from web.ui.safety import Safety, safety

LINES_SHOWN = 40


@dataclass(frozen=True)
class BackupRow:
    """One backup, ready to print."""

    name: str
    made: str
    exact: str
    size: str
    place: str


@dataclass(frozen=True)
class BackupsPage:
    """Everything on the page that can change by itself."""

    safety: Safety
    rows: tuple[BackupRow, ...]
    second_folder: str
    second_now: str
    is_looking: bool  # in the second place


@dataclass(frozen=True)
class CodePage:
    """``groups`` of the recovery code; none: it is not known on this computer."""

    groups: tuple[str, ...]


def backups_page(view: BackupsView, lines: tuple[BackupLine, ...], now_ms: int, words: Translator) -> BackupsPage:
    """The page in the language of ``words``."""
    chosen = view.second_folder
    return BackupsPage(
        safety=safety(view, now_ms, words),
        rows=tuple(_row(line, now_ms, words) for line in lines[:LINES_SHOWN]),
        second_folder=chosen,
        second_now=words.text("backups.second.now", folder=chosen) if chosen else words.text("backups.second.none"),
        is_looking=view.is_looking and bool(chosen),
    )


def code_page(code: str | None) -> CodePage:
    """The page that shows the code."""
    return CodePage(tuple(code.split("-")) if code else ())


def _row(line: BackupLine, now_ms: int, words: Translator) -> BackupRow:
    place = words.text("backups.place.second" if line.is_second else "backups.place.here")
    if line.made_ms is None:
        unreadable = words.text("backups.unreadable")
        return BackupRow(line.name, unreadable, unreadable, words.size(line.size), place)
    made = words.relative_time(line.made_ms, now_ms)
    return BackupRow(line.name, made, words.date_time(line.made_ms), words.size(line.size), place)
