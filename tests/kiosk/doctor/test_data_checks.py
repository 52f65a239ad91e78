"""Whether the records are safe: each check passes on a healthy computer and finds what it is there for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kiosk.doctor.data_checks import (
    judge_backup,
    judge_cloud,
    judge_cloud_key,
    judge_cloud_speed,
    judge_database,
    judge_drill,
    judge_migrations,
    judge_outbox,
    judge_set_aside,
)
from kiosk.doctor.facts import CloudFacts, DataFacts
from kiosk.doctor.judgement import Judgement
from tests.fakes.clock import DAY_MS, HOUR_MS
from tests.fakes.probes import CLOUD, DATA, NOW
from tests.kiosk.doctor.test_phone_checks import told
from web.ui.check_port import Cure

Judge = Callable[[DataFacts], Judgement]
NEW = replace(DATA, born_ms=NOW - HOUR_MS, checked_ms=None, backed_up_ms=None, drilled_ms=None)
EMPTY = DataFacts(NOW, is_absent=True)
OF_CLOUD = (judge_cloud, judge_cloud_key, judge_cloud_speed, judge_outbox, judge_set_aside)


def cloud(**changed: Any) -> DataFacts:
    return replace(DATA, cloud=replace(CLOUD, **changed))


CASES: tuple[tuple[Judge, DataFacts, tuple[str, str, Cure | None]], ...] = (
    (judge_database, DATA, ("pass", "sound", None)),
    (judge_database, NEW, ("pass", "not_due", None)),
    (judge_database, EMPTY, ("pass", "none_yet", None)),
    (judge_database, replace(DATA, faults=3), ("fail", "faults", None)),
    (judge_database, replace(DATA, checked_ms=None), ("warn", "never", Cure.CHECK_DATABASE)),
    (judge_database, replace(DATA, checked_ms=NOW - 20 * DAY_MS), ("warn", "long_ago", Cure.CHECK_DATABASE)),
    (judge_database, DataFacts(NOW, failure="wrong_key"), ("fail", "cannot_open", None)),
    (judge_database, DataFacts(NOW, failure="storage_busy"), ("unknown", "not_measured", None)),
    (judge_migrations, DATA, ("pass", "newest", None)),
    (judge_migrations, EMPTY, ("pass", "newest", None)),
    (judge_migrations, replace(DATA, revision="0004"), ("fail", "behind", None)),
    (judge_migrations, DataFacts(NOW, failure="newer_database"), ("fail", "newer", None)),
    (judge_migrations, DataFacts(NOW, failure="wrong_key"), ("unknown", "no_database", None)),
    (judge_backup, DATA, ("pass", "recent", None)),
    (judge_backup, NEW, ("pass", "not_due", None)),
    (judge_backup, EMPTY, ("pass", "not_due", None)),
    (judge_backup, replace(DATA, backed_up_ms=NOW - 3 * DAY_MS), ("warn", "old", Cure.BACK_UP_NOW)),
    (judge_backup, replace(DATA, backed_up_ms=NOW - 9 * DAY_MS), ("fail", "old", Cure.BACK_UP_NOW)),
    (judge_backup, replace(DATA, backed_up_ms=None), ("fail", "never", Cure.BACK_UP_NOW)),
    (judge_backup, DataFacts(NOW, failure="wrong_key"), ("unknown", "no_database", None)),
    (judge_drill, DATA, ("pass", "sound", None)),
    (judge_drill, NEW, ("pass", "not_due", None)),
    (judge_drill, replace(DATA, drilled_ms=None), ("warn", "never", Cure.BACK_UP_NOW)),
    (judge_drill, replace(DATA, drill_result="wrong_key"), ("fail", "failed", Cure.BACK_UP_NOW)),
    (judge_drill, replace(DATA, drilled_ms=NOW - 30 * DAY_MS), ("warn", "long_ago", Cure.BACK_UP_NOW)),
    (judge_drill, DataFacts(NOW, failure="wrong_key"), ("unknown", "no_database", None)),
    (judge_cloud, DATA, ("pass", "lately", None)),
    (judge_cloud, cloud(last_success_ms=0, last_try_ms=0), ("pass", "not_yet", None)),
    (judge_cloud, cloud(last_success_ms=0), ("warn", "never", Cure.SYNC_NOW)),
    (judge_cloud, cloud(last_success_ms=NOW - 2 * DAY_MS), ("pass", "lately", None)),  # no internet for a day is normal
    (judge_cloud, cloud(last_success_ms=NOW - 4 * DAY_MS), ("warn", "long_ago", Cure.SYNC_NOW)),
    (judge_cloud, cloud(is_paused=True), ("warn", "paused", Cure.OPEN_CLOUD)),
    (judge_cloud_key, DATA, ("pass", "accepted", None)),
    (judge_cloud_key, cloud(halt="key_refused"), ("fail", "key_refused", Cure.OPEN_CLOUD)),
    (judge_cloud_key, cloud(halt="looks_empty"), ("fail", "looks_empty", Cure.OPEN_CLOUD)),
    (judge_cloud_key, cloud(halt="other_cloud"), ("fail", "other_cloud", Cure.OPEN_CLOUD)),
    (judge_cloud_speed, DATA, ("pass", "quick", None)),
    (judge_cloud_speed, cloud(round_ms=None), ("pass", "no_round", None)),
    (judge_cloud_speed, cloud(round_ms=61_000), ("warn", "slow", None)),
    (judge_outbox, DATA, ("pass", "moving", None)),
    (judge_outbox, cloud(waiting=0, oldest_waiting_ms=None), ("pass", "empty", None)),
    (judge_outbox, cloud(oldest_waiting_ms=NOW - 3 * DAY_MS), ("warn", "waiting", Cure.SYNC_NOW)),
    (judge_outbox, cloud(oldest_waiting_ms=NOW - 15 * DAY_MS), ("fail", "waiting", Cure.SYNC_NOW)),
    (judge_set_aside, DATA, ("pass", "none", None)),
    (judge_set_aside, cloud(set_aside=2), ("warn", "some", Cure.OPEN_CLOUD)),
)


@pytest.mark.parametrize(("judge", "facts", "expected"), CASES)
def test_each_check_says_what_the_facts_mean(
    judge: Judge, facts: DataFacts, expected: tuple[str, str, Cure | None]
) -> None:
    assert told(judge(facts)) == expected


@pytest.mark.parametrize("judge", OF_CLOUD)
def test_without_a_cloud_nothing_about_it_is_wrong(judge: Judge) -> None:
    assert told(judge(replace(DATA, cloud=CloudFacts(is_connected=False)))) == ("pass", "not_connected", None)


@pytest.mark.parametrize("judge", OF_CLOUD)
def test_without_the_database_nothing_is_known_of_the_cloud(judge: Judge) -> None:
    assert told(judge(DataFacts(NOW, failure="wrong_key"))) == ("unknown", "no_database", None)


def test_a_clock_that_was_set_back_makes_nothing_look_old() -> None:
    early = replace(DATA, now_ms=NOW - 700 * DAY_MS)
    verdicts = {judge(early).verdict.value for judge in (judge_database, judge_backup, judge_drill, judge_outbox)}
    assert verdicts == {"pass"}
