from __future__ import annotations

from kiosk.diagnostics.readme import README


def test_the_report_says_what_each_of_its_files_is() -> None:
    for name in ("about", "checks", "settings", "database", "cloud"):
        assert f"\n{name}.json " in README
    for name in ("syncs", "slow", "phones", "crashes"):
        assert f"\n{name}.jsonl " in README
    assert README.isascii()
