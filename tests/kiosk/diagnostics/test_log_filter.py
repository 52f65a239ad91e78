"""Of a log only what is known leaves this computer."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.errors import InvalidInput, StorageBusy
from kiosk.diagnostics.log_filter import LONGEST_PLACE, WITHHELD, Entry, entries_of, exception_name
from kiosk.logs import LogFile
from kiosk.paths import DataFolder

NAME = "Amina"
HEAD = "2026-12-01T00:06:28.562Z"


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[LogFile]:
    folder = DataFolder(tmp_path)
    folder.prepare()
    with LogFile(folder, "server") as log_file:
        yield log_file


def entries(log_file: LogFile) -> list[Entry]:
    return list(entries_of(log_file.path.read_text("utf-8").split("\n")))


def only(line: str) -> Entry:
    (entry,) = entries_of([line])
    return entry


def test_a_known_sentence_stays_with_its_values(log_file: LogFile) -> None:
    logging.getLogger("kiosk.phone_listener").info("phones are served on port %d", 4001)
    logging.getLogger("web.plugins.errors").error("request %s failed", "0a1b2c3d", extra={"request_id": "0a1b2c3d"})
    first, second = entries(log_file)
    assert (first.level, first.logger, first.message) == (
        "INFO",
        "kiosk.phone_listener",
        "phones are served on port 4001",
    )
    assert next(second.lines()).endswith("ERROR web.plugins.errors request_id=0a1b2c3d request 0a1b2c3d failed")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"patient {NAME} was merged", WITHHELD),
        (f"check {NAME} did not end in time", "check other did not end in time"),
        (f"phones are served on port {NAME}", "phones are served on port other"),
        (f"request {NAME} failed", "request other failed"),
        (f"round ({NAME}) failed: {NAME}", "round (other) failed: other"),
        (f"check disk: {NAME} said {NAME}", "check disk: other"),
        (f"version 1.0.{NAME} is serving", "version other is serving"),
        (f"stopped {NAME}", WITHHELD),
        ("", WITHHELD),
    ],
)
def test_whatever_somebody_writes_into_the_log_one_day_no_name_leaves(text: str, left: str) -> None:
    assert only(f"{HEAD} INFO kiosk.serve {text}").message == left


@pytest.mark.parametrize(
    "line",
    [
        f"{HEAD} {NAME.upper()} kiosk.serve stopped",
        f"{HEAD} INFO {NAME} stopped",
        f"{HEAD} INFO kiosk.{NAME.lower()} stopped",
        f"{HEAD} INFO kiosk.serve request_id={NAME} stopped",
        f"{HEAD} INFO kiosk.serve code={NAME} stopped",
        f"{HEAD} INFO {NAME}.engine stopped",
    ],
)
def test_no_field_of_a_line_carries_a_name(line: str) -> None:
    assert NAME.lower() not in " ".join(only(line).lines()).lower()


def test_of_a_library_only_its_name_stays() -> None:
    entry = only(f"{HEAD} WARNING urllib3.connectionpool {NAME} %s")
    assert (entry.logger, entry.message) == ("urllib3", WITHHELD)


def test_of_an_error_class_numbers_and_places_stay(log_file: LogFile) -> None:
    try:
        try:
            raise sqlite3.OperationalError(NAME)  # noqa: TRY301
        except sqlite3.OperationalError as failure:
            raise InvalidInput(path=NAME, problems=3) from failure
    except InvalidInput:
        logging.getLogger("kiosk.uncaught").exception("uncaught")
    (entry,) = entries(log_file)
    told = " ".join(entry.lines())
    assert NAME not in told
    assert entry.where[0] == "InvalidInput problems=3"
    assert "caused by sqlite3.OperationalError" in entry.where
    assert any(place.startswith("  kiosk/diagnostics/test_log_filter.py:") for place in entry.where)


def test_a_place_in_this_program_is_told_with_its_folder() -> None:
    lines = [f"{HEAD} ERROR kiosk.uncaught uncaught", "    web/phone/sync.py:12 in push", f"    {NAME}/x:1 in f"]
    (entry,) = entries_of(lines)
    assert entry.where == ("  web/phone/sync.py:12 in push", "  (withheld)")


def test_an_error_cannot_forge_a_line(log_file: LogFile) -> None:
    forged = f"x\n{HEAD} INFO kiosk.serve version 6.6.6 is serving"
    try:
        raise InvalidInput(path=forged)  # noqa: TRY301
    except InvalidInput:
        logging.getLogger("kiosk.jobs").exception("job %s failed", "backup")
    assert [entry.message for entry in entries(log_file)] == ["job backup failed"]


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\x0b", "\x0c", "\x1c", "\r"])
def test_other_ends_of_lines_end_none(log_file: LogFile, end: str) -> None:
    logging.getLogger("kiosk.serve").info("%s", f"x{end}{HEAD} INFO kiosk.serve version 6.6.6 is serving")
    assert [entry.message for entry in entries(log_file)] == [WITHHELD]


def test_a_very_long_traceback_is_cut() -> None:
    lines = [f"{HEAD} ERROR kiosk.uncaught uncaught", *["    web/server.py:1 in run"] * 500]
    (entry,) = entries_of(lines)
    assert len(entry.where) == LONGEST_PLACE


def test_what_stands_before_the_first_line_is_left_out() -> None:
    assert list(entries_of([NAME, "", f"  {NAME}"])) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("StorageBusy storage_busy", "StorageBusy"),
        ("OSError errno=28", "OSError errno=28"),
        ("sqlite3.OperationalError", "sqlite3.OperationalError"),
        ("PortTaken port_taken (holder=Amina, port=4001)", "PortTaken port=4001"),
        ("Amina", "other"),
        ("os.Amina", "other"),
        ("os.path", "other"),
        ("InvalidInput invalid_input (path=a errno=b)", "InvalidInput"),
    ],
)
def test_an_exception_is_told_by_its_class_and_numbers(text: str, told: str) -> None:
    assert exception_name(text) == told
    assert StorageBusy.code == "storage_busy"
