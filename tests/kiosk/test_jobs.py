from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from kiosk.jobs import JobRunner
from kiosk.logs import SafeFormatter
from tests.polling import eventually

NOW, SECOND, DAY = timedelta(0), timedelta(seconds=1), timedelta(days=1)


@pytest.fixture
def jobs() -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    runner.stop()


def threads_of_jobs() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "jobs"]


def test_a_daily_job_runs_soon_after_the_start_when_it_should(jobs: JobRunner) -> None:
    ran = threading.Event()
    jobs.every(DAY, "daily", ran.set, first_after=NOW)
    jobs.start()
    assert ran.wait(20)


def test_nothing_runs_before_its_time(jobs: JobRunner) -> None:
    early, due = threading.Event(), threading.Event()
    jobs.every(DAY, "daily", early.set)
    jobs.every(DAY, "due", due.set, first_after=NOW)
    jobs.start()
    assert due.wait(20)
    assert not early.is_set()


def test_a_job_that_fails_is_logged_without_its_text_and_runs_again(
    jobs: JobRunner, caplog: pytest.LogCaptureFixture
) -> None:
    attempts: list[int] = []

    def fail() -> None:
        attempts.append(1)
        raise LookupError("Amina Haddad")

    with caplog.at_level(logging.ERROR, "kiosk.jobs"):
        jobs.every(SECOND, "unlucky", fail, first_after=NOW)
        jobs.start()
        eventually(lambda: len(attempts) >= 2)
        eventually(lambda: len(caplog.records) >= 2)
    written = "\n".join(map(SafeFormatter().format, caplog.records))
    assert "job unlucky failed" in written
    assert "LookupError" in written
    assert "Amina" not in written


def test_a_job_that_fails_does_not_keep_others_from_running(jobs: JobRunner, caplog: pytest.LogCaptureFixture) -> None:
    ran = threading.Event()

    def fail() -> None:
        raise LookupError

    jobs.every(DAY, "unlucky", fail, first_after=NOW)
    jobs.every(DAY, "lucky", ran.set, first_after=NOW)
    jobs.start()
    assert ran.wait(20)


def test_stopping_waits_for_the_job_under_way_and_ends_the_thread(jobs: JobRunner) -> None:
    began, may_end = threading.Event(), threading.Event()
    before = len(threads_of_jobs())

    def work() -> None:
        began.set()
        may_end.wait(20)

    jobs.every(DAY, "work", work, first_after=NOW)
    jobs.start()
    assert began.wait(20)
    stopping = threading.Thread(target=jobs.stop)
    stopping.start()
    assert stopping.is_alive()
    may_end.set()
    stopping.join(20)
    assert not stopping.is_alive()
    assert len(threads_of_jobs()) == before


def test_what_was_never_started_can_be_stopped(jobs: JobRunner) -> None:
    jobs.stop()
