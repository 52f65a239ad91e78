"""What the page "Restore" says at each step: which backups there are, what the chosen one is and what will happen, how
far it is, and what follows from it.

Knows nothing of HTTP or templates; it decides every word, so the template only lays them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from web.i18n import Translator
from web.ui.cloud_state import ProgressLine
from web.ui.facts import Fact
from web.ui.phone_rows import named
from web.ui.ports import KioskStatus, ServingState
from web.ui.restore_port import (
    BackupPlace,
    ChosenBackup,
    FoundBackup,
    RestoreFailure,
    RestoreOutcome,
    RestoreStep,
    RestoreView,
)

COUNTED = ("patients", "visits", "events")
LINES_SHOWN = 40
_OF_THE_CODE = frozenset({"recovery_code_mistyped", "wrong_recovery_code", "recovery_code_needed"})
_PLACES = MappingProxyType(
    {
        BackupPlace.HERE: "backups.place.here",
        BackupPlace.SECOND: "backups.place.second",
        BackupPlace.DRIVE: "restore.place.drive",
    }
)


@dataclass(frozen=True)
class BackupOption:
    """A backup that can be chosen, ready to print."""

    file: str
    made: str
    exact: str
    details: str
    is_chosen: bool


@dataclass(frozen=True)
class ChooseView:
    """The form. ``problem``: what is wrong, in sentences; ``wrong_code``: what is wrong with the code."""

    options: tuple[BackupOption, ...]
    note: str | None
    is_other: bool  # another file is to be typed
    other_file: str
    problem: tuple[str, ...]
    wrong_code: str | None


@dataclass(frozen=True)
class AskView:
    """The question, with what the backup is."""

    facts: tuple[Fact, ...]
    counts: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class LateRow:
    """A phone that has to upload anew."""

    name: str
    details: str


@dataclass(frozen=True)
class ToldView:
    """What follows from a restore. ``late``: phones that have to do something; ``late_note``: what is said of phones
    in their stead."""

    sentences: tuple[str, ...]
    late: tuple[LateRow, ...]
    late_why: str
    late_note: str | None


@dataclass(frozen=True)
class RestorePage:
    """The page. One of ``choose``, ``progress``, ``ask`` and ``told`` is there."""

    title: str
    detail: str | None = None
    choose: ChooseView | None = None
    progress: ProgressLine | None = None
    may_cancel: bool = False
    ask: AskView | None = None
    told: ToldView | None = None


def restore_page(view: RestoreView, status: KioskStatus, words: Translator, file: str = "") -> RestorePage:
    """The page in the language of ``words``. ``file``: chosen already, in the window's own dialog."""
    if view.step is RestoreStep.LOOK:
        title, detail = words.text("restore.looking"), words.text("restore.looking.detail")
        return RestorePage(title, detail, progress=_progress(view, title, words), may_cancel=True)
    if view.step is RestoreStep.ASK and view.chosen:
        return RestorePage(words.text("restore.ask"), ask=_ask(view.chosen, view, status, words))
    if view.step is RestoreStep.RESTORE:
        phase = words.text(f"restore.phase.{(view.phase or 'check')}")
        detail = words.text("restore.running.detail")
        return RestorePage(words.text("restore.running"), detail, progress=_progress(view, phase, words))
    if view.outcome is not None:
        made = words.date_time(view.outcome.made_ms)
        return RestorePage(words.text("restore.told", made=made), told=_told(view.outcome, status, words))
    title, detail = words.text("restore.title"), words.text("restore.intro")
    return RestorePage(title, detail, choose=_choose(view, status.now_ms, words, file or view.tried_file))


