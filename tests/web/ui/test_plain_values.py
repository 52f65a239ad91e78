"""Two values of a record side by side: in words, short, and only what differs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from web.i18n import LANGUAGES, load_catalogue
from web.ui.plain_values import LONGEST, MOST_LINES, Lines, column_name, two_values

WORDS = load_catalogue().translator("en")
LAYLA = {"fieldId": "a", "fieldType": "free-text", "name": "Complaint", "value": "Headache"}


def both(column: str, one: Any, other: Any, table: str = "events") -> tuple[Lines, Lines]:
    """As the port gives them: text as it is, anything else as JSON."""
    as_text = [value if isinstance(value, str) else json.dumps(value) for value in (one, other)]
    return two_values(table, column, *as_text, WORDS)


def test_text_stays_text_and_what_is_missing_has_no_line() -> None:
    assert both("camp", "North", "", "patients") == (("North",), ())


def test_a_long_text_is_shortened_and_its_blanks_are_tidied() -> None:
    ((line,), _) = both("notes", "a\n  b " + "x" * 1_000, "", "appointments")
    assert line.startswith("a b xxx")
    assert line.endswith("…")
    assert len(line) == LONGEST


def test_a_time_is_told_as_date_and_time() -> None:
    one, other = both("timestamp", "1790000000000", "1790086400000", "appointments")
    assert (one, other) == ((WORDS.date_time(1_790_000_000_000),), (WORDS.date_time(1_790_086_400_000),))


@pytest.mark.parametrize("text", ["-5", "1.79e12", "999999999999999999", "soon", "٣"])
def test_a_time_that_is_none_is_shown_as_it_is(text: str) -> None:
    assert both("timestamp", text, "", "appointments")[0] == (text,)


@pytest.mark.parametrize("language", LANGUAGES)
def test_yes_and_no_are_words(language: str) -> None:
    words = load_catalogue().translator(language)
    told = two_values("appointments", "is_walk_in", "true", "false", words)
    assert told == ((words.text("value.yes"),), (words.text("value.no"),))


def test_of_the_answers_of_a_form_only_those_are_told_that_differ_with_their_names() -> None:
    one = [LAYLA, {"fieldId": "b", "name": "Fever", "value": True}, {"name": "Note", "value": ""}]
    other = [LAYLA, {"fieldId": "b", "name": "Fever", "value": False}, {"name": "Note", "value": "Rest"}]
    assert both("form_data", one, other) == (("Fever: yes",), ("Fever: no", "Note: Rest"))


def test_the_inside_of_other_json_is_named_by_its_way() -> None:
    one = {"address": {"street": "Main", "lines": ["a", "b"]}, "same": 1}
    other = {"address": {"street": "Side", "lines": ["a"]}, "same": 1}
    assert both("additional_data", one, other, "patients") == (
        ("address › street: Main", "address › lines › 2: b"),
        ("address › street: Side",),
    )


def test_an_answer_with_several_values_is_told_one_by_one() -> None:
    one = [{"name": "Medicine", "value": [{"dose": 1}, {"dose": 2}]}]
    other = [{"name": "Medicine", "value": [{"dose": 1}, {"dose": 3}]}]
    assert both("form_data", one, other) == (("Medicine › 2 › dose: 2",), ("Medicine › 2 › dose: 3",))


def test_json_against_nothing_is_told_whole() -> None:
    assert both("form_data", [LAYLA], "") == (("Complaint: Headache",), ())


def test_much_json_is_cut_off_with_the_number_of_what_is_left_out() -> None:
    one, other = both("metadata", {f"k{number}": number for number in range(MOST_LINES + 5)}, {})
    assert len(one) == MOST_LINES + 1
    assert one[-1] == "… and 5 more"
    assert other == ()


def test_json_that_differs_in_its_writing_alone_is_shown_as_it_is() -> None:
    one, other = both("metadata", '{"a":1,"b":2}', '{"b":2,  "a":1}')
    assert (one, other) == (('{"a":1,"b":2}',), ('{"b":2, "a":1}',))


@pytest.mark.parametrize("text", ["{broken", "[" * 100_000, "[[[[[[[[1]]]]]]]]", "7", '"text"'])
def test_no_text_stops_the_page(text: str) -> None:
    one, _ = both("form_data", text, "[1]")
    assert len(one) == 1
    assert len(one[0]) <= LONGEST + 20


def test_a_column_of_a_newer_app_is_shown_whatever_it_holds() -> None:
    assert both("a_new_column", {"a": 1}, "text") == (('{"a": 1}',), ("text",))
    assert both("a_new_column", "x", "y", "a_table_of_tomorrow") == (("x",), ("y",))


def test_common_columns_have_names_and_others_keep_theirs() -> None:
    assert column_name("given_name", WORDS) == "Given name"
    assert column_name("a_new_column", WORDS) == "a_new_column"
