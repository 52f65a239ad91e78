"""What goes into the frozen program and what stays out, as rules over the packages rather than lists of files.

Knows nothing of installers. kiosk.spec, which PyInstaller runs, asks this module and nobody else.
"""

from __future__ import annotations

import posixpath
import subprocess
import sys
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from console import ROOT

NAME = "hikma-local-server"
PACKAGES = ("kiosk", "web", "db")

# Files of the packages that are not code: whatever is there, but for what Python and editors leave behind.
# Migrations are data too: Alembic reads their scripts from the disk.
LEFT_BEHIND = ("*.pyc", "*.pyo", "*.orig", "*~", ".*")
SCRIPTS = "db/migrations"

# pywebview and SQLAlchemy choose these by name, when they run.
WINDOW_MODULES = {
    "linux": (
        *("webview", "webview.platforms.qt", "PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets"),
        *("PySide6.QtNetwork", "PySide6.QtWebChannel", "PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets"),
    ),
    "win32": (
        *("webview", "webview.platforms.winforms", "webview.platforms.edgechromium", "clr"),
        *("pystray", "pystray._win32", "PIL.Image", "PIL.ImageDraw"),
    ),
    "darwin": (
        *("webview", "webview.platforms.cocoa"),
        *("pystray", "pystray._darwin", "PIL.Image", "PIL.ImageDraw"),
    ),
}
LATE_MODULES = ("sqlalchemy.dialects.sqlite", "cheroot.ssl.builtin")

# What libraries would use if it were installed, and development tools.
NEVER = (
    *("tests", "build", "installer", "pytest", "_pytest", "hypothesis", "mypy", "ruff", "playwright", "websocket"),
    *("PyInstaller", "setuptools", "pip", "wheel", "pkg_resources", "tkinter", "_tkinter", "idlelib", "lib2to3"),
    *("unittest", "pydoc", "pydoc_data", "doctest", "pdb", "test", "turtle", "turtledemo", "ensurepip", "venv"),
    *("PyQt5", "PyQt6", "PySide2", "gi", "cefpython3", "IPython", "numpy", "pandas", "pygments", "rich", "markdown_it"),
    *("sqlalchemy.testing", "alembic.testing", "MySQLdb", "psycopg2", "pysqlite2", "cffi.setuptools_ext"),
)
WINDOW_ONLY = ("webview", "PySide6", "shiboken6", "qtpy", "clr", "pythonnet", "pystray", "PIL")

# Qt's plugins that a page in a window needs. The rest is for cameras, maps, cars and small devices.
QT_PLUGINS = (
    *("platforms/libqxcb.so", "platforms/libqwayland*.so", "platforms/libqoffscreen.so"),
    *("platforminputcontexts/libcomposeplatforminputcontextplugin.so",),
    *("platforminputcontexts/libibusplatforminputcontextplugin.so",),
    *("platformthemes/libqxdgdesktopportal.so", "imageformats/libqsvg.so", "iconengines/libqsvgicon.so"),
    *("tls/libqopensslbackend.so", "xcbglintegrations/*", "wayland-*-client/*"),
)
QT_TRANSLATIONS = ("qtbase_ar.qm", "qtbase_es.qm", "qtbase_en.qm")
ENGINE_LOCALES = ("ar.pak", "en-US.pak", "es.pak", "es-419.pak")
QT_LEFT_OUT = ("Qt/qml/*", "Qt/resources/*devtools*", "Qt/metatypes/*", "Qt/modules/*", "*.pyi", "*/typesystems/*")
QT_EXTENSIONS = (*("QtCore", "QtGui", "QtWidgets", "QtNetwork", "QtPrintSupport"), *("QtWebChannel", "QtWebEngine*"))

# The system's own copy must be used: graphics drivers and sound servers are loaded into the same process and bring
# expectations of these, or they read the system's settings. The package says that it needs them.
SYSTEM_LIBRARIES = (
    *(
        "libstdc++.so.*",
        "libgcc_s.so.*",
        "libGL.so.*",
        "libEGL.so.*",
        "libgbm.so.*",
        "libdrm.so.*",
        "libwayland-*.so.*",
    ),
    *("libX11.so.*", "libX11-xcb.so.*", "libxcb.so.*", "libxcb-dri*.so.*", "libfontconfig.so.*", "libfreetype.so.*"),
    *("libexpat.so.*", "libasound.so.*", "libudev.so.*", "libsystemd.so.*", "libdbus-1.so.*"),
)

# Libraries that are opened by name: no other file says that it needs them.
OPENED_BY_NAME = ("libnss*", "libsoftokn*", "libfreebl*", "libssl*", "libcrypto*", "libpython*", "libsqlcipher*")

