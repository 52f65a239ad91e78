from __future__ import annotations

import platform

import pytest

from kiosk import __version__
from kiosk.update.versions import is_newer, parse, this_platform


def test_versions_are_compared_by_their_numbers() -> None:
    assert is_newer("0.10.0", "0.9.9")
    assert not is_newer("1.0.0", "1.0.0")
    assert not is_newer("0.9.9", "0.10.0")
    assert parse(__version__)


@pytest.mark.parametrize("text", ["", "1.0", "1.0.0-rc1", "1.0.0.0", "v1.0.0", "1.0.٣", "1.0.0\n"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="version"):
        parse(text)


def test_this_computer_has_a_kind() -> None:
    assert this_platform().startswith(f"{platform.system().lower()}-")
    assert not this_platform().endswith("-headless")
