"""What the page "Export diagnostics" says: the code to read out, and a preview of what is in the report.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from web.i18n import Translator
from web.ui.diagnostics_port import DiagnosticsView, PreviewLine, ReportPreview

GROUP = 5
NEVER = ("people", "names", "secrets")


@dataclass(frozen=True)
class FileRow:
    """One file of the report, ready to print."""

    name: str
    what: str
    entries: str
    size: str


@dataclass(frozen=True)
class DiagnosticsPage:
    """Everything on the page that can change by itself. ``code`` None: no report is ready."""

    tone: str
    headline: str
    detail: str | None
    is_preparing: bool
    code: str | None
    files: tuple[FileRow, ...]
    never: tuple[str, ...]


def diagnostics_page(view: DiagnosticsView, words: Translator) -> DiagnosticsPage:
    """The page for ``view`` in the language of ``words``."""
    preview = None if view.is_preparing else view.preview
    tone, headline = _state(view)
    return DiagnosticsPage(
        tone=tone,
        headline=words.text(headline),
        detail=_detail(view, preview, words),
        is_preparing=view.is_preparing,
        code=in_groups(preview.support_code) if preview else None,
        files=tuple(_file(line, words) for line in preview.lines) if preview else (),
        never=tuple(words.text(f"diagnostics.never.{name}") for name in NEVER),
    )


def in_groups(code: str) -> str:
    """A code as people read it out."""
    return "-".join(code[place : place + GROUP] for place in range(0, len(code), GROUP))


def _state(view: DiagnosticsView) -> tuple[str, str]:
    """Tone and key of the headline."""
    if view.is_preparing:
        return "busy", "diagnostics.preparing"
    if view.failure:
        return "bad", "diagnostics.failed"
    return ("good", "diagnostics.ready") if view.preview else ("off", "diagnostics.none")


def _detail(view: DiagnosticsView, preview: ReportPreview | None, words: Translator) -> str | None:
    if view.failure and not view.is_preparing:
        return words.error(view.failure)
    if preview is None:
        return None
    when = words.relative_time(preview.made_at_ms, view.now_ms)
    return words.text("diagnostics.made", when=when, size=words.size(preview.bytes))


def _file(line: PreviewLine, words: Translator) -> FileRow:
    return FileRow(
        name=line.name,
        what=words.text(f"diagnostics.part.{line.part.value}"),
        entries=words.text("diagnostics.entries", count=line.entries),
        size=words.size(line.bytes),
    )
