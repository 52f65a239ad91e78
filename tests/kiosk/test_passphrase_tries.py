"""Wrong passphrases in a row, counted in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.errors import TooManyTries, WrongPassphrase
from kiosk.passphrase_tries import passphrase_throttle
from kiosk.paths import DataFolder
from tests.fakes.clock import AdjustableClock


def wrong() -> None:
    raise WrongPassphrase


def test_they_are_counted_over_restarts_and_forgotten_with_the_right_one(tmp_path: Path) -> None:
    folder, clock = DataFolder(tmp_path), AdjustableClock()
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            passphrase_throttle(folder, clock).attempt(wrong)
    throttle = passphrase_throttle(folder, clock)
    with pytest.raises(TooManyTries):
        throttle.attempt(wrong)
    clock.advance(5_000)
    throttle.attempt(lambda: None)
    assert not folder.passphrase_tries_file.exists()


def test_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.passphrase_tries_file.write_text("many")
    passphrase_throttle(folder, AdjustableClock()).attempt(lambda: None)
