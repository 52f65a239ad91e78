from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from web.phone.traffic import Traffic


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Answer:
    def __init__(self) -> None:
        self.closed = 0

    def __iter__(self) -> Any:
        return iter([b"a"])

    def close(self) -> None:
        self.closed += 1


def test_it_is_quiet_until_a_phone_comes_and_again_after_its_answer_is_closed() -> None:
    clock, answer = Clock(), Answer()
    traffic = Traffic(clock)
    assert traffic.quiet_for() == float("inf")
    app = traffic.watched(lambda environ, start: answer)
    pieces: Any = app({}, None)
    assert list(pieces) == [b"a"]
    clock.now += 7
    assert traffic.quiet_for() == 0.0
    pieces.close()
    pieces.close()
    clock.now += 3
    assert traffic.quiet_for() == 3.0
    assert answer.closed == 2


def test_several_at_once_are_counted() -> None:
    clock = Clock()
    traffic = Traffic(clock)
    app = traffic.watched(lambda environ, start: [b"a"])
    first: Any = app({}, None)
    second: Any = app({}, None)
    first.close()
    assert traffic.quiet_for() == 0.0
    second.close()
    clock.now += 1
    assert traffic.quiet_for() == 1.0


def test_a_request_that_fails_is_over() -> None:
    clock = Clock()
    traffic = Traffic(clock)

    def failing(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        traffic.watched(failing)({}, None)
    clock.now += 1
    assert traffic.quiet_for() == 1.0
