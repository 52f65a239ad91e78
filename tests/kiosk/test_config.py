from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.config import ALL_ADDRESSES, BODY_LIMIT_VARIABLE, config_from
from kiosk.keystore import CHOICE_VARIABLE, KeystoreChoice
from kiosk.paths import DataFolder

FOLDER = DataFolder(Path("clinic"))
DEFAULT_LIMIT = 64 * 1024**2


def test_nothing_said_means_all_addresses_the_chosen_port_and_no_window() -> None:
    config = config_from(FOLDER, {})
    assert (config.host, config.port, config.is_attended) == (ALL_ADDRESSES, None, False)
    assert config.keystore is KeystoreChoice.BEST
    assert config.body_limit_bytes == DEFAULT_LIMIT


def test_what_the_command_line_says_is_taken() -> None:
    config = config_from(FOLDER, {}, host="127.0.0.1", port=0, is_attended=True)
    assert (config.folder, config.host, config.port, config.is_attended) == (FOLDER, "127.0.0.1", 0, True)


def test_the_environment_chooses_keystore_and_limit() -> None:
    config = config_from(FOLDER, {CHOICE_VARIABLE: "file", BODY_LIMIT_VARIABLE: "8"})
    assert config.keystore is KeystoreChoice.FILE
    assert config.body_limit_bytes == 8 * 1024**2


@pytest.mark.parametrize("limit", ["", "0", "-1", "1.5", "much", "\u0663", "1e3"])
def test_a_limit_that_is_no_number_counts_as_unset(limit: str) -> None:
    assert config_from(FOLDER, {BODY_LIMIT_VARIABLE: limit}).body_limit_bytes == DEFAULT_LIMIT
