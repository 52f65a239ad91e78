"""The window: a view of the running server's pages, and the question before it closes.

Knows nothing of what the pages show or of the database. It is a client of the server like any other (DESIGN §2).
"""

from __future__ import annotations

import html
import importlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, NoReturn

from kiosk.instance import claim_window, raise_first_window
from kiosk.menu import MenuAction, MenuGroup
from kiosk.menu_desk import MenuDesk
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer, StartFailure
from kiosk.start_at_login import start_at_login
from kiosk.supervisor import NOT_READY, ServerReport, ServerState, Supervisor
from kiosk.toolkit import ObstacleKind, find_obstacle, is_root, prepare_environment, speak
from kiosk.tray import TrayTexts, tray_before_window, tray_in_qt
from kiosk.tray_desk import TrayDesk
from kiosk.window_menu import retitle, toolkit_menu

SIZE = (1100, 760)
SMALLEST = (800, 600)
LEAVE_PATIENCE_S = 1.0
BACKGROUND = "#f6f7f9"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WindowTexts:
    """The words the window itself shows; everything else comes from the server's pages."""

    title: str
    language: str  # "en", "ar" or "es"
    is_right_to_left: bool
    starting: str
    restarting: str
    updating: str
    stopping: str
    cannot_start: str  # heading above the sentence of a failure
    close_title: str
    close_message: str  # a question whose answers are "OK" (stop and close) and "Cancel" (stay open)
    sentence: Callable[[StartFailure], str]
    menu: tuple[MenuGroup, ...]
    save_title: str  # of the dialog that asks where to save a report
    backup_title: str  # of the dialog that asks for the file of a backup
    failed_title: str  # of the dialog that says why something in the menu did not work
    failure: Callable[[str], str]  # the sentence of an error, by its code
    tray: TrayTexts | None = None  # of the icon beside the clock; None: no icon


class WindowOutcome(StrEnum):
    """How ``show_window`` ended."""

    REPLACED = "replaced"  # a newer program is in force: the caller becomes it
    CLOSED = "closed"  # the window was there and is closed; the server is stopped, or was given up
    RAISED_FIRST = "raised_first"  # there was a window already; it is in front now
    FIRST_SILENT = "first_silent"  # there was a window already, but it did not answer
    NO_DISPLAY = "no_display"  # nothing was shown or started: the caller serves and says where to look
    NO_TOOLKIT = "no_toolkit"  # nothing was shown or started: the caller opens the browser


@dataclass(frozen=True)
class WindowResult:
    """How it ended, and what was missing where something was."""

    outcome: WindowOutcome
    missing: str | None = None


def show_window(folder: DataFolder, texts: Callable[[], WindowTexts], supervisor: Supervisor) -> WindowResult:
    """Opens the window of this user and data folder and returns when it is closed. On the main thread.

    ``texts`` is asked each time words are needed, since staff may change the language meanwhile. It is called
    in the toolkit's thread too, so it must answer at once.
    """
    window = _KioskWindow(folder, texts, supervisor)
    claim = claim_window(folder, window.come_to_front)
    if claim is None:
        is_raised = raise_first_window(folder)
        return WindowResult(WindowOutcome.RAISED_FIRST if is_raised else WindowOutcome.FIRST_SILENT)
    with claim:
        prepare_environment(os.environ, is_root=is_root())
        obstacle = find_obstacle(os.environ)
        if obstacle is not None:
            has_display = obstacle.kind is not ObstacleKind.NO_DISPLAY
            outcome = WindowOutcome.NO_TOOLKIT if has_display else WindowOutcome.NO_DISPLAY
            return WindowResult(outcome, obstacle.missing)
        return window.run()


def leave(exit_code: int) -> NoReturn:
    """Ends the process that showed a window. The last call of its main thread.

    A page that goes away while the toolkit's bridge talks to it leaves threads behind that wait for an answer
    for ever (seen with pywebview 6.2 on Qt) and would keep the process alive without a window.
    """
    deadline = time.monotonic() + LEAVE_PATIENCE_S
    others = [thread for thread in threading.enumerate() if not thread.daemon and thread is not threading.main_thread()]
    for thread in others:
        thread.join(max(0.0, deadline - time.monotonic()))
    if any(thread.is_alive() for thread in others):
        logging.shutdown()
        if sys.stdout is not None:
            sys.stdout.flush()
        os._exit(exit_code)
    sys.exit(exit_code)


