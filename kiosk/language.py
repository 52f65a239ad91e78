"""The language of this server's window and pages: chosen by staff, until then that of the computer.

Knows nothing of texts. Kept in a file of its own, since the window, which never opens the database, needs it.
"""

from __future__ import annotations

import contextlib
import locale
import re

from kiosk.paths import DataFolder
from kiosk.private_file import write_private
from web.i18n import DEFAULT_LANGUAGE, LANGUAGES


def chosen_language(folder: DataFolder) -> str | None:
    """What staff chose, or None."""
    try:
        language = folder.language_file.read_text("ascii", errors="replace").strip()
    except OSError:
        return None
    return language if language in LANGUAGES else None


def choose_language(folder: DataFolder, language: str) -> None:
    """Remembers the choice. Raises OSError."""
    write_private(folder.language_file, language.encode("ascii"))


def language_here(folder: DataFolder) -> str:
    """What staff chose, else the computer's language if it is one of ours, else English."""
    return chosen_language(folder) or language_of(_locale_here())


def language_of(locale_name: str) -> str:
    """Our language for a locale as systems spell it: "ar_EG.UTF-8", "es-MX", or on Windows "Arabic_Egypt"."""
    name = re.split(r"[^a-z]", locale_name.lower())[0]
    spelled_out = {"arabic": "ar", "spanish": "es"}.get(name, name)
    return spelled_out if spelled_out in LANGUAGES else DEFAULT_LANGUAGE


def _locale_here() -> str:
    with contextlib.suppress(ValueError):  # a locale that this Python does not know
        return locale.getlocale()[0] or ""
    return ""
