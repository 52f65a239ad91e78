"""A short campaign of the kind that docs/reliability.md tells of (tests/reliability/cloud_kill.py)."""

from __future__ import annotations

from pathlib import Path

from db.clock import SystemClock
from tests.fakes.cloud import running_cloud
from tests.reliability.cloud_kill import CloudCampaign


def test_what_phones_pushed_is_in_the_cloud_once_though_the_server_is_killed_in_its_rounds(tmp_path: Path) -> None:
    with running_cloud(SystemClock()) as cloud:
        tally = CloudCampaign(tmp_path / "data", cloud, seed=7).run(2)
    assert tally.acknowledged_pushes > 0
    assert tally.faults == 0, str(tally)