# What macOS is told about the program. Announcing it on the network needs the reason and the kind of service.
MAC_FACTS = {
    "CFBundleDisplayName": "Hikma Local Server",
    "CFBundleLocalizations": ["en", "ar", "es"],
    "LSApplicationCategoryType": "public.app-category.medical",
    "LSMinimumSystemVersion": "13.0",
    "NSAppTransportSecurity": {"NSAllowsLocalNetworking": True},  # the window shows pages of http://127.0.0.1
    "NSBonjourServices": ["_hikma-hub._tcp"],
    "NSHighResolutionCapable": True,
    "NSHumanReadableCopyright": "Hikma Health. MIT licence.",
    "NSLocalNetworkUsageDescription": "Phones of the clinic find this computer on the network and sync with it.",
}


def modules(*, has_window: bool) -> list[str]:
    """The modules that no import statement leads to."""
    window = WINDOW_MODULES.get(sys.platform, ()) if has_window else ()
    return [*LATE_MODULES, *window]


def excluded(*, has_window: bool) -> list[str]:
    """The modules that must not come along, even if they are imported somewhere."""
    return [*NEVER, *(() if has_window else WINDOW_ONLY)]


def package_files(root: Path = ROOT) -> list[tuple[str, str]]:
    """Pairs of a file that is not code and the folder it belongs to in the program, for all packages, sorted."""
    found = []
    for package in PACKAGES:
        for path in (root / package).rglob("*"):
            name = path.relative_to(root).as_posix()
            if path.is_file() and _is_data(name):
                found.append((str(path), Path(name).parent.as_posix()))
    return sorted(found)


def is_wanted(name: str) -> bool:
    """Whether a file that PyInstaller's rules for Qt brought along is of use. ``name``: its place in the program."""
    name = name.replace("\\", "/")
    if "/" not in name and any(fnmatchcase(name, pattern) for pattern in SYSTEM_LIBRARIES):
        return False
    if not name.startswith("PySide6/"):
        return True
    if name.count("/") == 1 and ".so" in name and name.startswith("PySide6/Qt"):
        return any(fnmatchcase(name, f"PySide6/{module}.*") for module in QT_EXTENSIONS)
    if any(fnmatchcase(name, f"PySide6/{pattern}") for pattern in QT_LEFT_OUT):
        return False
    for folder, patterns in (
        ("PySide6/Qt/plugins/", QT_PLUGINS),
        ("PySide6/Qt/translations/qtwebengine_locales/", ENGINE_LOCALES),
        ("PySide6/Qt/translations/", QT_TRANSLATIONS),
    ):
        if name.startswith(folder):
            return any(fnmatchcase(name.removeprefix(folder), pattern) for pattern in patterns)
    return True


def needed(files: Iterable[tuple[str, str]], imports: Callable[[str], Iterable[str]]) -> set[str]:
    """The names of those files that something loads, of pairs (place in the program, place on this computer).

    ``imports``: names of the libraries that a file asks for. A file that is no shared library on its own counts as
    loaded by the program, and so does one that is opened by name.
    """
    by_name: dict[str, list[tuple[str, str]]] = {}
    waiting: list[tuple[str, str]] = []
    for name, source in files:
        by_name.setdefault(Path(name).name, []).append((name, source))
        if not _is_plain_library(name):
            waiting.append((name, source))
    kept: set[str] = set()
    while waiting:
        name, source = waiting.pop()
        if name not in kept:
            kept.add(name)
            waiting += [entry for library in imports(source) for entry in by_name.get(library, ())]
    return kept


def target_of(name: str, link: str) -> str:
    """The place in the program that a symbolic link at ``name`` points to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), link))


def libraries_of(path: str) -> list[str]:
    """The libraries that an ELF file itself asks for. Not those that these ask for in turn."""
    done = subprocess.run(["objdump", "-p", path], capture_output=True, text=True, check=True)
    return [line.split()[1] for line in done.stdout.splitlines() if line.startswith("  NEEDED ")]


def _is_plain_library(name: str) -> bool:
    """lib*.so with a version or in a folder of libraries: there for others. Not an extension module or a plugin."""
    path = Path(name)
    is_library = path.name.startswith("lib") and ".so" in path.name and "plugins" not in path.parts
    return is_library and not any(fnmatchcase(path.name, pattern) for pattern in OPENED_BY_NAME)


def _is_data(name: str) -> bool:
    path = Path(name)
    if "__pycache__" in path.parts or any(fnmatchcase(path.name, pattern) for pattern in LEFT_BEHIND):
        return False
    return path.suffix != ".py" or name.startswith(f"{SCRIPTS}/")
