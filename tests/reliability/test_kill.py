"""A short campaign of the kind that docs/reliability.md tells of (tests/reliability/kill.py)."""

from __future__ import annotations

from pathlib import Path

from tests.reliability.kill import Campaign


def test_whatever_was_acknowledged_is_there_whole_after_the_server_is_killed(tmp_path: Path) -> None:
    tally = Campaign(tmp_path / "data", seed=7).run(6)
    assert tally.acknowledged_pushes > 0
    assert (tally.lost_records, tally.half_pushes) == (0, 0)
