from __future__ import annotations

import logging
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.errors import InvalidInput
from kiosk.logs import FILES_KEPT, LARGEST_FILE, LogFile
from kiosk.paths import DataFolder

PATIENT = "Amina Yusuf"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path)
    folder.prepare()
    return folder


@pytest.fixture
def log_file(folder: DataFolder) -> Iterator[LogFile]:
    with LogFile(folder, "server") as log_file:
        yield log_file


ours = logging.getLogger("web.phone.sync")
library = logging.getLogger("somelibrary.engine")


def fail_with_data() -> None:
    try:
        {}[PATIENT]
    except KeyError as error:
        raise ValueError(f"bad row {PATIENT}") from error


def text(log_file: LogFile) -> str:
    return log_file.path.read_text(encoding="utf-8")


def test_a_line_of_ours_has_time_level_name_request_code_and_text(log_file: LogFile) -> None:
    ours.info("%d rows", 5, extra={"request_id": "r7", "code": "ok"})
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO web\.phone\.sync request_id=r7 code=ok 5 rows\n"
    assert re.fullmatch(pattern, text(log_file))


def test_of_an_unforeseen_exception_types_and_places_are_kept_but_no_text(log_file: LogFile) -> None:
    try:
        fail_with_data()
    except ValueError:
        ours.exception("unforeseen")
    written = text(log_file)
    assert "ValueError" in written
    assert "caused by KeyError" in written
    assert "test_logs.py" in written
    assert "in fail_with_data" in written
    assert PATIENT not in written


def test_our_own_errors_are_written_with_code_and_context(log_file: LogFile) -> None:
    ours.warning("refused: %s", InvalidInput(path="patients.created[3].id"))
    assert "refused: InvalidInput invalid_input (path=patients.created[3].id)" in text(log_file)


def test_an_exception_as_argument_or_as_the_message_itself_loses_its_text(log_file: LogFile) -> None:
    ours.error("failed: %s", ValueError(PATIENT))
    ours.error(ValueError(PATIENT))
    assert text(log_file).count("ValueError") == 2
    assert PATIENT not in text(log_file)


def test_of_a_library_the_template_is_kept_and_the_values_are_not(log_file: LogFile) -> None:
    library.error("row %s is bad", PATIENT)
    library.error(f"row {PATIENT} is bad")  # already filled in: nothing of it can be trusted
    library.error(ValueError(PATIENT))
    written = text(log_file)
    assert "somelibrary.engine row %s is bad" in written
    assert written.count("(text withheld) test_logs.") == 2
    assert PATIENT not in written


def test_a_library_is_heard_only_when_something_went_wrong(log_file: LogFile) -> None:
    library.info("chatter")
    ours.info("of use")
    assert "chatter" not in text(log_file)
    assert "of use" in text(log_file)


def test_one_record_is_one_line(log_file: LogFile) -> None:
    ours.info("a\nb\r%s", "c\nd", extra={"request_id": "x\ny"})
    assert text(log_file).count("\n") == 1


def test_a_template_that_does_not_fit_its_arguments_is_still_written(log_file: LogFile) -> None:
    ours.info("%d rows", "five")
    ours.info("no place", 1)
    assert "%d rows" in text(log_file)
    assert "no place" in text(log_file)


def test_an_exception_nobody_caught_in_a_thread_is_logged_without_its_text(log_file: LogFile) -> None:
    thread = threading.Thread(target=fail_with_data)
    thread.start()
    thread.join()
    assert "kiosk.uncaught" in text(log_file)
    assert PATIENT not in text(log_file)


def test_an_exception_nobody_caught_in_the_main_thread_is_not_printed_with_its_text(folder: DataFolder) -> None:
    program = (
        "import pathlib, sys; from kiosk.logs import LogFile; from kiosk.paths import DataFolder;"
        "LogFile(DataFolder(pathlib.Path(sys.argv[1])), 'server'); raise ValueError(sys.argv[2])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(folder.root), PATIENT], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert PATIENT not in result.stderr + result.stdout
    assert "uncaught in the main thread" in (folder.logs / "server.log").read_text()


def test_five_files_of_a_megabyte_at_most_are_kept(folder: DataFolder, log_file: LogFile) -> None:
    line = "x" * 10_000
    for _ in range(FILES_KEPT * LARGEST_FILE // len(line) + 200):
        ours.info(line)
    files = list(folder.logs.iterdir())
    assert len(files) == FILES_KEPT
    assert all(path.stat().st_size <= LARGEST_FILE for path in files)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in access lists")
def test_a_log_is_readable_by_its_owner_alone(log_file: LogFile) -> None:
    assert stat.S_IMODE(log_file.path.stat().st_mode) == 0o600


def test_after_closing_nothing_is_written_and_everything_is_as_before(folder: DataFolder) -> None:
    before = (sys.excepthook, threading.excepthook, logging.getLogger().level, list(logging.getLogger().handlers))
    log_file = LogFile(folder, "window")
    log_file.close()
    ours.error("too late")
    assert text(log_file) == ""
    after = (sys.excepthook, threading.excepthook, logging.getLogger().level, list(logging.getLogger().handlers))
    assert after == before
