"""Drawing QR codes as SVG markup for the pages.

Knows nothing of what the text in a code means.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from threading import Lock

import segno

_MOST_CODES = 8


class QrDrawer:
    """Draws a text as a QR code and remembers the last few: drawing takes longer than a whole page."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._drawn: OrderedDict[str, str] = OrderedDict()

    def draw(self, text: str) -> str:
        """Inline SVG without size, black on white in any colour scheme, with the four-module quiet zone."""
        with self._lock:
            if text not in self._drawn:
                self._drawn[text] = _svg(text)
                while len(self._drawn) > _MOST_CODES:
                    self._drawn.popitem(last=False)
            return self._drawn[text]


def _svg(text: str) -> str:
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(
        out,
        kind="svg",
        border=4,
        xmldecl=False,
        svgns=False,
        nl=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
        dark="#000",
        light="#fff",
    )
    return out.getvalue().decode("ascii")
