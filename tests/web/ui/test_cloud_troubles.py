"""Every way in which a round can fail leads to something that helps."""

from __future__ import annotations

import pytest

import db.errors
from db.errors import CloudFailure, CloudLimitReached, CloudOffline, DiskFull, NotTheCloud
from web.i18n import LANGUAGES, load_catalogue
from web.ui.cloud_troubles import Trouble, trouble_of

FAILURES = [
    kind for kind in vars(db.errors).values() if isinstance(kind, type) and issubclass(kind, (CloudFailure, DiskFull))
]


@pytest.mark.parametrize("result", ["ok", ""])
def test_a_round_that_went_well_or_never_was_is_no_trouble(result: str) -> None:
    assert trouble_of(result) is None


def test_being_offline_needs_nobody() -> None:
    assert trouble_of(CloudOffline.code) is Trouble.OFFLINE
    assert Trouble.OFFLINE.passes_by_itself


def test_a_sign_in_page_needs_somebody() -> None:
    assert trouble_of(NotTheCloud.code) is Trouble.WIFI
    assert not Trouble.WIFI.passes_by_itself


def test_the_daily_limit_ends_by_itself() -> None:
    trouble = trouble_of(CloudLimitReached.code)
    assert trouble is Trouble.LIMIT
    assert trouble.passes_by_itself


def test_waiting_helps_against_what_is_not_known_here() -> None:
    assert trouble_of("not_invented_yet") is Trouble.CLOUD


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FAILURES, ids=lambda kind: kind.code)
def test_no_failure_is_told_in_technical_words(kind: type[CloudFailure], language: str) -> None:
    trouble = trouble_of(kind.code)
    assert trouble is not None
    words = load_catalogue().translator(language)
    key = "cloud.halt.key_refused" if trouble is Trouble.KEY else f"cloud.trouble.{trouble.value}"
    told = words.text(key)
    for technical in ("HTTP", "TLS", "SSL", "DNS", "timeout", "401", "500", "error", "Error"):
        assert technical not in told
