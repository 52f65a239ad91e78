from __future__ import annotations

import subprocess
import sys

import pytest

from kiosk.toolkit import ObstacleKind, find_obstacle, missing_library, prepare_environment

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="on Windows and macOS the system draws the window")


def test_remote_control_of_the_page_is_taken_out_of_the_environment() -> None:
    environ = {"QTWEBENGINE_REMOTE_DEBUGGING": "9222", "QTWEBENGINE_CHROMIUM_FLAGS": "--remote-debugging-port=9222"}
    prepare_environment(environ, is_root=False)
    assert "QTWEBENGINE_REMOTE_DEBUGGING" not in environ
    assert "remote" not in environ["QTWEBENGINE_CHROMIUM_FLAGS"]


def test_only_a_test_of_the_window_may_keep_it() -> None:
    environ = {"QTWEBENGINE_REMOTE_DEBUGGING": "9222", "HIKMA_TEST_WINDOW": "1"}
    prepare_environment(environ, is_root=False)
    assert environ["QTWEBENGINE_REMOTE_DEBUGGING"] == "9222"


def test_the_sandbox_is_off_for_root_only() -> None:
    for is_root in (False, True):
        environ: dict[str, str] = {}
        prepare_environment(environ, is_root=is_root)
        assert ("QTWEBENGINE_DISABLE_SANDBOX" in environ) is is_root


def test_preparing_twice_is_like_preparing_once() -> None:
    environ: dict[str, str] = {}
    prepare_environment(environ, is_root=True)
    once = dict(environ)
    prepare_environment(environ, is_root=True)
    assert environ == once


@linux_only
@pytest.mark.parametrize("environ", [{}, {"DISPLAY": ""}, {"DISPLAY": ":987"}, {"WAYLAND_DISPLAY": "wayland-987"}])
def test_without_a_display_that_answers_there_is_no_window(environ: dict[str, str]) -> None:
    obstacle = find_obstacle(environ)
    assert obstacle is not None
    assert obstacle.kind is ObstacleKind.NO_DISPLAY


@linux_only
def test_without_the_toolkit_the_missing_module_is_named() -> None:
    program = (
        "import sys; sys.modules['PySide6'] = None; from kiosk.toolkit import find_obstacle;"
        "obstacle = find_obstacle({'QT_QPA_PLATFORM': 'offscreen'}); print(obstacle.kind, obstacle.missing)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    kind, missing = result.stdout.split()
    assert kind == "no_toolkit"
    assert missing.startswith("PySide6")


@pytest.mark.parametrize(
    ("message", "library"),
    [
        ("libxcb-cursor.so.0: cannot open shared object file: No such file or directory", "libxcb-cursor.so.0"),
        ("libnss3.so: cannot open shared object file", "libnss3.so"),
        ("something else", None),
    ],
)
def test_a_missing_library_is_found_in_the_loaders_message(message: str, library: str | None) -> None:
    assert missing_library(message) == library
