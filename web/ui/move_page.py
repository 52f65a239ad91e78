"""What the page "Move to another computer" says: three steps, and how far they are.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from web.i18n import Translator
from web.ui.cloud_state import ProgressLine
from web.ui.move_port import MoveView

THERE = ("install", "begin", "code", "address", "after")
"""What is done on the other computer, in this order."""


@dataclass(frozen=True)
class MovePage:
    """The page. ``made``: the sentence about the last backup; ``failure``: why there is none."""

    has_left: bool
    drives: tuple[str, ...]
    folder: str
    progress: ProgressLine | None
    made: str | None
    failure: str | None
    there: tuple[str, ...]


def move_page(view: MoveView, now_ms: int, words: Translator) -> MovePage:
    """The page in the language of ``words``."""
    progress = None
    if view.percent is not None:
        count = words.text("backups.percent", percent=words.number(view.percent))
        progress = ProgressLine(words.text("backups.making"), count, view.percent, 100)
    made = None
    if view.made:
        made = words.text("move.made", when=words.relative_time(view.made_ms, now_ms), file=view.made)
    return MovePage(
        has_left=view.has_left,
        drives=view.drives,
        folder=view.drives[0] if view.drives else "",
        progress=progress,
        made=made,
        failure=words.error(view.failure) if view.failure and not progress else None,
        there=tuple(words.text(f"move.there.{step}") for step in THERE),
    )
