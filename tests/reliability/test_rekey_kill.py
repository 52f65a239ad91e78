"""A short campaign of the kind that docs/reliability.md tells of (tests/reliability/rekey_kill.py). The named moments
are in tests/kiosk/test_rekey.py."""

from __future__ import annotations

from pathlib import Path

from tests.reliability.rekey_kill import Campaign


def test_whatever_is_killed_the_old_or_the_new_opens_the_database(tmp_path: Path) -> None:
    tally = Campaign(tmp_path / "data", seed=3).run(2)
    assert tally.faults == []
    assert tally.kills.total() == 2
