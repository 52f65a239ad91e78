"""What the page "Lock and keys" says: the PIN, the lock of the window, the passphrase of the start.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from db.errors import HubError, InvalidInput, WrongPassphrase
from web.i18n import Translator
from web.ui.lock_page import sentence_of
from web.ui.lock_port import IDLE_MINUTES, LockView

NOTHING_WRONG: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class IdleChoice:
    """One line of the list."""

    minutes: int
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class SettingsPage:
    """``wrong``: sentences by field. ``said``: what was just done."""

    has_pin: bool
    has_passphrase: bool
    pin_state: str
    pin_submit: str
    passphrase_state: str
    passphrase_submit: str
    idle: tuple[IdleChoice, ...]
    said: str = ""
    wrong: Mapping[str, str] = field(default_factory=lambda: NOTHING_WRONG)


def settings_page(
    lock: LockView, words: Translator, *, has_passphrase: bool, said: str = "", wrong: Mapping[str, str] = NOTHING_WRONG
) -> SettingsPage:
    """The page in the language of ``words``. ``said``: a key of the catalogue."""
    return SettingsPage(
        has_pin=lock.has_pin,
        has_passphrase=has_passphrase,
        pin_state=words.text("settings.pin.on" if lock.has_pin else "settings.pin.off"),
        pin_submit=words.text("settings.pin.change" if lock.has_pin else "settings.pin.set"),
        passphrase_submit=words.text("settings.passphrase.change" if has_passphrase else "settings.passphrase.set"),
        passphrase_state=words.text("settings.passphrase.on" if has_passphrase else "settings.passphrase.off"),
        idle=tuple(IdleChoice(after, _idle(after, words), after == lock.idle_minutes) for after in IDLE_MINUTES),
        said=words.text(said) if said else "",
        wrong=wrong,
    )


def wrong_field(refusal: HubError, field_name: str, words: Translator) -> dict[str, str]:
    """The sentence beside the field that was refused."""
    if isinstance(refusal, InvalidInput):
        path = str(refusal.context.get("path", ""))
        return {field_name: words.text("settings.wrong.pin" if path == "pin" else "settings.wrong.passphrase")}
    if isinstance(refusal, WrongPassphrase):
        return {"present": sentence_of(refusal, words)}
    return {field_name: sentence_of(refusal, words)}


def _idle(minutes: int, words: Translator) -> str:
    return words.text("settings.idle.minutes", count=minutes) if minutes else words.text("settings.idle.never")
