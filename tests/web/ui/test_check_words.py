"""Every finding any check can give has its sentence in every language, with the values that the check gives along."""

from __future__ import annotations

import pytest

from kiosk.doctor.checklist import CHECKS
from tests.fakes.check_port import HEALTHY
from web.i18n import LANGUAGES, load_catalogue
from web.ui.check_port import Area, Finding, SharedReason, Verdict
from web.ui.check_words import sentence_of, title_of

NOW_MS = 1_790_000_000_000
CATALOGUE = load_catalogue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_check_has_its_title_and_its_sentences(language: str) -> None:
    words = CATALOGUE.translator(language)
    for check in CHECKS:
        assert title_of(check.name, words)
        for reason in check.reasons:
            assert words.has(f"check.{check.name}.{reason}")


def test_moments_and_sizes_are_put_in_words() -> None:
    words = CATALOGUE.translator("en")
    disk = next(finding for finding in HEALTHY if finding.name == "disk")
    assert sentence_of(disk, NOW_MS, words) == "There is enough space: 80 GB are free."
    phones = Finding("phones", Area.PHONES, Verdict.PASS, "lately", {"when": NOW_MS - 120_000})
    assert sentence_of(phones, NOW_MS, words) == "A phone synced 2 minutes ago."


def test_a_reason_that_all_checks_share_has_one_sentence() -> None:
    finding = Finding("outbox", Area.CLOUD, Verdict.PASS, SharedReason.NOT_CONNECTED)
    assert sentence_of(finding, NOW_MS, CATALOGUE.translator("en")) == "This computer works without a cloud."
