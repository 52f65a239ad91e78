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
from typing import Any, NoReturn

from kiosk.instance import claim_window, raise_first_window
from kiosk.paths import DataFolder
from kiosk.runtime_file import RunningServer, StartFailure
from kiosk.supervisor import NOT_READY, ServerReport, ServerState, Supervisor
from kiosk.toolkit import ObstacleKind, find_obstacle, is_root, prepare_environment, speak

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
    stopping: str
    cannot_start: str  # heading above the sentence of a failure
    close_title: str
    close_message: str  # a question whose answers are "OK" (stop and close) and "Cancel" (stay open)
    sentence: Callable[[StartFailure], str]


class WindowOutcome(StrEnum):
    """How ``show_window`` ended."""

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
    window = _KioskWindow(texts, supervisor)
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

    def __init__(self, texts: Callable[[], WindowTexts], supervisor: Supervisor) -> None:
        self._texts = texts
        self._supervisor = supervisor
        self._window: Any = None
        self._lock = threading.Lock()
        self._shown: RunningServer | None = None
        self._has_server = True  # False once there is nothing left that closing would stop
        self._is_asking = False
        self._may_close = False
        self._is_maximized = False

    def run(self) -> WindowResult:
        webview = importlib.import_module("webview")
        logging.getLogger("pywebview").handlers.clear()  # it would print on the terminal
        webview.settings["ALLOW_FILE_URLS"] = False
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
        events.before_show += self._without_bridge
        events.closing += self._on_closing
        events.maximized += self._on_maximized
        events.restored += self._on_restored
        try:
            webview.start(self._supervise, gui=_toolkit_name())
        except webview.WebViewException:
            log.exception("the window's toolkit does not start")
            return WindowResult(WindowOutcome.NO_TOOLKIT)
        finally:
            self._supervisor.close()
        return WindowResult(WindowOutcome.CLOSED)

    def _without_bridge(self) -> None:
        """Qt: no page of ours calls Python or is called by it, so pywebview's bridge is not put into them.

        Its script would be in the reach of every page, and a page that goes on to the next one meanwhile, as
        /open does, would leave a thread of it waiting for ever.
        """
        if sys.platform == "linux":
            view = self._window.native
            view.webview.page().loadFinished.disconnect(view.on_load_finished)

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
        elif report.state is ServerState.RESTARTING:
            self._show_message(message_page(texts, texts.restarting))
        elif report.state is ServerState.FAILED and report.failure:
            self._has_server = report.failure.code == NOT_READY
            self._show_message(message_page(texts, texts.cannot_start, texts.sentence(report.failure)))
        elif report.state is ServerState.STOPPED:
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
        texts = self._texts()
        speak(texts.language, is_right_to_left=texts.is_right_to_left)
        threading.Thread(target=self._ask_and_close, args=(texts,), name="close-question", daemon=True).start()
        return False

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
