"""What needs a person, as a list for the main page: what is wrong, what it means, and the one way to its cure.

Knows nothing of HTTP or templates. Made of what is known already: nothing is measured for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from web.i18n import Translator
from web.ui.answers import ASIDE_PAGE, BACKUPS_PAGE, CHECK_PAGE, CLOUD_PAGE
from web.ui.backups_port import OK, BackupsView
from web.ui.check_page import help_for
from web.ui.check_port import CheckView, Cure, Verdict
from web.ui.check_words import sentence_of, title_of
from web.ui.cloud_port import CloudView
from web.ui.cloud_state import Choice, cloud_state
from web.ui.ports import KioskStatus, ServingState
from web.ui.safety import safety

BAD, WARN = "bad", "warn"
FIRST_BACKUP_WITHIN_MS = 24 * 3_600_000
"""The first backup is made by itself soon after the first start: until then its absence is no problem."""
_TOLD_ELSEWHERE = frozenset(
    {
        *("port", "network", "clock", "cloud_clock", "phone_clocks", "disk", "backup", "restore_drill"),
        *("cloud", "cloud_key", "set_aside"),
    }
)
"""Checks about things that the page has seen itself, and by now."""


@dataclass(frozen=True)
class Problem:
    """One line. ``tone`` picks the colour; the headline says the same in words."""

    name: str
    tone: str
    headline: str
    detail: str
    choice: Choice


def problems(
    status: KioskStatus, cloud: CloudView, backups: BackupsView, checks: CheckView, words: Translator
) -> tuple[Problem, ...]:
    """All that is known, the worst first; none before the first run."""
    if status.state is ServingState.FIRST_RUN:
        return ()
    found: Iterable[Problem] = (
        *_of_storage(status, words),
        *_of_clock(status, checks, words),
        *_of_checks(checks, words),
        *_of_backups(status, backups, words),
        *_of_cloud(cloud, status.now_ms, words),
    )
    return tuple(sorted(found, key=lambda problem: problem.tone != BAD))


def _of_storage(status: KioskStatus, words: Translator) -> Iterator[Problem]:
    if status.write_failure:
        detail = f"{words.error(status.write_failure)} {words.text('problems.phones_keep')}"
        yield Problem("storage", BAD, words.text("problems.storage"), detail, _to_check("storage", words))


def _of_clock(status: KioskStatus, checks: CheckView, words: Translator) -> Iterator[Problem]:
    if status.clock is None:
        return
    sentence = sentence_of(status.clock, status.now_ms, words)
    detail = help_for(Cure.CLOCK_HELP, checks.system, words) or ""
    tone = BAD if status.clock.verdict is Verdict.FAIL else WARN
    yield Problem("clock", tone, sentence, detail, _to_check("clock", words))


def _of_checks(checks: CheckView, words: Translator) -> Iterator[Problem]:
    """What the last run of all checks found that nothing else here tells."""
    if checks.is_running:
        return
    for finding in checks.findings:
        if finding.verdict is Verdict.FAIL and finding.name not in _TOLD_ELSEWHERE:
            sentence = sentence_of(finding, checks.now_ms, words)
            name = f"check-{finding.name}"
            yield Problem(name, BAD, title_of(finding.name, words), sentence, _to_check(name, words))


def _of_backups(status: KioskStatus, backups: BackupsView, words: Translator) -> Iterator[Problem]:
    card = safety(backups, status.now_ms, words)
    if card.tone not in (BAD, WARN) or (_has_none_yet(backups) and not _is_in_use_long(status)):
        return
    if backups.is_space_low:
        choice = _to_check("safety", words)
    elif card.choices and not (backups.second_result not in ("", OK) and backups.result == OK):
        choice = replace(card.choices[0], id="cure-safety", is_primary=False)
    else:
        choice = Choice("cure-safety", words.text("cloud.details"), BACKUPS_PAGE, is_link=True)
    yield Problem("safety", card.tone, card.headline, " ".join(card.sentences), choice)


def _has_none_yet(backups: BackupsView) -> bool:
    return not backups.made_ms and backups.result in ("", OK)


def _is_in_use_long(status: KioskStatus) -> bool:
    first = [phone.first_sync_ms for phone in status.phones if phone.first_sync_ms]
    return bool(first) and abs(status.now_ms - min(first)) > FIRST_BACKUP_WITHIN_MS


def _of_cloud(cloud: CloudView, now_ms: int, words: Translator) -> Iterator[Problem]:
    state = cloud_state(cloud, now_ms, words)
    details = Choice("cure-cloud", words.text("cloud.details"), CLOUD_PAGE, is_link=True)
    if state.tone in (BAD, WARN):
        choice = replace(state.choices[0], id="cure-cloud", is_primary=False) if state.tone == BAD else details
        yield Problem("cloud", state.tone, state.headline, state.sentences[0] if state.sentences else "", choice)
    if cloud.set_aside:
        look = Choice("cure-aside", words.text("problems.look"), ASIDE_PAGE, is_link=True)
        headline = words.text("cloud.set_aside", count=cloud.set_aside)
        yield Problem("aside", WARN, headline, words.text("problems.aside"), look)


def _to_check(name: str, words: Translator) -> Choice:
    return Choice(f"cure-{name}", words.text("check.title"), CHECK_PAGE, is_link=True)
