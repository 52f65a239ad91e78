from __future__ import annotations

from kiosk.diagnostics.readme import README
from web.ui.diagnostics_port import ReportPart


def test_every_part_is_told_of_in_the_report_itself() -> None:
    for part in ReportPart:
        if part is not ReportPart.README:
            assert f"\n{part.value}" in README
