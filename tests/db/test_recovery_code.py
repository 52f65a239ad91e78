"""The printed recovery code: hard to guess, and told at once when it is typed wrongly."""

from __future__ import annotations

import math
import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import RecoveryCodeMistyped
from db.recovery_code import GROUPS, RANDOM_IN_GROUP, SYMBOLS, make_code, secret_of
from db.wrapped_key import COST

codes = st.integers(0, 2**64).map(lambda seed: make_code(random.Random(seed).randrange))


def wrong_group(typed: str) -> int | None:
    """The number of the group that is refused; None if the code is taken."""
    try:
        secret_of(typed)
    except RecoveryCodeMistyped as fault:
        return int(fault.context["group"])
    return None


def test_a_code_is_six_groups_of_five_and_made_anew_each_time() -> None:
    code = make_code()
    assert [len(group) for group in code.split("-")] == [5] * GROUPS
    assert len({make_code() for _ in range(50)}) == 50


def test_no_symbol_looks_like_another_that_a_person_may_type() -> None:
    assert len(set(SYMBOLS)) == len(SYMBOLS) == 31
    assert set("01ILO").isdisjoint(SYMBOLS)


def test_guessing_costs_more_than_128_bits_with_the_stretching() -> None:
    assert GROUPS * RANDOM_IN_GROUP * math.log2(len(SYMBOLS)) + math.log2(COST) > 128


@given(codes)
def test_a_code_stands_for_its_random_symbols(code: str) -> None:
    assert secret_of(code) == "".join(group[:-1] for group in code.split("-")).encode()


@given(codes)
def test_case_spaces_and_dashes_do_not_matter(code: str) -> None:
    wanted = secret_of(code)
    assert secret_of(code.lower()) == wanted
    assert secret_of(code.replace("-", "")) == wanted
    assert secret_of("  " + code.replace("-", " \u2013 ") + "\n") == wanted
    assert secret_of("\u00a0".join(code.replace("-", ""))) == wanted


def test_digits_of_another_keyboard_are_digits() -> None:
    seven = next(code for code in map(make_code, (random.Random(n).randrange for n in range(99))) if "7" in code)
    assert secret_of(seven.replace("7", "\u0667")) == secret_of(seven)


@given(codes, st.data())
def test_one_wrong_symbol_is_told_with_its_group(code: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([n for n, symbol in enumerate(code) if symbol != "-"]))
    wrong = data.draw(st.sampled_from([symbol for symbol in SYMBOLS + "01ILOÑ" if symbol != code[place]]))
    assert wrong_group(code[:place] + wrong + code[place + 1 :]) == place // 6 + 1


@given(codes)
def test_two_neighbours_swapped_are_told(code: str) -> None:
    for place in range(len(code) - 1):
        one, other = code[place], code[place + 1]
        if one != other and "-" not in (one, other):
            assert wrong_group(code[:place] + other + one + code[place + 2 :]) == place // 6 + 1


@given(codes)
def test_two_groups_swapped_are_told(code: str) -> None:
    groups = code.split("-")
    for one, other in combinations(range(GROUPS), 2):
        swapped = list(groups)
        swapped[one], swapped[other] = groups[other], groups[one]
        assert wrong_group("-".join(swapped)) == one + 1


@pytest.mark.parametrize(("typed", "group"), [("", 1), ("   ", 1), ("-", 1), ("22", 1), ("\x00", 1)])
def test_what_is_no_code_at_all_is_wrong_from_the_first_group_on(typed: str, group: int) -> None:
    assert wrong_group(typed) == group


@given(codes)
def test_a_code_that_is_too_short_or_too_long_is_told(code: str) -> None:
    assert wrong_group(code[:-1]) == GROUPS
    assert wrong_group(code[: 6 * 3]) == 4
    assert wrong_group(f"{code}2") == GROUPS


def test_the_code_is_not_repeated_in_the_error() -> None:
    code = make_code()
    with pytest.raises(RecoveryCodeMistyped) as refused:
        secret_of(code[:-1])
    assert code[:5] not in str(refused.value)