class _KioskWindow:
    """Called by the toolkit in its thread, by the supervisor in another, by a second start in a third."""

    def __init__(self, folder: DataFolder, texts: Callable[[], WindowTexts], supervisor: Supervisor) -> None:
        self._texts = texts
        self._supervisor = supervisor
        self._window: Any = None
        self._lock = threading.Lock()
        self._shown: RunningServer | None = None
        self._has_server = True  # False once there is nothing left that closing would stop
        self._is_asking = False
        self._may_close = False
        self._is_replaced = False
        self._is_maximized = False
        self._menu = MenuDesk(folder, self)
        self._menu_shown: tuple[MenuGroup, ...] = ()
        at_login = start_at_login(folder, Path.home(), os.environ)
        self._tray = TrayDesk(folder, self, lambda: self._texts().tray, at_login)

    def run(self) -> WindowResult:
        webview = importlib.import_module("webview")
        logging.getLogger("pywebview").handlers.clear()  # it would print on the terminal
        webview.settings["ALLOW_FILE_URLS"] = False
        webview.settings["ALLOW_DOWNLOADS"] = sys.platform != "linux"  # there see _prepare_view
        texts = self._texts()
        self._window = webview.create_window(
            texts.title,
            html=message_page(texts, texts.starting),
            width=SIZE[0],
            height=SIZE[1],
            min_size=SMALLEST,
            background_color=BACKGROUND,
            text_select=True,
        )
        events = self._window.events
        events.before_show += self._prepare_view
        events.closing += self._on_closing
        events.maximized += self._on_maximized
        events.restored += self._on_restored
        try:
            self._menu_shown = texts.menu
            self._tray.put_up(tray_before_window)
            webview.start(
                self._supervise,
                gui=_toolkit_name(),
                menu=toolkit_menu(texts.menu, self._menu.do),
            )
        except webview.WebViewException:
            log.exception("the window's toolkit does not start")
            return WindowResult(WindowOutcome.NO_TOOLKIT)
        finally:
            self._supervisor.close()
            self._tray.take_down()
        return WindowResult(WindowOutcome.REPLACED if self._is_replaced else WindowOutcome.CLOSED)

    def _prepare_view(self) -> None:
        """Qt: no page of ours calls Python or is called by it, so pywebview's bridge is not put into them.

        Its script would be in the reach of every page, and a page that goes on to the next one meanwhile, as
        /open does, would leave a thread of it waiting for ever. And a download asks where to, as the menu does:
        pywebview 6.2 asks in a way that Qt 6 no longer has.
        """
        if sys.platform == "linux":
            view = self._window.native
            page = view.webview.page()
            page.loadFinished.disconnect(view.on_load_finished)
            page.loadFinished.connect(self._on_page)
            page.profile().downloadRequested.connect(self._on_download)
            self._tray.put_up(tray_in_qt)
            self._speak(self._texts())

    def _on_page(self, is_loaded: bool) -> None:
        """Qt: after a change of language a page is loaded anew, and the menu follows it. In the toolkit's thread."""
        texts = self._texts()
        if texts.menu != self._menu_shown:
            self._menu_shown = texts.menu
            retitle(self._window.native.menuBar(), texts.menu)
            self._tray.refresh()
            self._speak(texts)

    def _on_download(self, download: Any) -> None:
        """Qt: the report is the one thing a page offers for saving."""
        download.cancel()
        threading.Thread(target=self._menu.do, args=(MenuAction.EXPORT,), name="export", daemon=True).start()

    @staticmethod
    def _speak(texts: WindowTexts) -> None:
        speak(texts.language, is_right_to_left=texts.is_right_to_left)

    # WindowHands

    def server(self) -> RunningServer | None:
        """See WindowHands."""
        return self._shown

    def open_page(self, path: str) -> None:
        """See WindowHands."""
        server = self._shown
        if server is not None:
            self._window.load_url(f"{server.ui_url}{path}")

    def choose_file(self, folder: Path, name: str) -> Path | None:
        """See WindowHands."""
        dialog = importlib.import_module("webview").FileDialog.SAVE
        self._window.localization["global.saveFile"] = self._texts().save_title
        chosen = self._window.create_file_dialog(
            dialog, directory=str(folder), save_filename=name, file_types=("ZIP (*.zip)",)
        )
        return Path(chosen if isinstance(chosen, str) else chosen[0]) if chosen and chosen[0] else None

    def choose_backup(self) -> Path | None:
        """See WindowHands. All files are shown: pywebview 6.2 takes no filter for an ending with a hyphen."""
        dialog = importlib.import_module("webview").FileDialog.OPEN
        self._window.localization["linux.openFile"] = self._texts().backup_title
        chosen = self._window.create_file_dialog(dialog, directory=str(Path.home()))
        return Path(chosen if isinstance(chosen, str) else chosen[0]) if chosen and chosen[0] else None

    def tell_failure(self, code: str) -> None:
        """See WindowHands."""
        texts = self._texts()
        self._window.create_confirmation_dialog(texts.failed_title, texts.failure(code))

    # TrayWindow

    def hide(self) -> None:
        """See TrayWindow."""
        self._window.hide()

    def tell(self, title: str, message: str) -> None:
        """See TrayWindow."""
        self._window.create_confirmation_dialog(title, message)

    def ask_to_end(self) -> None:
        """See TrayWindow."""
        with self._lock:
            if self._is_asking or self._may_close:
                return
            self._is_asking = True
        if not self._has_server:
            with self._lock:
                self._may_close = True
            self._window.destroy()
            return
        texts = self._texts()
        self._ask_and_close(texts)

    def come_to_front(self) -> None:
        """A second start asks for this, at any time and in any thread."""
        window = self._window
        if window is None or not window.events.shown.wait(10):
            return
        window.restore()
        if self._is_maximized:
            window.maximize()
        window.show()

    def _supervise(self) -> None:
        self._supervisor.run(self._on_report)

    def _on_report(self, report: ServerReport) -> None:
        # pywebview itself gives a window 20 s to appear and then raises; an old computer may need longer.
        while not self._window.events.shown.wait(1):
            if self._window.events.closed.is_set():
                return
        texts = self._texts()
        if report.state is ServerState.RUNNING and report.server:
            self._show_server(report.server)
            self._tray.refresh()
        elif report.state is ServerState.RESTARTING:
            self._show_message(message_page(texts, texts.restarting))
            self._tray.say(texts.restarting)
        elif report.state is ServerState.FAILED and report.failure:
            self._has_server = report.failure.code == NOT_READY
            self._show_message(message_page(texts, texts.cannot_start, texts.sentence(report.failure)))
            self._tray.say(texts.cannot_start)
        elif report.state is ServerState.UPDATING:
            self._has_server = False
            self._show_message(message_page(texts, texts.updating))
        elif report.state in (ServerState.STOPPED, ServerState.REPLACED):
            self._is_replaced = report.state is ServerState.REPLACED
            self._may_close = True
            self._window.destroy()

    def _show_server(self, server: RunningServer) -> None:
        self._has_server = True
        shown, self._shown = self._shown, server
        if shown is None or (shown.ui_url, shown.token) != (server.ui_url, server.token):
            self._window.load_url(server.open_url)

    def _show_message(self, page: str) -> None:
        self._shown = None
        self._window.load_html(page, base_uri="")

    def _on_closing(self) -> bool:
        """Asked by the toolkit, in its thread; False keeps the window. So the question is asked in another."""
        with self._lock:
            if self._may_close or not self._has_server:
                return True
            if self._is_asking:
                return False
            self._is_asking = True
        if self._tray.is_shown:
            threading.Thread(target=self._hide_in_tray, name="hide", daemon=True).start()
            return False
        texts = self._texts()
        self._speak(texts)
        threading.Thread(target=self._ask_and_close, args=(texts,), name="close-question", daemon=True).start()
        return False

    def _hide_in_tray(self) -> None:
        try:
            self._tray.hide_window()
        finally:
            with self._lock:
                self._is_asking = False

    def _ask_and_close(self, texts: WindowTexts) -> None:
        is_agreed = self._window.create_confirmation_dialog(texts.close_title, texts.close_message)
        if not is_agreed:
            with self._lock:
                self._is_asking = False
            return
        self._supervisor.close()
        self._show_message(message_page(texts, texts.stopping))
        if not self._supervisor.stop_server():
            log.error("the server did not end in time")
        with self._lock:
            self._may_close = True
        self._window.destroy()

    def _on_maximized(self) -> None:
        self._is_maximized = True

    def _on_restored(self) -> None:
        self._is_maximized = False


def message_page(texts: WindowTexts, heading: str, sentence: str = "") -> str:
    """A page that needs no server: one heading, one sentence at most."""
    direction = "rtl" if texts.is_right_to_left else "ltr"
    return (
        f'<!doctype html><html lang="{html.escape(texts.language)}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{html.escape(texts.title)}</title><style>"
        f"html{{height:100%;background:{BACKGROUND};color:#1d2733;font:17px/1.6 system-ui,sans-serif}}"
        "body{margin:0;height:100%;display:grid;place-items:center}main{max-width:36rem;padding:2rem;text-align:center}"
        "h1{font-size:1.5rem;font-weight:600;margin:0 0 .5rem}p{margin:0}</style></head>"
        f'<body><main role="status"><h1>{html.escape(heading)}</h1><p>{html.escape(sentence)}</p></main></body></html>'
    )


def _toolkit_name() -> str | None:
    """What pywebview is told to use: on Windows never Internet Explorer, on Linux never GTK."""
    return {"win32": "edgechromium", "linux": "qt"}.get(sys.platform)
