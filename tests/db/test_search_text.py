"""What people take for the same is spelled the same, and how far apart two names are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.search_text import edit_distance, search_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("  María   JOSÉ ", "maria jose"),
        ("سَارَة", "ساره"),  # vowel signs, teh marbuta
        ("أحمد", "احمد"),
        ("إبراهيم", "ابراهيم"),
        ("آمال", "امال"),
        ("مصطفى", "مصطفي"),
        ("محـــمد", "محمد"),  # tatweel
        ("کریم", "كريم"),  # letters of Persian keyboards
        ("ﻣﺤﻤﺪ", "محمد"),  # presentation forms
        ("٠٧١٢٣", "07123"),
        ("Straße", "STRASSE"),
        ("Ａmal", "amal"),
        ("İbrahim", "ibrahim"),
    ],
)
def test_two_spellings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert search_text(one) == search_text(other)


@pytest.mark.parametrize(("one", "other"), [("سارة", "سمر"), ("amal", "amel"), ("علي", "عالي")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert search_text(one) != search_text(other)


@given(st.text(max_size=40))
def test_a_text_is_the_same_after_a_second_time_and_holds_nothing_that_controls(text: str) -> None:
    once = search_text(text)
    assert search_text(once) == once
    assert "\x00" not in once
    assert "  " not in once


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", 0),
        ("amal", "amal", 0),
        ("amal", "amel", 1),
        ("amal", "amaal", 1),
        ("amal", "", 4),
        ("kitten", "sitting", 3),
    ],
)
def test_the_distance_is_the_number_of_letters_to_change(one: str, other: str, distance: int) -> None:
    assert edit_distance(one, other) == edit_distance(other, one) == distance
