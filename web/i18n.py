"""The words people see: one catalogue in three languages, with plural forms, numbers and times in words.

Knows nothing of HTTP, pages, errors or records; keys, values and the language come from the caller.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType

LANGUAGES = ("en", "ar", "es")
DEFAULT_LANGUAGE = "en"

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

PLURAL_FORMS = MappingProxyType(
    {
        "en": ("one", "other"),
        "ar": ("zero", "one", "two", "few", "many", "other"),
        "es": ("one", "many", "other"),
    }
)
"""The CLDR plural categories of whole numbers, per language."""

# Numbers under these names are read aloud or typed digit by digit, so they are never grouped or localised.
_AS_TYPED = frozenset({"port"})

# A value that contains these would pull a sentence of the other direction apart, unless isolated.
_OTHER_SCRIPT = MappingProxyType(
    {
        "ltr": re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"),
        "rtl": re.compile("[0-9A-Za-z\u00c0-\u024f]"),
    }
)
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS


@dataclass(frozen=True)
class Plural:
    """A text with one form per plural category; ``by`` names the placeholder whose number decides."""

    by: str
    forms: Mapping[str, str]


Text = str | Plural


@dataclass(frozen=True)
class Catalogue:
    """All texts: language, then dotted key, then text. ``notes`` tell translators where a text is seen."""

    texts: Mapping[str, Mapping[str, Text]]
    notes: Mapping[str, str]

    def translator(self, language: str) -> Translator:
        """The translator for ``language``; for a language we do not have, that of English."""
        known = language if language in self.texts else DEFAULT_LANGUAGE
        return Translator(known, self.texts[known])


def load_catalogue() -> Catalogue:
    """Read the catalogue that is shipped with the program. Called once, by the composition root."""
    folder = resources.files("web") / "locales"
    texts = {
        language: MappingProxyType(
            {key: _parse(value) for key, value in _read_json(folder / f"{language}.json").items()}
        )
        for language in LANGUAGES
    }
    return Catalogue(MappingProxyType(texts), MappingProxyType(_read_json(folder / "notes.json")))


def _read_json(file: Traversable) -> dict[str, str]:
    content: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _parse(value: str | Mapping[str, str]) -> Text:
    if isinstance(value, str):
        return value
    forms = {name: form for name, form in value.items() if name != "by"}
    return Plural(value.get("by", "count"), MappingProxyType(forms))


def plural_form(language: str, number: int) -> str:
    """The CLDR plural category of a whole number of zero or more."""
    if language == "ar":
        return _arabic_form(number)
    if number == 1:
        return "one"
    if language == "es" and number != 0 and number % 1_000_000 == 0:
        return "many"
    return "other"


def _arabic_form(number: int) -> str:
    if number <= 2:
        return ("zero", "one", "two")[number]
    hundreds_rest = number % 100
    if 3 <= hundreds_rest <= 10:
        return "few"
    return "many" if hundreds_rest >= 11 else "other"


def negotiate(accept_language: str | None) -> str:
    """The best of our languages for an ``Accept-Language`` header; English when none fits."""
    wishes: list[tuple[float, int, str]] = []
    for position, part in enumerate((accept_language or "").split(",")[:20]):
        name, _, parameter = part.strip().partition(";")
        language = name.strip().lower().split("-")[0]
        if language in LANGUAGES:
            wishes.append((-_quality(parameter), position, language))
    acceptable = sorted(wish for wish in wishes if wish[0] < 0)
    return acceptable[0][2] if acceptable else DEFAULT_LANGUAGE


def _quality(parameter: str) -> float:
    match = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameter)
    return float(match[1]) if match else (0.0 if parameter.strip() else 1.0)


class Translator:
    """Texts, numbers and times in one language."""

    def __init__(self, language: str, texts: Mapping[str, Text]) -> None:
        self.language = language
        self.direction = "rtl" if language == "ar" else "ltr"
        self._texts = texts

    def text(self, key: str, **values: str | int) -> str:
        """The text of ``key`` with its placeholders filled. Raises KeyError for a missing key or value."""
        text = self._texts[key]
        if isinstance(text, Plural):
            text = text.forms[plural_form(self.language, abs(int(values[text.by])))]
        return PLACEHOLDER.sub(lambda match: self._show(match[1], values[match[1]]), text)

    def has(self, key: str) -> bool:
        """Whether the catalogue has ``key``; for codes that come from stored data of another release."""
        return key in self._texts

    def error(self, code: str, context: Mapping[str, str | int] | None = None) -> str:
        """The sentence for an error code (DESIGN §9).

        A sentence that needs a value which ``context`` lacks is replaced by its plain variant, and an
        unknown code by that of ``internal``: explaining one error must never raise another.
        """
        values = context or {}
        key = f"errors.{code}" if self.has(f"errors.{code}") else "errors.internal"
        if self.placeholders(key) <= values.keys():
            return self.text(key, **values)
        return self.text(key.replace("errors.", "errors_plain.", 1))

    def placeholders(self, key: str) -> frozenset[str]:
        """The names of the values that ``key`` needs."""
        text = self._texts[key]
        if isinstance(text, Plural):
            return frozenset({text.by, *PLACEHOLDER.findall(text.forms["other"])})
        return frozenset(PLACEHOLDER.findall(text))

    def _show(self, name: str, value: str | int) -> str:
        if isinstance(value, int):
            return str(value) if name in _AS_TYPED else self.number(value)
        if _OTHER_SCRIPT[self.direction].search(value):
            return f"{_ISOLATE}{value}{_END_ISOLATE}"
        return value

    def number(self, value: int | float) -> str:
        """A number with the separators and digits of the language; a fraction keeps one decimal."""
        plain = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
        if self.language == "ar":
            return plain.replace(",", "٬").replace(".", "٫").translate(_ARABIC_DIGITS)
        if self.language == "es":
            # CLDR: in Spanish, four digits stay together.
            grouped = plain if abs(value) >= 10_000 else plain.replace(",", "")
            return grouped.translate(str.maketrans(",.", ".,"))
        return plain

    def size(self, count: int) -> str:
        """A number of bytes in the largest fitting unit (1 KB = 1000 bytes, as file managers count)."""
        for unit, factor in (("gigabytes", 10**9), ("megabytes", 10**6), ("kilobytes", 10**3)):
            if count >= factor:
                amount = count / factor
                return self.text(f"size.{unit}", amount=self.number(amount if amount < 10 else round(amount)))
        return self.text("size.bytes", amount=self.number(count))

    def relative_time(self, at_ms: int, now_ms: int) -> str:
        """How long ago something was, in words; a moment that lies ahead is "just now"."""
        elapsed = max(0, now_ms - at_ms)
        days = elapsed // _DAY_MS
        if elapsed < _MINUTE_MS:
            return self.text("time.just_now")
        if elapsed < _HOUR_MS:
            return self.text("time.minutes_ago", count=elapsed // _MINUTE_MS)
        if elapsed < _DAY_MS:
            return self.text("time.hours_ago", count=elapsed // _HOUR_MS)
        if days < 30:
            return self.text("time.days_ago", count=days)
        if days < 365:
            return self.text("time.months_ago", count=days // 30)
        return self.text("time.years_ago", count=days // 365)

    def time_until(self, at_ms: int, now_ms: int) -> str:
        """How soon something will be, in words; a moment that has passed is "in a moment"."""
        left = max(0, at_ms - now_ms)
        minutes = (left + _MINUTE_MS // 2) // _MINUTE_MS
        if left < _MINUTE_MS:
            return self.text("time.in_moment")
        if minutes < 60:
            return self.text("time.in_minutes", count=minutes)
        return self.text("time.in_hours", count=(left + _HOUR_MS // 2) // _HOUR_MS)

    def date_time(self, at_ms: int, zone: tzinfo | None = None) -> str:
        """A moment as date and time of day in ``zone`` (default: the computer's own)."""
        moment = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
        return self.text(
            "time.date_time",
            day=self._digits(str(moment.day)),
            month=self.text(f"time.month.{moment.month}"),
            year=self._digits(str(moment.year)),
            clock=self._digits(f"{moment.hour:02}:{moment.minute:02}"),
        )

    def _digits(self, text: str) -> str:
        return text.translate(_ARABIC_DIGITS) if self.language == "ar" else text
