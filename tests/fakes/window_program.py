"""The real window over the stand-in server, as a program of its own: a toolkit needs the main thread to itself."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from kiosk.logs import LogFile
from kiosk.menu import menu_of
from kiosk.paths import DataFolder
from kiosk.runtime_file import StartFailure
from kiosk.supervisor import Patience, Supervisor
from kiosk.window import WindowOutcome, WindowTexts, leave, show_window
from web.i18n import load_catalogue

QUICK = Patience(ready_s=10, look_again_s=0.1, pauses_s=(0.1, 0.1, 0.1))


def texts() -> WindowTexts:
    return WindowTexts(
        title="Window under test",
        language="es",
        is_right_to_left=False,
        starting="Starting",
        restarting="Starting again",
        updating="A newer version is being installed",
        stopping="Stopping",
        cannot_start="Cannot start",
        close_title="Close question",
        close_message="Stop and close?",
        sentence=_sentence,
        menu=menu_of(load_catalogue().translator("es")),
        save_title="Save",
        backup_title="Restore",
        failed_title="Failed",
        failure=str,
    )


def _sentence(failure: StartFailure) -> str:
    return f"because of {failure.code}"


def main() -> NoReturn:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("server_options", nargs="*")
    options = parser.parse_args()
    folder = DataFolder(options.data_dir)
    folder.prepare()
    command = [sys.executable, "-m", "tests.fakes.standin_server", "--data-dir", str(folder.root)]
    supervisor = Supervisor(folder, [*command, *options.server_options], QUICK)
    with LogFile(folder, "window"):
        result = show_window(folder, texts, supervisor)
    print(result.outcome, result.missing or "", flush=True)
    leave(0 if result.outcome in (WindowOutcome.CLOSED, WindowOutcome.RAISED_FIRST) else 1)


if __name__ == "__main__":
    main()
