"""The picture of activity: what is drawn, and what is read aloud in its place."""

from __future__ import annotations

import re

import pytest

from web.i18n import Catalogue, load_catalogue
from web.ui.activity_picture import HALF, WIDTH, charts
from web.ui.activity_port import Activity, Slot

BAR = re.compile(r"M([\d.]+) 40v(-?[\d.]+)h([\d.]+)V40z")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def activity(**at: Slot) -> Activity:
    """``h9``: the hour of 9; ``d1``: the first day."""
    hours = [at.get(f"h{number}", Slot()) for number in range(24)]
    days = [at.get(f"d{number + 1}", Slot()) for number in range(30)]
    return Activity(tuple(hours), tuple(days))


def bars(path: str) -> list[tuple[float, float, float]]:
    return [(float(start), float(height), float(width)) for start, height, width in BAR.findall(path)]


def test_nothing_is_drawn_before_the_first_count(catalogue: Catalogue) -> None:
    assert charts(Activity(), catalogue.translator("en")) == ()


def test_records_grow_up_and_syncs_down_each_to_the_largest_of_its_kind(catalogue: Catalogue) -> None:
    today, _ = charts(activity(h9=Slot(2, 1_000), h10=Slot(4, 10)), catalogue.translator("en"))
    assert [height for _, height, _ in bars(today.records_path)] == [-HALF, -2.0]
    assert [height for _, height, _ in bars(today.syncs_path)] == [HALF / 2, HALF]
    assert today.summary == "syncs: 6, records: 1,010"


def test_from_right_to_left_the_day_begins_on_the_right(catalogue: Catalogue) -> None:
    first = activity(h0=Slot(1, 1))
    (left,) = bars(charts(first, catalogue.translator("en"))[0].syncs_path)
    (right,) = bars(charts(first, catalogue.translator("ar"))[0].syncs_path)
    assert left[0] < WIDTH / 24
    assert right[0] > WIDTH - WIDTH / 24
    assert right[0] + right[2] <= WIDTH


def test_the_table_has_a_row_for_what_there_was(catalogue: Catalogue) -> None:
    today, month = charts(activity(h9=Slot(2, 1_000), d30=Slot(2, 1_000)), catalogue.translator("en"))
    assert [(row.when, row.syncs, row.records) for row in today.rows] == [("9:00", "2", "1,000")]
    assert [row.when for row in month.rows] == ["30"]
    assert (today.marks, month.marks) == (("0:00", "6:00", "12:00", "18:00"), ("1", "8", "15", "22", "29"))
    arabic = charts(activity(h9=Slot(2, 1_000)), catalogue.translator("ar"))[0]
    assert arabic.rows[0].when == "٩:٠٠"


def test_an_idle_day_says_so(catalogue: Catalogue) -> None:
    today, _ = charts(activity(), catalogue.translator("en"))
    assert (today.summary, today.records_path, today.rows) == ("nothing yet", "", ())
