"""Several files are replaced as one: stopped at any moment, and gone on with, all are old or all are new."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.exchange import (
    At,
    ExchangeStep,
    begin_exchange,
    decide_exchange,
    finish_exchange,
    give_up_exchange,
    has_database,
)
from db.files import DATABASE_NAME, INCOMING_NAME, STAGING_NAME

OLD = {DATABASE_NAME: b"old", f"{DATABASE_NAME}-wal": b"old log", f"{DATABASE_NAME}-shm": b"-", "key": b"old key"}
NEW = {DATABASE_NAME: b"new", "key-name": b"new name", "recovery": b"code"}
EXPECTED = NEW | {"mine": b"stays"}


class StoppedError(Exception):
    """The process ends here."""


def stop_at(step: ExchangeStep) -> At:
    def at(reached: ExchangeStep) -> None:
        if reached is step:
            raise StoppedError

    return at


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)


@pytest.fixture
def ready(folder: Path) -> Path:
    """A folder with the old files, and the new ones made ready."""
    write(folder, OLD | {"mine": b"stays"})
    write(begin_exchange(folder), NEW)
    return folder


def test_new_files_take_the_place_of_the_old_which_are_put_aside(ready: Path) -> None:
    decide_exchange(ready, removed=("key", "missing"), aside="replaced/today")
    assert files_in(ready) == EXPECTED
    assert files_in(ready / "replaced" / "today") == OLD
    assert {path.name for path in ready.iterdir() if path.is_dir()} == {"replaced"}


def test_old_files_are_deleted_where_nobody_wants_them(ready: Path) -> None:
    decide_exchange(ready, removed=("key",))
    assert files_in(ready) == EXPECTED
    assert not [path for path in ready.iterdir() if path.is_dir()]


def test_files_for_an_empty_folder_need_nothing_aside(folder: Path) -> None:
    write(begin_exchange(folder), NEW)
    decide_exchange(folder, removed=("key",), aside="replaced/today")
    assert files_in(folder) == NEW
    assert not (folder / "replaced").exists()


@pytest.mark.parametrize("step", ExchangeStep)
@pytest.mark.parametrize("aside", ["replaced/today", None])
def test_a_stop_leaves_all_old_or_all_new_after_the_next_opening(
    ready: Path, step: ExchangeStep, aside: str | None
) -> None:
    with pytest.raises(StoppedError):
        decide_exchange(ready, removed=("key",), aside=aside, at=stop_at(step))
    assert has_database(ready)
    was_decided = finish_exchange(ready)
    assert was_decided == (step in (ExchangeStep.DECIDED, ExchangeStep.MOVED_AWAY, ExchangeStep.MOVED_IN))
    if step is ExchangeStep.READY:
        assert files_in(ready) == OLD | {"mine": b"stays"}
        return
    assert files_in(ready) == EXPECTED
    if aside:
        assert files_in(ready / aside) == OLD
    assert not finish_exchange(ready)


@pytest.mark.parametrize("step", [ExchangeStep.MOVED_AWAY, ExchangeStep.MOVED_IN])
def test_a_second_stop_while_going_on_changes_nothing(ready: Path, step: ExchangeStep) -> None:
    with pytest.raises(StoppedError):
        decide_exchange(ready, removed=("key",), aside="aside", at=stop_at(ExchangeStep.DECIDED))
    with pytest.raises(StoppedError):
        finish_exchange(ready, at=stop_at(step))
    finish_exchange(ready)
    assert files_in(ready) == EXPECTED
    assert files_in(ready / "aside") == OLD


def test_what_was_made_ready_and_not_decided_on_can_be_given_up(ready: Path) -> None:
    give_up_exchange(ready)
    give_up_exchange(ready)
    assert files_in(ready) == OLD | {"mine": b"stays"}
    assert not (ready / STAGING_NAME).exists()


def test_beginning_anew_clears_what_was_left_behind(ready: Path) -> None:
    assert list(begin_exchange(ready).iterdir()) == []


def test_a_refusal_before_the_decision_changes_nothing(ready: Path) -> None:
    (ready / INCOMING_NAME).write_bytes(b"in the way")
    with pytest.raises(OSError):
        decide_exchange(ready, removed=("key",))
    assert files_in(ready) == OLD | {"mine": b"stays", INCOMING_NAME: b"in the way"}


def test_nothing_is_left_to_do_where_nothing_was_decided(folder: Path) -> None:
    assert not finish_exchange(folder)
    assert not has_database(folder)
