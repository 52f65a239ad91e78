"""What the page "Check this computer" says: each check with its sign, its word, its sentence and what cures it.

Knows nothing of HTTP or templates; it decides every word and choice, so the template only lays them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from web.i18n import Translator
from web.ui.answers import ADD_PHONE_PAGE, CLOUD_PAGE
from web.ui.check_port import Area, CheckView, Cure, Finding, PhoneTest, Verdict
from web.ui.check_words import sentence_of, title_of
from web.ui.qr import QrDrawer

_TONES = MappingProxyType(
    {Verdict.PASS: "good", Verdict.WARN: "warn", Verdict.FAIL: "bad", Verdict.UNKNOWN: "off"},
)
_ICONS = MappingProxyType(
    {Verdict.PASS: "good", Verdict.WARN: "bad", Verdict.FAIL: "cross", Verdict.UNKNOWN: "unknown"},
)
_PAGES = MappingProxyType(
    {Cure.CHOOSE_ADDRESS: ADD_PHONE_PAGE, Cure.SHOW_CODE: ADD_PHONE_PAGE, Cure.OPEN_CLOUD: CLOUD_PAGE}
)
"""Cures that are on other pages. Those named ..._help are instructions."""


@dataclass(frozen=True)
class CureForm:
    """A button: the program does it itself."""

    cure: str
    value: str
    label: str


@dataclass(frozen=True)
class CheckRow:
    """One check, ready to print. At most one of ``form``, ``link`` and ``help`` is there."""

    name: str
    tone: str
    icon: str
    verdict: str
    title: str
    sentence: str
    form: CureForm | None
    link: tuple[str, str] | None  # address and label
    help: str | None


@dataclass(frozen=True)
class CheckGroup:
    """The checks of one area, in the order of the list."""

    area: str
    title: str
    rows: tuple[CheckRow, ...]


@dataclass(frozen=True)
class ProofView:
    """The test with a phone. ``code``: markup of the QR; None: no phone can come now."""

    address: str | None
    code: str | None
    sentence: str
    has_come: bool


@dataclass(frozen=True)
class CheckPage:
    """Everything on the page that can change by itself."""

    tone: str
    icon: str
    headline: str
    detail: str | None
    is_running: bool
    groups: tuple[CheckGroup, ...]
    proof: ProofView


def check_page(view: CheckView, words: Translator, qr: QrDrawer) -> CheckPage:
    """The page for ``view`` in the language of ``words``."""
    worst = min((finding.verdict for finding in view.findings), key=list(Verdict).index, default=Verdict.PASS)
    is_known = view.finished_ms is not None and not view.is_running
    detail = None
    if view.finished_ms is not None and not view.is_running:
        detail = words.text("check.when", when=words.relative_time(view.finished_ms, view.now_ms))
    return CheckPage(
        tone=_TONES[worst] if is_known else "busy" if view.is_running else "off",
        icon=_ICONS[worst] if is_known else "busy" if view.is_running else "unknown",
        headline=_headline(view, worst, words),
        detail=detail,
        is_running=view.is_running,
        groups=tuple(group for area in Area if (group := _group(area, view, words)).rows),
        proof=_proof(view.phone_test, view.now_ms, words, qr),
    )


def _headline(view: CheckView, worst: Verdict, words: Translator) -> str:
    if view.is_running:
        return words.text("check.running", done=view.done, total=view.total)
    return words.text("check.never_run" if view.finished_ms is None else f"check.worst.{worst.value}")


def _group(area: Area, view: CheckView, words: Translator) -> CheckGroup:
    """The worst first; those that are alike, in the order in which they were found out."""
    found = [finding for finding in view.findings if finding.area is area]
    found.sort(key=lambda finding: (list(Verdict).index(finding.verdict), finding.name))
    rows = tuple(_row(finding, view, words) for finding in found)
    return CheckGroup(area.value, words.text(f"check.area.{area.value}"), rows)


def _row(finding: Finding, view: CheckView, words: Translator) -> CheckRow:
    cure = finding.cure
    return CheckRow(
        name=finding.name,
        tone=_TONES[finding.verdict],
        icon=_ICONS[finding.verdict],
        verdict=words.text(f"check.verdict.{finding.verdict.value}"),
        title=title_of(finding.name, words),
        sentence=sentence_of(finding, view.now_ms, words),
        form=CureForm(cure.value, finding.cure_value, _label(finding, words))
        if cure in view.offered and cure
        else None,
        link=(_PAGES[cure], words.text(f"check.cure.{cure.value}")) if cure in _PAGES and cure else None,
        help=help_for(cure, view.system, words) if cure else None,
    )


def _label(finding: Finding, words: Translator) -> str:
    key = f"check.cure.{finding.cure}"
    if finding.cure is Cure.USE_FREE_PORT:
        return words.text(key, port=int(finding.cure_value))
    return words.text(key)


def help_for(cure: Cure, system: str, words: Translator) -> str | None:
    """Instructions for what is cured by hand: for this system, else for all."""
    for key in (f"check.help.{cure.value}.{system}", f"check.help.{cure.value}"):
        if words.has(key):
            return words.text(key)
    return None


def _proof(test: PhoneTest, now_ms: int, words: Translator, qr: QrDrawer) -> ProofView:
    if test.url is None or test.url_with_code is None:
        return ProofView(None, None, words.text("check.proof.none"), has_come=False)
    came = next((visit for visit in test.visits if visit.has_code), test.visits[0] if test.visits else None)
    sentence = words.text("check.proof.waiting")
    if came:
        when = words.relative_time(came.at_ms, now_ms)
        sentence = words.text("check.proof.reached", when=when, address=came.address)
    return ProofView(test.url_with_code, qr.draw(test.url_with_code), sentence, has_come=came is not None)
