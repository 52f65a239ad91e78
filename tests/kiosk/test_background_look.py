"""What takes long to find out keeps nobody waiting, and nothing that happened meanwhile is missed."""

from __future__ import annotations

import threading

from kiosk.background_look import BackgroundLook
from tests.polling import eventually


def test_what_is_found_at_once_is_there_at_once() -> None:
    look = BackgroundLook(lambda: "found", "nothing")
    assert (look.last, look.is_looking) == ("nothing", False)
    look.again()
    assert (look.last, look.is_looking) == ("found", False)


def test_meanwhile_the_last_answer_is_told_and_a_wish_in_between_is_not_forgotten() -> None:
    answers, go_on = iter(["first", "second", "third"]), threading.Semaphore(0)

    def slowly() -> str:
        go_on.acquire()
        return next(answers)

    look = BackgroundLook(slowly, "nothing", patience_s=0)
    look.again()
    look.again()
    look.again()
    assert (look.last, look.is_looking) == ("nothing", True)
    go_on.release()
    eventually(lambda: look.last == "first")
    assert look.is_looking
    go_on.release()
    eventually(lambda: not look.is_looking)
    assert look.last == "second"  # two wishes during one look are one


def test_a_look_that_fails_changes_nothing_and_can_be_tried_again() -> None:
    answers = iter([OSError(), "found"])

    def shakily() -> str:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    look = BackgroundLook(shakily, "nothing")
    look.again()
    assert (look.last, look.is_looking) == ("nothing", False)
    look.again()
    assert look.last == "found"
