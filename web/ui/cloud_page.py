"""What the page about the cloud says: state, where the records are, connection, settings, and its questions.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from web.i18n import Translator
from web.ui.cloud_card import things_to_do
from web.ui.cloud_port import CloudView
from web.ui.cloud_state import Choice, CloudState, cloud_state
from web.ui.facts import Fact, moment
from web.ui.questions import Question

MEGABYTE = 10**6


@dataclass(frozen=True)
class NumberField:
    """A setting that is a number. ``now``: what is in use, in words."""

    name: str
    label: str
    value: str
    now: str
    action: str


@dataclass(frozen=True)
class CloudPage:
    """Everything on the page that can change by itself."""

    state: CloudState
    receipt: tuple[tuple[str, str], ...]  # label and number, in the order in which records travel
    todo: tuple[Choice, ...]
    url: str
    facts: tuple[Fact, ...]
    clinics: tuple[str, ...]
    settings: tuple[NumberField, ...]


def cloud_page(view: CloudView, now_ms: int, words: Translator) -> CloudPage:
    """The page for ``view`` in the language of ``words``."""
    receipt = view.receipt
    hops = (("here", receipt.here), ("in_cloud", receipt.in_cloud), ("waiting", receipt.waiting))
    return CloudPage(
        state=_with_pause(cloud_state(view, now_ms, words), view, words),
        receipt=tuple((words.text(f"cloud.receipt.{name}"), words.number(count)) for name, count in hops),
        todo=things_to_do(view, words),
        url=view.url,
        facts=_facts(view, now_ms, words),
        clinics=view.clinic_names,
        settings=_settings(view, words),
    )


def refill_question(words: Translator) -> Question:
    """Asked before everything goes to the cloud again."""
    return Question(
        title=words.text("cloud.refill.title"),
        sentences=(words.text("cloud.refill.effect"),),
        address="/cloud/refill",
        yes=words.text("cloud.refill.yes"),
        no=words.text("cloud.refill.no"),
        back="/cloud",
    )


def disconnect_question(view: CloudView, words: Translator) -> Question:
    """Asked before the connection ends."""
    waiting = (words.text("cloud.wait_here", count=view.to_send),) if view.to_send else ()
    return Question(
        title=words.text("cloud.disconnect.title"),
        sentences=(words.text("cloud.disconnect.effect"), *waiting),
        address="/cloud/disconnect",
        yes=words.text("cloud.disconnect.yes"),
        no=words.text("action.cancel"),
        back="/cloud",
    )


def _with_pause(state: CloudState, view: CloudView, words: Translator) -> CloudState:
    if view.is_paused or view.halt:
        return state
    pause = Choice("cloud-pause", words.text("action.pause"), "/cloud/pause")
    return replace(state, choices=(*state.choices, pause))


def _facts(view: CloudView, now_ms: int, words: Translator) -> tuple[Fact, ...]:
    used = words.size(view.used_today_bytes)
    if view.daily_limit_bytes:
        used = words.text("cloud.used_of", used=used, limit=words.size(view.daily_limit_bytes))
    return (
        Fact(words.text("cloud.connected_as"), view.device_name),
        moment(words.text("cloud.last_success"), view.last_success_ms, now_ms, words),
        moment(words.text("cloud.last_try"), view.last_try_ms, now_ms, words),
        Fact(words.text("cloud.used_today"), used),
    )


def _settings(view: CloudView, words: Translator) -> tuple[NumberField, ...]:
    limit = view.daily_limit_bytes
    limit_now = words.text("cloud.megabytes.unlimited")
    if limit:
        limit_now = words.text("cloud.megabytes.now", limit=words.size(limit))
    minutes_now = words.text("cloud.minutes.now", count=view.minutes)
    return (
        NumberField("minutes", words.text("cloud.minutes"), str(view.minutes), minutes_now, "/cloud/minutes"),
        NumberField("megabytes", words.text("cloud.megabytes"), str(limit // MEGABYTE), limit_now, "/cloud/limit"),
    )
