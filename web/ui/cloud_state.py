"""The one sentence about the cloud, what follows from it, and what can be done now.

Knows nothing of HTTP or templates; it decides every word and colour.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from db.cloud.state import Halt
from web.i18n import Translator
from web.ui.cloud_port import CloudView
from web.ui.cloud_troubles import Trouble, trouble_of

CLOCK_TOLERANCE_MS = 10 * 60_000


@dataclass(frozen=True)
class Choice:
    """A button or a link. ``address``: of the link, or where the button posts to."""

    id: str
    label: str
    address: str
    is_link: bool = False
    is_primary: bool = False


@dataclass(frozen=True)
class ProgressLine:
    """The round under way. ``total`` None: nobody knows how much there will be."""

    phase: str
    count: str
    done: int
    total: int | None


@dataclass(frozen=True)
class CloudState:
    """``tone`` picks the colour; it and ``icon`` always come with the headline."""

    tone: str
    icon: str
    headline: str
    sentences: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    progress: ProgressLine | None = None


def cloud_state(view: CloudView, now_ms: int, words: Translator) -> CloudState:
    """How things stand with the cloud, in the language of ``words``."""
    if not view.is_connected:
        connect = Choice("cloud-connect", words.text("action.connect"), "/cloud/connect", is_link=True, is_primary=True)
        return CloudState("off", "cloud", words.text("cloud.none"), (words.text("cloud.none.detail"),), (connect,))
    state = _connected(view, now_ms, words)
    if abs(view.clock_ahead_ms) > CLOCK_TOLERANCE_MS:
        return replace(state, sentences=(*state.sentences, words.text("cloud.clock_wrong")))
    return state


def _connected(view: CloudView, now_ms: int, words: Translator) -> CloudState:
    if view.halt:
        return _halted(Halt(view.halt), view, words)
    if view.is_running:
        again = Choice("cloud-sync", words.text("action.sync_again"), "/cloud/sync")
        progress = _progress(view, words)
        return CloudState("busy", "busy", words.text("cloud.running"), choices=(again,), progress=progress)
    sync = Choice("cloud-sync", words.text("action.sync_now"), "/cloud/sync", is_primary=not view.is_paused)
    if view.is_paused:
        go_on = Choice("cloud-resume", words.text("action.go_on"), "/cloud/resume", is_primary=True)
        sentences = (_waiting(view, words), words.text("cloud.paused.detail"))
        return CloudState("off", "off", words.text("cloud.paused"), sentences, (go_on, sync))
    trouble = trouble_of(view.last_result)
    if trouble is Trouble.KEY:
        return _halted(Halt.KEY_REFUSED, view, words)
    if trouble is not None:
        return _troubled(trouble, view, now_ms, words, sync)
    return _well(view, now_ms, words, sync)


def _well(view: CloudView, now_ms: int, words: Translator, sync: Choice) -> CloudState:
    sentences = _next(view, now_ms, words, "cloud.next_round")
    if not view.last_success_ms:
        return CloudState("off", "cloud", words.text("cloud.first_round"), sentences, (sync,))
    if view.to_send:
        headline = words.text("cloud.waiting", count=view.to_send)
        return CloudState("good", "up", headline, sentences, (sync,))
    headline = words.text("cloud.rest_there" if view.set_aside else "cloud.all_there")
    return CloudState("good", "good", headline, sentences, (sync,))


def _troubled(trouble: Trouble, view: CloudView, now_ms: int, words: Translator, sync: Choice) -> CloudState:
    key = f"cloud.trouble.{trouble.value}"
    detail = [words.text(f"{key}.detail")] if words.has(f"{key}.detail") else []
    if trouble is Trouble.HERE:
        detail = [words.error(view.last_result)]
    after = [_waiting(view, words), *_next(view, now_ms, words, "cloud.next_try")]
    tone, icon = ("off", "cloud") if trouble.passes_by_itself else ("warn", "bad")
    if trouble is Trouble.OFFLINE:
        icon = "unplugged"
    return CloudState(tone, icon, words.text(key), (*detail, *after), (sync,))


def _halted(halt: Halt, view: CloudView, words: Translator) -> CloudState:
    key = f"cloud.halt.{halt.value}"
    new_key = Choice("cloud-new-key", words.text("cloud.new_key"), "/cloud/connect", is_link=True, is_primary=True)
    again = Choice("cloud-go-on", words.text("action.try_again"), "/cloud/go-on", is_primary=True)
    refill = Choice("cloud-refill", words.text("cloud.refill"), "/cloud/refill", is_link=True)
    choices = (new_key,) if halt is Halt.KEY_REFUSED else (again, refill)
    sentences = (words.text(f"{key}.detail"), _waiting(view, words))
    return CloudState("bad", "bad", words.text(key), sentences, choices)


def _progress(view: CloudView, words: Translator) -> ProgressLine:
    if view.total:
        count = words.text("cloud.progress", done=min(view.done, view.total), total=view.total)
    else:
        count = words.text("cloud.progress.so_far", count=view.done) if view.done else ""
    return ProgressLine(words.text(f"cloud.phase.{view.phase or 'checking'}"), count, view.done, view.total)


def _waiting(view: CloudView, words: Translator) -> str:
    if view.to_send:
        return words.text("cloud.wait_here", count=view.to_send)
    return words.text("cloud.nothing_waits")


def _next(view: CloudView, now_ms: int, words: Translator, key: str) -> tuple[str, ...]:
    if view.next_try_ms is None:
        return ()
    return (words.text(key, when=words.time_until(view.next_try_ms, now_ms)),)
