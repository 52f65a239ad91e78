"""The recovery code: what a person prints, keeps, and types to open the database when its key is lost (ADR 9).

Knows nothing of what it opens (db/wrapped_key.py). Six groups of four symbols, each with a check symbol that
depends on the group's place: one wrong symbol, two neighbours swapped, or two groups swapped are told at once.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Sequence

from db.errors import RecoveryCodeMistyped

SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No 0, 1, I, L or O. There are 31, a prime, so that every weight below can be told from every other."""
GROUPS = 6
RANDOM_IN_GROUP = 4
"""6 x 4 symbols are 118.9 bits, and every guess costs the stretching of db/wrapped_key.py (17 bits) on top."""
_WEIGHTS = (2, 3, 5, 7)
_WEIGHT_OF_PLACE = 11
_GROUP_LENGTH = RANDOM_IN_GROUP + 1


def make_code(random_below: Callable[[int], int] = secrets.randbelow) -> str:
    """A new code as it is printed, ``ABCDE-FGHJK-…``. ``random_below(n)``: a number below n that nobody can guess."""
    return "-".join(_group(place) for place in _random_groups(random_below))


def secret_of(typed: str) -> bytes:
    """What a typed code stands for. Case, spaces, dashes and the script of the digits do not matter.

    Raises RecoveryCodeMistyped; ``group`` is the number (from 1) of the first group that cannot be right.
    """
    symbols = [_symbol(letter) for letter in typed if not (letter.isspace() or unicodedata.category(letter) == "Pd")]
    groups = [symbols[start : start + _GROUP_LENGTH] for start in range(0, GROUPS * _GROUP_LENGTH, _GROUP_LENGTH)]
    for number, group in enumerate(groups, 1):
        if len(group) < _GROUP_LENGTH or -1 in group or group[-1] != _check(number, group[:-1]):
            raise RecoveryCodeMistyped(group=number)
    if len(symbols) > GROUPS * _GROUP_LENGTH:
        raise RecoveryCodeMistyped(group=GROUPS)
    return "".join(SYMBOLS[value] for group in groups for value in group[:-1]).encode("ascii")


def _random_groups(random_below: Callable[[int], int]) -> list[tuple[int, list[int]]]:
    return [(number, [random_below(len(SYMBOLS)) for _ in range(RANDOM_IN_GROUP)]) for number in range(1, GROUPS + 1)]


def _group(place: tuple[int, list[int]]) -> str:
    number, values = place
    return "".join(SYMBOLS[value] for value in (*values, _check(number, values)))


def _check(number: int, values: Sequence[int]) -> int:
    weighted = sum(weight * value for weight, value in zip(_WEIGHTS, values, strict=True))
    return (weighted + _WEIGHT_OF_PLACE * number) % len(SYMBOLS)


def _symbol(letter: str) -> int:
    """Its value, or -1. A keyboard may give digits of another script."""
    digit = unicodedata.digit(letter, None)
    return SYMBOLS.find(str(digit) if digit is not None else letter.upper())
