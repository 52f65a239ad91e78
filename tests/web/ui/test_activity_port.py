"""What the pages are told of activity."""

from __future__ import annotations

from web.ui.activity_port import Activity, Slot


def test_until_something_was_counted_there_is_nothing() -> None:
    assert Activity() == Activity((), ())
    assert Slot() == Slot(syncs=0, records=0)
