"""How safe the records are, in one sentence and some lines: the card on the main page and the head of the page of
backups.

Knows nothing of HTTP or templates; it decides every word and colour.
"""

from __future__ import annotations

from dataclasses import dataclass

from web.i18n import Translator
from web.ui.backups_port import OK, BackupsView
from web.ui.cloud_state import Choice, ProgressLine
from web.ui.facts import Fact, moment

OLD_AFTER_MS = 3 * 24 * 3_600_000
"""A computer that is on every day has a newer one."""


@dataclass(frozen=True)
class Safety:
    """``tone`` picks the colour; it and ``icon`` always come with the headline."""

    tone: str
    icon: str
    headline: str
    sentences: tuple[str, ...]
    facts: tuple[Fact, ...]
    choices: tuple[Choice, ...]
    progress: ProgressLine | None


def safety(view: BackupsView, now_ms: int, words: Translator) -> Safety:
    """How things stand, in the language of ``words``."""
    tone, headline, sentences = _judged(view, now_ms, words)
    progress = None
    if view.percent is not None:
        count = words.text("backups.percent", percent=words.number(view.percent))
        progress = ProgressLine(words.text("backups.making"), count, view.percent, 100)
    make = Choice("backup-now", words.text("action.back_up_now"), "/backups/make", is_primary=tone != "good")
    return Safety(
        tone=tone,
        icon="bad" if tone == "warn" else tone,
        headline=headline,
        sentences=sentences,
        facts=_facts(view, now_ms, words),
        choices=() if progress else (make,),
        progress=progress,
    )


def _judged(view: BackupsView, now_ms: int, words: Translator) -> tuple[str, str, tuple[str, ...]]:
    """Tone, headline and what to do, by the worst that there is."""
    if view.percent is not None:
        return "busy", words.text("safety.making"), ()
    if view.result not in ("", OK):
        return "bad", words.text("safety.failed"), (words.error(view.result, {}),)
    if view.tried_out_result not in ("", OK, "no_backup"):
        return "bad", words.text("safety.unreadable"), (words.text("safety.unreadable.todo"),)
    if not view.made_ms:
        return "warn", words.text("safety.none"), (words.text("safety.none.todo"),)
    if not -OLD_AFTER_MS < now_ms - view.made_ms < OLD_AFTER_MS:
        return "warn", words.text("safety.old"), (words.text("safety.old.todo"),)
    if view.is_space_low:
        sentence = words.text("safety.space.todo", free=words.size(view.free_bytes))
        return "warn", words.text("safety.space"), (sentence,)
    if view.second_folder and view.second_result not in ("", OK):
        return "warn", words.text("safety.second_missing"), (words.text("safety.second_missing.todo"),)
    advice: tuple[str, ...] = () if view.is_code_known else (words.text("safety.code.todo"),)
    if not view.second_folder:
        advice += (words.text("safety.one_place.todo"),)
    return "good", words.text("safety.good"), advice


def _facts(view: BackupsView, now_ms: int, words: Translator) -> tuple[Fact, ...]:
    facts = [moment(words.text("safety.last"), view.made_ms, now_ms, words)]
    if view.second_folder:
        facts.append(moment(words.text("safety.last_second"), view.second_ms, now_ms, words))
    facts.append(moment(words.text("safety.tried_out"), view.tried_out_ms, now_ms, words))
    facts.append(Fact(words.text("safety.free"), words.size(view.free_bytes)))
    return tuple(facts)
