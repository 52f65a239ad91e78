from __future__ import annotations

from kiosk.update.place import Outcome, Plan, UpdatePlace
from kiosk.update.pointer import count_start


def test_a_plan_and_an_outcome_are_read_as_they_were_written(place: UpdatePlace) -> None:
    assert (place.read_plan(), place.read_outcome()) == (None, None)
    plan = Plan(version="1.1.0", start="program/1.1.0/start", serve=("--port", "4001"))
    outcome = Outcome(result="ok", version="1.1.0", before="1.0.0", at_ms=7)
    place.write_plan(plan)
    place.write_outcome(outcome)
    assert (place.read_plan(), place.read_outcome()) == (plan, outcome)
    place.plan_file.write_bytes(b"{")
    assert place.read_plan() is None


def test_what_is_not_needed_goes_and_the_outcome_stays(place: UpdatePlace) -> None:
    for version in ("1.0.0", "1.1.0"):
        place.program(version).mkdir()
    place.trial.mkdir()
    place.write_outcome(Outcome(result="ok", version="1.1.0", before="1.0.0", at_ms=7))
    place.clear(keep=("1.1.0",))
    assert sorted(path.name for path in place.folder.program.iterdir()) == ["1.1.0", "outcome.json"]


def test_starts_are_counted_anew_for_each_program(place: UpdatePlace) -> None:
    root = place.folder.root
    assert [count_start(root), count_start(root)] == [0, 1]
    place.forget_starts()
    assert count_start(root) == 0
