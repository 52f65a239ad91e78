"""How checks say what they think."""

from __future__ import annotations

from kiosk.doctor.judgement import bad, doubtful, good, unclear
from web.ui.check_port import Cure, Verdict


def test_each_word_stands_for_its_verdict() -> None:
    words = (good("a"), doubtful("a"), bad("a"), unclear())
    assert [each.verdict for each in words] == [Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN]


def test_values_and_a_cure_come_along() -> None:
    judgement = bad("taken", Cure.USE_FREE_PORT, "4002", port=4001)
    assert (judgement.values, judgement.cure, judgement.cure_value) == ({"port": 4001}, Cure.USE_FREE_PORT, "4002")
    assert (good("a").cure, doubtful("a", Cure.CLOCK_HELP).cure) == (None, Cure.CLOCK_HELP)
