"""The keys that phones have agreed with this server: how long each opens messages, and which messages count."""

from __future__ import annotations

import pytest

from db.errors import HandshakeNeeded
from tests.fakes.clock import HOUR_MS, AdjustableClock
from web.rpc.sealing import decode, seal
from web.rpc.sessions import IDLE_MS, MOST_CLIENTS, MOST_KEYS, MOST_MESSAGES, OVERLAP_MS, Sessions


def key(number: int) -> bytes:
    return number.to_bytes(32, "big")


def message(number: int, text: bytes = b"x") -> bytes:
    return decode(b"".join(seal(key(number), [text], "query")).decode())


def opens(sessions: Sessions, number: int, client: str = "c") -> bool:
    try:
        opened = sessions.open(client, message(number), "query")
    except HandshakeNeeded:
        return False
    assert (opened.key, opened.text) == (key(number), b"x")
    return True


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def sessions(clock: AdjustableClock) -> Sessions:
    return Sessions(clock)


def test_an_earlier_key_opens_for_ten_minutes_after_the_next_handshake(
    sessions: Sessions, clock: AdjustableClock
) -> None:
    sessions.begin("c", key(1))
    clock.advance(HOUR_MS)
    sessions.begin("c", key(2))
    clock.advance(OVERLAP_MS - 1)
    sessions.begin("c", key(3))  # gives the first no more time
    assert opens(sessions, 1)
    clock.advance(1)
    assert [opens(sessions, number) for number in (1, 2, 3)] == [False, True, True]


def test_the_clocks_jumps_end_no_session(sessions: Sessions, clock: AdjustableClock) -> None:
    sessions.begin("c", key(1))
    clock.jump(400 * 24 * HOUR_MS)
    assert opens(sessions, 1)


def test_a_key_that_nobody_used_for_a_day_is_forgotten(sessions: Sessions, clock: AdjustableClock) -> None:
    sessions.begin("c", key(1))
    for _ in range(3):
        clock.advance(IDLE_MS - 1)
        assert opens(sessions, 1)
    clock.advance(IDLE_MS)
    assert not opens(sessions, 1)


def test_a_message_counts_once(sessions: Sessions) -> None:
    sessions.begin("c", key(1))
    sealed = message(1)
    sessions.open("c", sealed, "query")
    sessions.begin("c", key(2))
    with pytest.raises(HandshakeNeeded):
        sessions.open("c", sealed, "query")
    assert opens(sessions, 1)  # the same text, sealed anew


def test_a_message_that_did_not_open_does_not_count(sessions: Sessions) -> None:
    sessions.begin("c", key(1))
    sealed = message(1)
    with pytest.raises(HandshakeNeeded):
        sessions.open("c", sealed, "command")
    assert sessions.open("c", sealed, "query").text == b"x"


def test_a_key_is_used_up_after_very_many_messages_and_a_handshake_helps(sessions: Sessions) -> None:
    sessions.begin("c", key(1))
    assert all(opens(sessions, 1) for _ in range(MOST_MESSAGES))
    assert not opens(sessions, 1)
    sessions.begin("c", key(2))
    assert opens(sessions, 2)


def test_a_phone_has_a_bounded_number_of_keys(sessions: Sessions) -> None:
    for number in range(MOST_KEYS + 1):
        sessions.begin("c", key(number))
    assert [opens(sessions, number) for number in range(MOST_KEYS + 1)] == [False] + [True] * MOST_KEYS


def test_of_too_many_phones_the_one_longest_silent_is_forgotten(sessions: Sessions) -> None:
    for number in range(MOST_CLIENTS):
        sessions.begin(str(number), key(number))
    assert opens(sessions, 0, "0")
    sessions.begin("one more", key(9999))
    assert [opens(sessions, number, str(number)) for number in (0, 1, 2)] == [True, False, True]


def test_ending_a_phone_leaves_the_others(sessions: Sessions) -> None:
    for client in ("a", "b"):
        sessions.begin(client, key(1))
    sessions.end("a")
    assert not opens(sessions, 1, "a")
    assert opens(sessions, 1, "b")
