"""Marked data: values that nobody else uses, and a search for them in every form in which they could hide.

Knows nothing of reports.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator

STEM = "Zqx7Mark"
WILD = "\n2026-01-01T00:00:00.000Z INFO kiosk.serve version 1.0 is serving\x00\x1b[31m\x85\u2028\ré'\";--%s{}<b>"
"""What free text can hold: ends of lines, a line of our log, codes for a terminal, quotes, gaps of templates."""


class Marker:
    """Hands out marked values, each of them once, and remembers them."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def next(self, *, wild: bool = False) -> str:
        """A name, an id; ``wild``: a free text."""
        value = f"{STEM}{len(self.given):04d}{WILD if wild else ''}"
        self.given.append(value)
        return value


def found_in(content: bytes, given: Iterable[str] = ()) -> list[str]:
    """The forms in which a mark is in the content; empty: in none. ``given``: values whose digests are looked for."""
    lowered = content.lower()
    return [name for name, form in (*_forms(), *_digests(given)) if form.lower() in lowered]


def unzipped(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """Every file of a zip, and the zip itself."""
    yield "the zip", archive
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for member in opened.infolist():
            yield member.filename, opened.read(member)


def _forms() -> Iterator[tuple[str, bytes]]:
    """Escaped for JSON or an address a mark is what it was: it is made of letters and digits alone."""
    stem = STEM.encode()
    yield "plain", stem
    yield "backwards", stem[::-1]
    yield "utf-16", STEM.encode("utf-16-le")
    yield "utf-16 big endian", STEM.encode("utf-16-be")
    yield "hex", stem.hex().encode()
    yield "hex with colons", stem.hex(":").encode()
    yield "percent", "".join(f"%{byte:02x}" for byte in stem).encode()
    yield "json escapes", "".join(f"\\u{byte:04x}" for byte in stem).encode()
    yield "numbers", ", ".join(str(byte) for byte in stem).encode()
    for shift in range(3):  # what it looks like depends on where it begins
        encoded = base64.b64encode(b"\0" * shift + stem)
        yield f"base64 {shift}", encoded[-(-shift * 4 // 3) : len(encoded) - 4].rstrip(b"=")
    yield "base32", base64.b32encode(stem)[:12]


def _digests(given: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for value in given:
        for algorithm in ("md5", "sha1", "sha256"):
            for text in (value, repr(value)):
                digest = hashlib.new(algorithm, text.encode("utf-8", "surrogatepass")).hexdigest()
                yield f"{algorithm} of {value[:12]}", digest[:12].encode()
