"""One count at a time, none where nothing has changed, and the next one the later the longer the last one took."""

from __future__ import annotations

import threading

import pytest

from kiosk.background_count import SHARE_OF_TIME, BackgroundCount, in_background
from tests.kiosk.background import Background


class Hands:
    """Seconds that the test moves on."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def background() -> Background:
    return Background()


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def counting(background: Background, hands: Hands) -> BackgroundCount:
    return BackgroundCount("test", background.begun.append, hands)


def _begin(counting: BackgroundCount, *, is_fresh: bool = False) -> None:
    counting.begin_unless_fresh(lambda: is_fresh, lambda: None)


def test_one_that_is_under_way_is_not_begun_again(counting: BackgroundCount, background: Background) -> None:
    _begin(counting)
    _begin(counting)
    assert background.finish() == 1
    _begin(counting)
    assert background.finish() == 1


def test_what_has_not_changed_is_not_counted(counting: BackgroundCount, background: Background) -> None:
    _begin(counting, is_fresh=True)
    assert background.finish() == 0


def test_after_a_long_one_the_next_waits(counting: BackgroundCount, background: Background, hands: Hands) -> None:
    def count() -> None:
        hands.now_s += 2

    counting.begin_unless_fresh(lambda: False, count)
    assert background.finish() == 1
    hands.now_s += 2 * SHARE_OF_TIME - 0.1
    _begin(counting)
    assert background.finish() == 0
    hands.now_s += 0.2
    _begin(counting)
    assert background.finish() == 1


def test_one_that_fails_is_begun_again(counting: BackgroundCount, background: Background) -> None:
    def count() -> None:
        raise LookupError

    counting.begin_unless_fresh(lambda: False, count)
    assert background.finish() == 1
    _begin(counting)
    assert background.finish() == 1


def test_it_runs_on_a_thread_of_its_own() -> None:
    names: list[str] = []
    done = threading.Event()

    def work() -> None:
        names.append(threading.current_thread().name)
        done.set()

    in_background(work)
    assert done.wait(10)
    assert names != [threading.current_thread().name]
