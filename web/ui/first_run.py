"""What a person may type on the first-run page, decided before the program is asked to store it.

Knows nothing of HTTP or of how accounts are stored; field names are those of FirstRunForm.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields

from web.ui.ports import FirstRunForm

FIELDS = tuple(field.name for field in fields(FirstRunForm))
ORDER_ON_PAGE = ("server_name", "clinic_name", "staff_name", "email", "password")

_MOST_CHARACTERS = 100
_LEAST_PASSWORD = 4  # phones refuse to send less (PROTOCOL §2.4)
_MOST_PASSWORD_BYTES = 72  # what bcrypt looks at
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class FirstRunEntry:
    """The form as typed, tidied, with the names of the fields that are wrong in the order of the page."""

    form: FirstRunForm
    wrong: tuple[str, ...]

    @classmethod
    def untouched(cls) -> FirstRunEntry:
        """The empty form, as the page shows it first: nothing typed, nothing wrong yet."""
        return cls(FirstRunForm("", "", "", "", ""), ())

    def refused(self, name: str) -> FirstRunEntry:
        """The same, after the program refused the field ``name``."""
        return FirstRunEntry(self.form, (name,))


def check_first_run(typed: Mapping[str, str]) -> FirstRunEntry:
    """Tidy what was typed and name the fields that cannot be accepted."""
    form = FirstRunForm(
        server_name=_tidy(typed.get("server_name", "")),
        staff_name=_tidy(typed.get("staff_name", "")),
        email=typed.get("email", "").strip(),
        password=typed.get("password", ""),
        clinic_name=_tidy(typed.get("clinic_name", "")),
    )
    is_fine = {
        "server_name": _is_name(form.server_name),
        "clinic_name": _is_name(form.clinic_name),
        "staff_name": _is_name(form.staff_name),
        "email": bool(_EMAIL.fullmatch(form.email)) and _is_name(form.email),
        "password": _is_password(form.password),
    }
    return FirstRunEntry(form, tuple(name for name in ORDER_ON_PAGE if not is_fine[name]))


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _MOST_CHARACTERS and not _has_control(text)


def _is_password(text: str) -> bool:
    is_long_enough = len(text) >= _LEAST_PASSWORD
    return is_long_enough and len(text.encode()) <= _MOST_PASSWORD_BYTES and not _has_control(text)


def _has_control(text: str) -> bool:
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in text)
