"""The launch token and the sessions it opens."""

from __future__ import annotations

import pytest

from tests.web.ui.serving import TOKEN
from web.ui.sessions import UiSessions


def test_the_token_opens_a_session_that_is_known_from_then_on() -> None:
    sessions = UiSessions(TOKEN)
    session_id = sessions.enter(TOKEN)
    assert session_id is not None
    assert sessions.knows(session_id)
    assert session_id != TOKEN
    assert not sessions.knows(TOKEN)


@pytest.mark.parametrize("wrong", ["", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "é\ud800"])
def test_any_other_word_opens_nothing(wrong: str) -> None:
    sessions = UiSessions(TOKEN)
    assert sessions.enter(wrong) is None
    assert not sessions.is_token(wrong)
    assert not sessions.knows(wrong)


def test_each_entry_gets_its_own_id() -> None:
    sessions = UiSessions(TOKEN)
    assert len({sessions.enter(TOKEN) for _ in range(5)}) == 5


def test_only_the_newest_sessions_are_kept() -> None:
    sessions = UiSessions(TOKEN)
    ids = [sessions.enter(TOKEN) or "" for _ in range(40)]
    assert not sessions.knows(ids[0])
    assert all(sessions.knows(session_id) for session_id in ids[-32:])


def test_a_guessable_token_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        UiSessions("1234")
