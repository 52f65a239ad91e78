from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from kiosk.instance import claim_window
from kiosk.paths import DataFolder
from kiosk.window import WindowTexts, message_page


def texts(**changed: object) -> WindowTexts:
    words = dict.fromkeys(
        ("starting", "restarting", "updating", "stopping", "cannot_start", "close_title", "close_message"), "…"
    )
    fixed = {"title": "Título", "language": "ar", "is_right_to_left": True, "sentence": lambda failure: failure.code}
    menu = {"menu": (), "save_title": "…", "backup_title": "…", "failed_title": "…", "failure": str}
    return WindowTexts(**{**words, **fixed, **menu, **changed})  # type: ignore[arg-type]


def run_program(folder: DataFolder, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, "-m", "tests.fakes.window_program", "--data-dir", str(folder.root)],
        env={**clean, **environ},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_a_page_of_the_windows_own_speaks_its_language_in_its_direction_and_escapes_what_it_shows() -> None:
    page = message_page(texts(), "<heading>", "a & b")
    assert '<html lang="ar" dir="rtl">' in page
    assert "&lt;heading&gt;" in page
    assert "a &amp; b" in page
    assert "<script" not in page


@pytest.mark.skipif(sys.platform != "linux", reason="on Windows and macOS there is always a display")
def test_without_a_display_nothing_is_shown_or_started_and_the_caller_is_told(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert run_program(folder).stdout.strip() == "no_display"
    assert not folder.runtime_file.exists()
    assert not folder.window_file.exists()


def test_a_second_start_needs_no_display_to_raise_the_first_window(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    raised = threading.Event()
    with claim_window(folder, raised.set) or pytest.fail("no window is open yet"):
        result = run_program(folder)
    assert (result.stdout.strip(), result.returncode) == ("raised_first", 0)
    assert raised.is_set()


@pytest.mark.parametrize("is_stuck", [False, True])
def test_a_thread_that_waits_for_a_page_that_is_gone_does_not_keep_the_process(is_stuck: bool) -> None:
    thread = "threading.Thread(target=threading.Event().wait).start()" if is_stuck else "None"
    program = f"import threading; from kiosk.window import leave; {thread}; print('said'); leave(7)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False)
    assert (result.returncode, result.stdout.strip()) == (7, "said")
