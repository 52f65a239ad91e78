"""One spelling for what people type and what records say: without case, accents, and the ways Arabic letters vary.

Knows nothing of storage.
"""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType

_CONTROLS = re.compile(r"[\x00-\x1f]")
_SAME_LETTERS = MappingProxyType(
    {
        ord("ٱ"): "ا",
        ord("ى"): "ي",
        ord("ی"): "ي",
        ord("ې"): "ي",
        ord("ة"): "ه",
        ord("ە"): "ه",
        ord("ہ"): "ه",
        ord("ک"): "ك",
        ord("ـ"): None,
    }
)


def search_text(text: str) -> str:
    """``text`` as it is compared; the same for everything that people take for the same."""
    plain = text.casefold()
    if not plain.isascii():
        # Taken apart, accents, hamza, madda and vowel signs are characters of their own, of category Mn.
        parts = unicodedata.normalize("NFKD", plain)
        letters = "".join(_digit(part) for part in parts if unicodedata.category(part) != "Mn")
        plain = unicodedata.normalize("NFKC", letters.translate(_SAME_LETTERS)).casefold()
    return " ".join(_CONTROLS.sub(" ", plain).split())


def edit_distance(one: str, other: str) -> int:
    """How many letters must be added, left out or replaced to make one text of the other."""
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, candidate in enumerate(other, 1):
            replaced = before[column - 1] + (letter != candidate)
            now.append(min(replaced, before[column] + 1, now[-1] + 1))
        before = now
    return before[-1]


def _digit(letter: str) -> str:
    """Digits of any script as ASCII digits."""
    return str(unicodedata.digit(letter)) if letter.isdigit() and not letter.isascii() else letter
