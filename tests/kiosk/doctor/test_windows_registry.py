"""Where there is no registry nothing is in it."""

from __future__ import annotations

import sys

import pytest

from kiosk.doctor.windows_registry import LocalMachine


@pytest.mark.skipif(sys.platform == "win32", reason="there is one")
def test_elsewhere_nothing_is_there() -> None:
    assert LocalMachine().values(r"SOFTWARE\Microsoft") == {}


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows has one")
def test_on_windows_its_name_is_there() -> None:
    assert "ProductName" in LocalMachine().values(r"SOFTWARE\Microsoft\Windows NT\CurrentVersion")
    assert LocalMachine().values(r"SOFTWARE\no such key") == {}
