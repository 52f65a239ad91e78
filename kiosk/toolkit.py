"""What must be there before a window can open: a display, the toolkit and its libraries, and a clean environment.

Knows nothing of the window itself. Qt ends the whole process when it finds no display, so that is found out first.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

# Windows: where Microsoft's updater notes the WebView2 runtime, for all users or for this one.
WEBVIEW2 = r"Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"

TEST_VARIABLE = "HIKMA_TEST_WINDOW"
REMOTE_CONTROL = ("QTWEBENGINE_REMOTE_DEBUGGING", "QTWEBENGINE_CHROMIUM_FLAGS")
DISPLAY_PLATFORMS = ("xcb", "wayland")
LIBRARY = re.compile(r"lib[\w.+-]+?\.so[.\d]*")


class ObstacleKind(StrEnum):
    """Why there can be no window."""

    NO_DISPLAY = "no_display"
    NO_TOOLKIT = "no_toolkit"


@dataclass(frozen=True)
class Obstacle:
    """Why there can be no window, and the name of what is missing where it is known."""

    kind: ObstacleKind
    missing: str | None = None


def prepare_environment(environ: MutableMapping[str, str], *, is_root: bool) -> None:
    """Sets what Qt and its browser engine read from the environment. Before the toolkit is loaded.

    Remote control of the page would let any user of this computer read the records on the screen: only the
    tests of the window get it.
    """
    if environ.get(TEST_VARIABLE) != "1":
        for name in REMOTE_CONTROL:
            environ.pop(name, None)
    environ["QT_API"] = "pyside6"
    # What the engine says about graphics drivers it does not find means nothing to whoever started the program.
    environ.setdefault("QT_LOGGING_RULES", "*.info=false;*.warning=false")
    if "--log-level" not in environ.get("QTWEBENGINE_CHROMIUM_FLAGS", ""):
        flags = f"{environ.get('QTWEBENGINE_CHROMIUM_FLAGS', '')} --log-level=3"
        environ["QTWEBENGINE_CHROMIUM_FLAGS"] = flags.strip()
    if is_root:  # the engine refuses to run its sandbox as root
        environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"


def is_root() -> bool:
    """True if this process has all rights on a POSIX system."""
    return sys.platform != "win32" and os.geteuid() == 0


def find_obstacle(environ: Mapping[str, str]) -> Obstacle | None:
    """Looks for what would keep the window from opening on this computer; None if it can open."""
    if sys.platform == "win32":
        return None if webview2_version() else Obstacle(ObstacleKind.NO_TOOLKIT, "WebView2")
    if sys.platform == "darwin":
        has_cocoa = importlib.util.find_spec("WebKit") is not None
        return None if has_cocoa else Obstacle(ObstacleKind.NO_TOOLKIT, "pyobjc-framework-WebKit")
    return _find_qt_obstacle(environ)


def missing_library(message: str) -> str | None:
    """The shared library that a loader's message is about."""
    found = LIBRARY.search(message)
    return found.group() if found else None


def _find_qt_obstacle(environ: Mapping[str, str]) -> Obstacle | None:
    wanted = environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    needs_display = not wanted or wanted.startswith(DISPLAY_PLATFORMS)
    platforms = _reachable_displays(environ) if needs_display else ()
    if needs_display and not platforms:
        return Obstacle(ObstacleKind.NO_DISPLAY)
    try:
        importlib.import_module("PySide6.QtWebEngineWidgets")
        package = importlib.import_module("PySide6")
    except ImportError as error:
        return Obstacle(ObstacleKind.NO_TOOLKIT, missing_library(str(error)) or error.name)
    missing: str | None = None
    for platform in platforms:  # one display that works is enough
        missing = _missing_for(platform, Path(str(package.__file__)).parent)
        if missing is None:
            return None
    return Obstacle(ObstacleKind.NO_TOOLKIT, missing) if missing else None


def _reachable_displays(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The kinds of display this process can reach, by the names of Qt's plugins."""
    found = []
    if _has_x_display(environ.get("DISPLAY", "")):
        found.append("xcb")
    if (name := environ.get("WAYLAND_DISPLAY")) and Path(environ.get("XDG_RUNTIME_DIR", "/"), name).exists():
        found.append("wayland")
    return tuple(found)


def _has_x_display(name: str) -> bool:
    """Connects to the X server as Qt would, with the same permissions, and lets go again."""
    if not name:
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(name.encode(), None)
    try:
        return bool(xcb.xcb_connection_has_error(connection) == 0)
    finally:
        xcb.xcb_disconnect(connection)


def _missing_for(platform: str, package: Path) -> str | None:
    """The library that Qt's plugin for this kind of display lacks; None if it loads."""
    try:
        ctypes.CDLL(str(package / "Qt" / "plugins" / "platforms" / f"libq{platform}.so"))
    except OSError as error:
        return missing_library(str(error)) or f"libq{platform}.so"
    return None


def webview2_version() -> str | None:
    """The installed version of WebView2, from the registry."""
    if sys.platform == "win32":
        import winreg

        for root, path in (
            (winreg.HKEY_LOCAL_MACHINE, rf"SOFTWARE\WOW6432Node\{WEBVIEW2}"),
            (winreg.HKEY_LOCAL_MACHINE, rf"SOFTWARE\{WEBVIEW2}"),
            (winreg.HKEY_CURRENT_USER, rf"Software\{WEBVIEW2}"),
        ):
            try:
                with winreg.OpenKey(root, path) as key:
                    version = str(winreg.QueryValueEx(key, "pv")[0])
            except OSError:
                continue
            if version.strip("0."):  # the updater leaves zeros behind when it is removed
                return version
    return None


def speak(language: str, *, is_right_to_left: bool) -> None:
    """Puts the buttons of native dialogs into ``language``. On the thread of the window.

    Only Qt needs this: Windows and macOS label them in the language of the system.
    """
    if sys.platform in ("win32", "darwin"):
        return
    qt_core = importlib.import_module("PySide6.QtCore")
    widgets = importlib.import_module("PySide6.QtWidgets")
    application = widgets.QApplication.instance()
    folder = qt_core.QLibraryInfo.path(qt_core.QLibraryInfo.LibraryPath.TranslationsPath)
    translator = qt_core.QTranslator(application)
    if translator.load(f"qtbase_{language}", folder):
        application.installTranslator(translator)
    direction = qt_core.Qt.LayoutDirection
    application.setLayoutDirection(direction.RightToLeft if is_right_to_left else direction.LeftToRight)
