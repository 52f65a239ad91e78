"""Which routes ask for the PIN, and which answer while the window is locked."""

from __future__ import annotations

from web.ui.pin_rules import ASKS_FOR_PIN, NEEDS_NO_PIN, WHILE_LOCKED, asks_for_pin, works_while_locked


def test_an_action_that_is_in_no_table_asks_for_the_pin() -> None:
    assert asks_for_pin("POST", "/forgotten")
    assert not asks_for_pin("GET", "/forgotten")
    assert not works_while_locked("GET", "/forgotten")


def test_what_the_tables_say_is_done() -> None:
    assert all(asks_for_pin(*route.split()) for route in ASKS_FOR_PIN)
    assert not any(asks_for_pin(*route.split()) for route in NEEDS_NO_PIN)
    assert all(works_while_locked(*route.split()) for route in WHILE_LOCKED)
