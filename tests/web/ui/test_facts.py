"""When something was last done, in words and exactly."""

from __future__ import annotations

import pytest

from web.i18n import LANGUAGES, load_catalogue
from web.ui.facts import moment

NOW = 1_790_000_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_moment_is_told_in_words_and_exactly(language: str) -> None:
    words = load_catalogue().translator(language)
    fact = moment("Last sync", NOW - 5 * 60_000, NOW, words)
    assert (fact.label, fact.value) == ("Last sync", words.text("time.minutes_ago", count=5))
    assert fact.exact == words.date_time(NOW - 5 * 60_000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_never_done_says_so(language: str) -> None:
    words = load_catalogue().translator(language)
    fact = moment("Last sync", 0, NOW, words)
    assert (fact.value, fact.exact) == (words.text("phones.never"), None)
