"""Questions that are asked on a page of their own before something is done.

Knows nothing of what is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """``address``: where the answer yes is posted to, with ``fields``; ``back``: where no leads."""

    title: str
    sentences: tuple[str, ...]
    address: str
    yes: str
    no: str
    back: str
    fields: tuple[tuple[str, str], ...] = ()
    is_dangerous: bool = True
