"""Rounds run by themselves, one at a time, and soon after something has happened (DESIGN §7)."""

from __future__ import annotations

import threading
from datetime import datetime

import schedule

from db.errors import CloudOffline, CloudRateLimited, HubError
from kiosk.cloud.backoff import Backoff
from kiosk.cloud.loop import QUIET_MS, CloudLoop, Signs, Trigger
from kiosk.cloud.round import CloudStopped
from tests.fakes.clock import AdjustableClock

MINUTES = 5


class Desk:
    """A loop whose rounds only note that they ran, and what it looks at."""

    def __init__(self) -> None:
        self.clock = AdjustableClock()
        self.scheduler = schedule.Scheduler()
        self.signs = Signs(changes=0, network="wifi", minutes=MINUTES, is_held=False)
        self.rounds: list[Trigger] = []
        self.failures: list[Exception] = []
        self.loop = CloudLoop(
            self._round,
            lambda: self.signs,
            self.clock,
            Backoff(self.clock, lambda: 0.5),
            chance=lambda: 0.5,
            look_every_s=0.01,
            scheduler=self.scheduler,
        )

    def _round(self, trigger: Trigger) -> None:
        self.rounds.append(trigger)
        if self.failures:
            raise self.failures.pop(0)

    def look(self, **signs: object) -> list[Trigger]:
        """One look with these signs; the rounds that came of it."""
        self.signs = Signs(**{**vars(self.signs), **signs})  # type: ignore[arg-type]
        before = len(self.rounds)
        self.loop._turn()
        return self.rounds[before:]

    def wait_until_due(self) -> None:
        for job in self.scheduler.jobs:
            job.next_run = datetime.min

    def seconds_to_next(self) -> float:
        assert self.scheduler.next_run is not None
        return (self.scheduler.next_run - datetime.now()).total_seconds()


def test_the_first_round_runs_at_once_and_the_next_after_an_interval() -> None:
    desk = Desk()
    assert desk.look() == [Trigger.SCHEDULE]
    assert desk.look() == []
    assert MINUTES * 60 - 5 < desk.seconds_to_next() <= MINUTES * 60 + 1
    assert desk.loop.next_at_ms is not None
    desk.wait_until_due()
    assert desk.look() == [Trigger.SCHEDULE]


def test_after_phones_have_been_quiet_a_round_runs() -> None:
    desk = Desk()
    desk.look()
    assert desk.look(changes=1) == []
    desk.clock.advance(QUIET_MS - 1)
    assert desk.look() == []
    assert desk.look(changes=2) == []
    desk.clock.advance(QUIET_MS)
    assert desk.look() == [Trigger.PHONES]
    desk.clock.advance(QUIET_MS)
    assert desk.look() == []


def test_a_person_s_wish_is_kept_also_while_rounds_are_held() -> None:
    desk = Desk()
    assert desk.look(is_held=True) == []
    assert desk.loop.next_at_ms is None
    desk.loop.sync_now()
    assert desk.look() == [Trigger.PERSON]
    assert desk.look() == []


def test_a_wish_during_a_round_is_one_more_round() -> None:
    desk = Desk()
    desk.look()
    desk.loop.sync_now()
    desk.loop.sync_now()
    assert desk.look() == [Trigger.PERSON]


def test_when_the_network_is_back_a_round_runs() -> None:
    desk = Desk()
    desk.failures = [CloudOffline(phase="pull")]
    desk.look()
    assert desk.look(network=None) == []
    assert desk.look(network="wifi") == [Trigger.NETWORK]
    assert desk.look(network="cable") == []


def test_after_a_failure_it_tries_again_sooner_and_never_later_than_an_interval() -> None:
    desk = Desk()
    desk.failures = [CloudOffline(phase="pull")] * 12
    desk.look()
    assert desk.seconds_to_next() <= 16
    for _ in range(10):
        desk.wait_until_due()
        assert desk.look() == [Trigger.RETRY if len(desk.rounds) > 1 else Trigger.SCHEDULE]
    assert desk.seconds_to_next() <= MINUTES * 60 + 1


def test_what_the_cloud_asks_for_is_kept_to() -> None:
    desk = Desk()
    desk.failures = [CloudRateLimited(phase="pull", retry_after_s=3600)]
    desk.look()
    assert desk.seconds_to_next() > 3590


def test_what_is_no_failure_of_the_cloud_s_does_not_end_the_loop() -> None:
    desk = Desk()
    desk.failures = [HubError(), CloudStopped()]
    desk.look()
    desk.loop.sync_now()
    desk.look()
    desk.loop.sync_now()
    assert desk.look() == [Trigger.PERSON]
    assert not desk.loop.is_running


def test_a_new_interval_counts_at_once() -> None:
    desk = Desk()
    desk.look()
    desk.look(minutes=60)
    assert desk.seconds_to_next() > 3500


def test_the_thread_begins_and_ends() -> None:
    ran = threading.Event()
    signs = Signs(changes=0, network=None, minutes=MINUTES, is_held=False)
    clock = AdjustableClock()
    loop = CloudLoop(lambda _: ran.set(), lambda: signs, clock, Backoff(clock, lambda: 0.5), look_every_s=0.01)
    loop.start()
    assert ran.wait(10)
    loop.stop()
    assert loop.should_stop
