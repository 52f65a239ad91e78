"""What the page about updates says: which version this is, how an update goes, which files there are.

Knows nothing of HTTP or templates; it decides every word and colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from web.i18n import Translator
from web.ui.cloud_state import ProgressLine
from web.ui.questions import Question
from web.ui.update_port import OK, FoundUpdate, LastUpdate, UpdateView

TOLD_FOR_MS = 14 * 24 * 3_600_000
"""So long the page says first how the last update went."""


@dataclass(frozen=True)
class UpdateState:
    """``tone`` picks the colour; it and ``icon`` always come with the headline."""

    tone: str
    headline: str
    sentences: tuple[str, ...]
    progress: ProgressLine | None = None

    @property
    def icon(self) -> str:
        """There is no picture of its own for a warning."""
        return "bad" if self.tone == "warn" else self.tone


@dataclass(frozen=True)
class UpdateRow:
    """A file that was found. ``address``: of the question before it is installed; None: it cannot be."""

    name: str
    version: str
    size: str
    sentence: str | None
    address: str | None


@dataclass(frozen=True)
class UpdatePage:
    """Everything on the page that can change by itself."""

    state: UpdateState
    folder: str
    rows: tuple[UpdateRow, ...]
    nothing_found: bool
    can_look: bool
    may_ask: bool
    asking: tuple[str, ...]


def update_page(view: UpdateView, now_ms: int, words: Translator) -> UpdatePage:
    """The page in the language of ``words``."""
    is_idle = view.stage is None
    return UpdatePage(
        state=_state(view, now_ms, words),
        folder=view.folder,
        rows=tuple(_row(one, words) for one in view.found or ()) if is_idle else (),
        nothing_found=is_idle and view.found == (),
        can_look=is_idle and view.is_able,
        may_ask=view.may_ask,
        asking=_asking(view, now_ms, words),
    )


def install_question(found: FoundUpdate, words: Translator) -> Question:
    """What will happen, before it does."""
    return Question(
        title=words.text("update.ask.title", version=found.version),
        sentences=tuple(words.text(f"update.ask.{name}") for name in ("what", "safe", "time")),
        address="/update/install",
        yes=words.text("update.ask.yes", version=found.version),
        no=words.text("action.cancel"),
        back="/update",
        fields=(("file", found.path),),
        is_dangerous=False,
    )


def _state(view: UpdateView, now_ms: int, words: Translator) -> UpdateState:
    """The first of these that is so."""
    if view.stage is not None:
        return _under_way(view, words)
    if view.failure:
        sentences = (words.error(view.failure), words.text("update.failed.detail"))
        return UpdateState("bad", words.text("update.failed"), sentences)
    last = view.last
    if last is not None and 0 <= now_ms - last.at_ms < TOLD_FOR_MS and _is_true(last, view.version):
        return _last(last, now_ms, words)
    if not view.is_able:
        return UpdateState("off", words.text("update.now", version=view.version), (words.text("update.unable"),))
    if view.newest:
        return UpdateState("warn", words.text("update.newer", version=view.newest), (words.text("update.newer.todo"),))
    return UpdateState("good", words.text("update.now", version=view.version), (words.text("update.now.detail"),))


def _under_way(view: UpdateView, words: Translator) -> UpdateState:
    assert view.stage is not None
    is_near = view.stage.value == "exchanging"
    sentence = words.text("update.exchanging.detail" if is_near else "update.installing.detail")
    count = words.text("backups.percent", percent=words.number(view.percent)) if view.percent else ""
    line = ProgressLine(
        words.text(f"update.stage.{view.stage.value}"), count, view.percent or 0, 100 if count else None
    )
    return UpdateState("busy", words.text("update.installing"), (sentence,), line)


def _is_true(last: LastUpdate, version: str) -> bool:
    """Not when the program was exchanged in another way since."""
    return version == (last.version if last.result == OK else last.before)


def _last(last: LastUpdate, now_ms: int, words: Translator) -> UpdateState:
    if last.result == OK:
        when = words.relative_time(last.at_ms, now_ms)
        sentence = words.text("update.done.detail", before=last.before, when=when)
        return UpdateState("good", words.text("update.done", version=last.version), (sentence,))
    sentences = (words.error(last.result), words.text("update.back.detail", version=last.before))
    return UpdateState("warn", words.text("update.back", version=last.version), sentences)


def _row(found: FoundUpdate, words: Translator) -> UpdateRow:
    known = words.text("update.found.version", version=found.version) if found.version else ""
    if found.refusal is not None:
        return UpdateRow(found.name, known, words.size(found.size), words.error(found.refusal, found.context), None)
    address = f"/update/install?{urlencode({'file': found.path})}"
    return UpdateRow(found.name, known, words.size(found.size), None, address)


def _asking(view: UpdateView, now_ms: int, words: Translator) -> tuple[str, ...]:
    if not view.may_ask:
        return (words.text("update.asking.off"),)
    sentences = [words.text("update.asking.on")]
    if view.asked_ms:
        sentences.append(words.text("update.asked", when=words.relative_time(view.asked_ms, now_ms)))
        if view.asked_result == OK and not view.newest:
            sentences.append(words.text("update.asked.current"))
        elif view.asked_result not in ("", OK):
            sentences.append(words.error(view.asked_result))
    return tuple(sentences)
