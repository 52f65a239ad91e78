"""One or two computers of a clinic and their cloud: faults, kills, restarts, clock jumps in any order; all agree.

Knows nothing of how rounds do it. HIKMA_LONG=1 looks for minutes instead of seconds.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.fakes.clock import DAY_MS, HOUR_MS, AdjustableClock
from tests.fakes.cloud import Call, Fault, running_cloud
from tests.sync.cloud_world import BEGIN_MS, COLUMNS, CloudWorld, Site

IS_LONG = bool(os.environ.get("HIKMA_LONG"))
NUMBERS = st.integers(0, 63)
CHILDREN = st.sampled_from([table for table in COLUMNS if table != "patients"])
TABLES = st.sampled_from(list(COLUMNS))
PUSH_FAULTS = st.sampled_from(
    [Fault.REPLY_LOST, Fault.APPLIED_LATE, Fault.DISCONNECT, Fault.RESET_IN_REPLY, Fault.SERVER_ERROR]
)
PULL_FAULTS = st.sampled_from([Fault.TRUNCATED_JSON, Fault.RESET_IN_REPLY, Fault.DISCONNECT, Fault.SERVER_ERROR])
JUMPS = st.sampled_from([-3 * DAY_MS, -HOUR_MS, -10_000, 10_000, HOUR_MS, 3 * DAY_MS])
CLOUD_JUMPS = st.sampled_from([-HOUR_MS, -10_000, 10_000, HOUR_MS])
DELAYS = st.sampled_from([0, 2_000, 30_000])


class CloudWeek(RuleBasedStateMachine):
    """What happens; ``teardown`` heals everything and looks."""

    world: CloudWorld

    @initialize(computers=st.integers(1, 2))
    def begin(self, computers: int) -> None:
        self.stack = contextlib.ExitStack()
        clock = AdjustableClock(BEGIN_MS)
        cloud = self.stack.enter_context(running_cloud(clock))
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        self.world = CloudWorld(cloud, clock, Path(folder), computers)
        self.stack.callback(self.world.close)
        self.world.new_patient(self.world.sites[0])

    def site(self, which: int) -> Site:
        return self.world.sites[which % len(self.world.sites)]

    @rule(at=NUMBERS)
    def a_phone_adds_a_patient(self, at: int) -> None:
        self.world.new_patient(self.site(at))

    @rule(at=NUMBERS, table=CHILDREN, which=NUMBERS)
    def a_phone_adds_a_record(self, at: int, table: str, which: int) -> None:
        self.world.new_record(self.site(at), table, which)

    @rule(at=NUMBERS, which=NUMBERS)
    def a_phone_edits(self, at: int, which: int) -> None:
        self.world.edit(self.site(at), which)

    @rule(at=NUMBERS, which=NUMBERS)
    def a_phone_deletes(self, at: int, which: int) -> None:
        self.world.delete(self.site(at), which)

    @rule(table=TABLES, which=NUMBERS)
    def somebody_adds_in_the_cloud(self, table: str, which: int) -> None:
        self.world.cloud_new(table, which)

    @rule(which=NUMBERS)
    def somebody_edits_in_the_cloud(self, which: int) -> None:
        self.world.cloud_edit(which)

    @rule(which=NUMBERS)
    def somebody_deletes_in_the_cloud(self, which: int) -> None:
        self.world.cloud_delete(which)

    @rule(at=NUMBERS)
    def round(self, at: int) -> None:
        self.world.round(self.site(at))

    @rule(at=NUMBERS, fault=PUSH_FAULTS)
    def round_whose_push_fails(self, at: int, fault: Fault) -> None:
        self.world.cloud.fail(fault, Call.PUSH)
        self.world.round(self.site(at))
        self.world.cloud.heal()

    @rule(at=NUMBERS, fault=PULL_FAULTS, after=st.integers(0, 1))
    def round_whose_pull_fails(self, at: int, fault: Fault, after: int) -> None:
        self.world.cloud.fail(fault, Call.PULL, after=after)
        self.world.round(self.site(at))
        self.world.cloud.heal()

    @rule(at=NUMBERS, point=st.integers(1, 16))
    def round_that_is_killed(self, at: int, point: int) -> None:
        site = self.site(at)
        site.trap.countdown = point
        self.world.round(site)
        site.trap.countdown = 0

    @rule(at=NUMBERS)
    def round_without_its_database(self, at: int) -> None:
        self.world.cloud.change(is_database_down=True)
        assert self.world.round(self.site(at)) == "cloud_in_trouble"
        self.world.cloud.change(is_database_down=False)

    @rule(at=NUMBERS)
    def round_without_a_network(self, at: int) -> None:
        self.world.cloud.go_offline()
        assert self.world.round(self.site(at)) == "cloud_offline"
        self.world.cloud.go_online()

    @rule(at=NUMBERS)
    def a_computer_restarts(self, at: int) -> None:
        self.site(at).computer.restart()

    @rule()
    def late_pushes_are_applied(self) -> None:
        self.world.cloud.apply_late_pushes()

    @rule(at=NUMBERS, jump=JUMPS)
    def the_clock_of_a_computer_jumps(self, at: int, jump: int) -> None:
        self.site(at).computer.clock.jump(jump)

    @rule(jump=CLOUD_JUMPS)
    def the_clock_of_the_cloud_jumps(self, jump: int) -> None:
        self.world.cloud_clock.jump(jump)

    @rule(delay=DELAYS)
    def the_cloud_commits_late(self, delay: int) -> None:
        self.world.cloud.change(commit_delay_ms=delay)

    @rule(seconds=st.sampled_from([1, 90, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.world.wait(seconds * 1000)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        with self.stack:
            self.world.heal()
            self.world.check()


@pytest.mark.timeout(0 if IS_LONG else 300)
def test_computers_and_cloud_agree_after_a_week_of_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    run_state_machine_as_test(
        CloudWeek,
        settings=settings(
            max_examples=400 if IS_LONG else 8,
            stateful_step_count=30 if IS_LONG else 20,
            deadline=None,
            database=None,
            derandomize=not IS_LONG,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )
