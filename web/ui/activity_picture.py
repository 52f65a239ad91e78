"""The small picture of activity: bars for today's hours and this month's days, and the same as a table to be read out.

Knows nothing of HTTP or templates. Records grow upwards, syncs downwards: no colour is needed to tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.i18n import Translator
from web.ui.activity_port import Activity, Slot

WIDTH, HALF = 240, 40
"""Of the drawing, which is stretched to its place: its width, and the height of one direction."""
GAP = 0.2
"""Of a bar's place stays empty."""
SMALLEST = 2.0
"""Little beside much is still seen."""
DAYS_DRAWN = 31
HOUR_MARKS = (0, 6, 12, 18)
DAY_MARKS = (0, 7, 14, 21, 28)
"""Counted from 0: under which bars there is a label."""


@dataclass(frozen=True)
class ReadRow:
    """A row of the table: an hour or a day with something in it."""

    when: str
    syncs: str
    records: str


@dataclass(frozen=True)
class Chart:
    """One half of the picture. ``records_path`` and ``syncs_path``: what is drawn; empty where there was nothing."""

    name: str
    title: str
    summary: str
    column: str  # what the first column of the table is called
    records_path: str
    syncs_path: str
    marks: tuple[str, ...]
    rows: tuple[ReadRow, ...]


def charts(activity: Activity, words: Translator) -> tuple[Chart, ...]:
    """Both halves; none while nothing has been counted yet."""
    if not activity.hours:
        return ()
    today, month = words.text("activity.today"), words.text("activity.month")
    hours = [_clock(hour, words) for hour in range(len(activity.hours))]
    days = [words.number(day) for day in range(1, DAYS_DRAWN + 1)]
    return (
        _chart("today", today, words.text("activity.today.column"), activity.hours, hours, HOUR_MARKS, words),
        _chart("month", month, words.text("activity.month.column"), activity.days, days, DAY_MARKS, words),
    )


def _chart(
    name: str,
    title: str,
    column: str,
    slots: Sequence[Slot],
    labels: Sequence[str],
    marks: Sequence[int],
    words: Translator,
) -> Chart:
    syncs, records = sum(slot.syncs for slot in slots), sum(slot.records for slot in slots)
    summary = words.text("activity.sum", syncs=syncs, records=records) if syncs or records else ""
    is_mirrored = words.direction == "rtl"
    return Chart(
        name=name,
        title=title,
        summary=summary or words.text("activity.none"),
        column=column,
        records_path=_bars([slot.records for slot in slots], len(labels), is_up=True, is_mirrored=is_mirrored),
        syncs_path=_bars([slot.syncs for slot in slots], len(labels), is_up=False, is_mirrored=is_mirrored),
        marks=tuple(labels[mark] for mark in marks),
        rows=tuple(
            ReadRow(labels[number], words.number(slot.syncs), words.number(slot.records))
            for number, slot in enumerate(slots)
            if slot.syncs or slot.records
        ),
    )


def _clock(hour: int, words: Translator) -> str:
    return f"{words.number(hour)}:{words.number(0)}{words.number(0)}"


def _bars(values: Sequence[int], places: int, *, is_up: bool, is_mirrored: bool) -> str:
    """One path of all bars, as high as the largest value allows."""
    largest = max(values, default=0)
    place = WIDTH / places
    drawn = []
    for number, value in enumerate(values):
        if not value:
            continue
        height = max(value / largest * HALF, SMALLEST)
        start = (places - 1 - number if is_mirrored else number) * place + place * GAP / 2
        width = place * (1 - GAP)
        drawn.append(f"M{start:.1f} {HALF}v{-height if is_up else height:.1f}h{width:.1f}V{HALF}z")
    return "".join(drawn)
