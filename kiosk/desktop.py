"""The program without a command: the window, or where there can be none, the nearest thing to it.

Knows nothing of what the pages show. Imports neither the window's toolkit nor the database before they are needed.
"""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser

from db.errors import AlreadyRunning, NotRunning
from kiosk.cli import say
from kiosk.config import config_from
from kiosk.language import language_here
from kiosk.launcher import chosen_program, hand_over
from kiosk.logs import LogFile
from kiosk.menu import menu_of
from kiosk.paths import DataFolder, data_folder, keep_new_files_private
from kiosk.private_file import write_private
from kiosk.runtime_file import RunningServer, StartFailure, running_server
from kiosk.start_at_login import is_unwanted
from kiosk.supervisor import Supervisor
from kiosk.tray import TrayTexts
from kiosk.window import WindowOutcome, WindowTexts, leave, show_window
from web.i18n import Catalogue, Translator, load_catalogue


def open_kiosk(words: argparse.Namespace) -> None:
    """Opens the window on the server of the data folder, which is started when it does not run.

    Without a display it serves here, in the foreground, and says where to look; without the window's toolkit it
    does the same and opens the browser.
    """
    keep_new_files_private()
    folder = data_folder(words.data_dir)
    folder.prepare()
    catalogue = load_catalogue()
    with LogFile(folder, "window"):
        result = show_window(folder, lambda: window_texts(catalogue, language_here(folder)), Supervisor(folder))
    if result.outcome is WindowOutcome.REPLACED:
        newer = chosen_program(sys.argv[1:])
        if newer is not None:
            hand_over(newer, sys.argv[1:])
    if result.outcome in (WindowOutcome.CLOSED, WindowOutcome.REPLACED):
        leave(0)
    translator = catalogue.translator(language_here(folder))
    if result.outcome is WindowOutcome.RAISED_FIRST:
        say(translator.text("terminal.window_is_open"), as_json=False)
    elif result.outcome is WindowOutcome.FIRST_SILENT:
        say(translator.text("terminal.window_does_not_answer"), as_json=False)
    elif result.outcome is WindowOutcome.NO_DISPLAY:
        _serve_without_window(folder, translator, opens_browser=False)
    elif result.outcome is WindowOutcome.NO_TOOLKIT:
        if result.missing:
            say(translator.text("terminal.toolkit_missing", name=result.missing), as_json=False)
        _serve_without_window(folder, translator, opens_browser=True)


def open_at_login(words: argparse.Namespace) -> None:
    """``at-login``: opens the window, but only for an account that has records in its data folder.

    The installer's start-up entry is there for every account of the computer. An account that never set up a server
    must not be met by a first-run page every morning, or somebody answers it and the clinic has two servers. And an
    account may not want it: its choice in the tray counts, whatever the installer's entry says.
    """
    folder = data_folder(words.data_dir)
    if folder.database_file.exists() and not is_unwanted(folder):
        open_kiosk(words)


def window_texts(catalogue: Catalogue, language: str) -> WindowTexts:
    """The words of the window itself in a language."""
    translator = catalogue.translator(language)

    def sentence(failure: StartFailure) -> str:
        key = f"window.failure.{failure.code}"
        return translator.text(key) if translator.has(key) else translator.error(failure.code, failure.context)

    def failure_sentence(code: str) -> str:
        return translator.text("menu.no_answer") if code == NotRunning.code else translator.error(code)

    return WindowTexts(
        title=translator.text("app.name"),
        language=translator.language,
        is_right_to_left=translator.direction == "rtl",
        starting=translator.text("window.starting"),
        restarting=translator.text("window.restarting"),
        updating=translator.text("window.updating"),
        stopping=translator.text("window.stopping"),
        cannot_start=translator.text("window.cannot_start"),
        close_title=translator.text("window.close.title"),
        close_message=translator.text("window.close.message"),
        sentence=sentence,
        menu=menu_of(translator),
        backup_title=translator.text("restore.choose_file"),
        save_title=translator.text("diagnostics.save"),
        failed_title=translator.text("menu.failed"),
        failure=failure_sentence,
        tray=tray_texts(translator),
    )


def tray_texts(translator: Translator) -> TrayTexts:
    """The words of the icon beside the clock."""

    def state(code: str) -> str:
        key = f"state.{code}"
        return translator.text(key) if translator.has(key) else ""

    return TrayTexts(
        title=translator.text("app.name"),
        open=translator.text("tray.open"),
        start_at_login=translator.text("tray.start_at_login"),
        quit=translator.text("tray.quit"),
        hidden_title=translator.text("tray.hidden.title"),
        hidden_message=translator.text("tray.hidden.message"),
        state=state,
    )


def _serve_without_window(folder: DataFolder, translator: Translator, *, opens_browser: bool) -> None:
    from kiosk.serve import serve  # the database's libraries; a window has no use for them

    def tell(server: RunningServer) -> None:
        say(translator.text("terminal.serving", phones=server.phones_url or "-", page=server.open_url), as_json=False)
        if opens_browser:
            _open_browser(folder, server)

    # A page that is about to open can say itself that the port is taken, and offer another.
    config = config_from(folder, os.environ, is_attended=opens_browser)
    try:
        serve(config, tell)
    except AlreadyRunning:
        server = running_server(folder)
        if server is None:
            raise
        tell(server)


def _open_browser(folder: DataFolder, server: RunningServer) -> None:
    """By way of a file only this user can read: the address holds the token, and the browser's command line can
    be read by every user of the computer."""
    page = folder.root / "open.html"
    script = f'<!doctype html><meta http-equiv="refresh" content="0;url={server.open_url}">'
    write_private(page, script.encode())
    webbrowser.open(page.as_uri())
