"""What the lock page and the page that asks for the PIN say.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from db.errors import HubError, WrongRecoveryCode
from web.i18n import Translator
from web.ui.main_page import tone_of
from web.ui.ports import KioskStatus


@dataclass(frozen=True)
class PinPage:
    """``wrong``: what is wrong with the PIN; ``code_wrong``: with the recovery code; ``is_forgotten``: the part for
    those who forgot the PIN is open. ``to``: where the PIN leads."""

    state: str
    tone: str
    headline: str
    to: str
    wrong: str = ""
    code_wrong: str = ""

    @property
    def is_forgotten(self) -> bool:
        """Whether the recovery code was tried."""
        return bool(self.code_wrong)


def pin_view(
    status: KioskStatus, words: Translator, *, to: str = "/", wrong: HubError | None = None, is_code: bool = False
) -> PinPage:
    """The page in the language of ``words``."""
    sentence = sentence_of(wrong, words) if wrong else ""
    headline = words.text(f"state.{status.state.value}")
    return PinPage(
        *(status.state.value, tone_of(status.state), headline, to),
        wrong="" if is_code else sentence,
        code_wrong=sentence if is_code else "",
    )


def sentence_of(refusal: HubError, words: Translator) -> str:
    """What is said beside the field."""
    if isinstance(refusal, WrongRecoveryCode):
        return words.text("pin.code_wrong")
    return words.error(refusal.code, refusal.context)