def _choose(view: RestoreView, now_ms: int, words: Translator, wished: str) -> ChooseView:
    found = [backup for backup in view.found if backup.made_ms is not None][:LINES_SHOWN]
    is_listed = wished in {backup.file for backup in found}
    chosen = wished if is_listed else "" if wished else next((backup.file for backup in found), "")
    note = None
    if view.is_searching:
        note = words.text("restore.searching")
    elif not found:
        note = words.text("restore.none_found")
    sentence, failure = None, view.failure
    if failure is not None:
        sentence = failure_sentence(failure, words)
    is_code = failure is not None and failure.code in _OF_THE_CODE
    problem = [sentence] if sentence and not is_code else []
    if failure is not None and failure.was_restoring:
        problem.append(words.text("restore.nothing_changed"))
    return ChooseView(
        options=tuple(_option(backup, now_ms, words, is_chosen=backup.file == chosen) for backup in found),
        note=note,
        is_other=not chosen,
        other_file="" if is_listed else wished,
        problem=tuple(problem),
        wrong_code=sentence if is_code else None,
    )


def failure_sentence(failure: RestoreFailure, words: Translator) -> str:
    """What is in the way of a restore."""
    key = f"restore.failure.{failure.code}"
    return words.text(key) if words.has(key) else words.error(failure.code, failure.context)


def _option(backup: FoundBackup, now_ms: int, words: Translator, *, is_chosen: bool) -> BackupOption:
    made_ms = backup.made_ms or 0
    details = (words.date_time(made_ms), backup.server_name, words.text(_PLACES[backup.place]), words.size(backup.size))
    return BackupOption(
        file=backup.file,
        made=words.relative_time(made_ms, now_ms),
        exact=backup.file,
        details=" · ".join(filter(None, details)),
        is_chosen=is_chosen,
    )


def _progress(view: RestoreView, phase: str, words: Translator) -> ProgressLine:
    return ProgressLine(phase, words.text("backups.percent", percent=words.number(view.percent)), view.percent, 100)


def _ask(chosen: ChosenBackup, view: RestoreView, status: KioskStatus, words: Translator) -> AskView:
    made = words.date_time(chosen.made_ms)
    facts = (
        Fact(words.text("restore.made"), words.relative_time(chosen.made_ms, status.now_ms), made),
        Fact(words.text("restore.server"), chosen.server_name or "-"),
        Fact(words.text("backups.column.size"), words.size(chosen.size)),
        Fact(words.text("restore.checked"), words.text("restore.checked.whole")),
        Fact(words.text("backups.column.file"), chosen.file),
    )
    counts = [(words.text(f"counts.{name}"), words.number(chosen.counts.get(name, 0))) for name in COUNTED]
    others = sum(rows for name, rows in chosen.counts.items() if name not in COUNTED)
    counts.append((words.text("restore.others"), words.number(others)))
    sentences = [words.text("restore.effect.records", made=made)]
    if status.state is not ServingState.FIRST_RUN:
        sentences.append(words.text("restore.effect.aside", folder=view.aside))
    sentences += [words.text("restore.effect.phones"), words.text("restore.effect.realign")]
    return AskView(facts, tuple(counts), tuple(sentences))


def _told(outcome: RestoreOutcome, status: KioskStatus, words: Translator) -> ToldView:
    sentences = []
    if status.state in (ServingState.SERVING, ServingState.NO_NETWORK):
        sentences.append(words.text("restore.told.serving"))
    if outcome.aside:
        sentences.append(words.text("restore.told.aside", folder=outcome.aside))
    if outcome.lost_passphrase:
        sentences.append(words.text("restore.told.passphrase"))
    if outcome.has_pin:
        sentences.append(words.text("restore.told.pin"))
    if outcome.lost_pin:
        sentences.append(words.text("restore.told.no_pin"))
    note = None
    if outcome.late is None:
        note = words.text("restore.late.unknown", made=words.date_time(outcome.made_ms))
        sentences.append(words.text("restore.told.address"))
    elif not any(phone.records_sent for phone in outcome.late):
        note = words.text("restore.late.none")
    rows = []
    for phone in outcome.late or ():
        if not phone.records_sent:
            continue
        name = named(phone.name, phone.user_name, words)
        last = words.text("restore.late.last", when=words.relative_time(phone.last_sync_ms, status.now_ms))
        sent = words.text("restore.late.sent", count=phone.records_sent)
        user = phone.user_name if phone.name else None
        rows.append(LateRow(name, " · ".join(filter(None, (user, last, sent)))))
    why = words.text("restore.late.why", made=words.date_time(outcome.made_ms))
    return ToldView(tuple(sentences), tuple(rows), why, note)
