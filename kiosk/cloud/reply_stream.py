"""The cloud's answer to a pull, row by row while it arrives: a reply of any size in the memory of its largest row.

Knows nothing of HTTP or of what the tables mean. The order of keys does not matter. Every row is found by its
brackets (with regular expressions, so that no byte is looked at in Python) and read by msgspec, which also checks it.

Why not ijson: it hands out tokens, and the rows of a reply whose tables are not known beforehand must then be put
together in Python. Of 50 MB of real rows its fastest engine reads 38 MB/s in this way, this reads 90 MB/s (msgspec
alone, with everything in memory: 105 MB/s), and ijson would be one more binary to ship for three systems.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, cast

import msgspec

from db.errors import CloudInterrupted, InvalidJson, NotTheCloud
from db.lenient_json import decode_leniently

LARGEST_VALUE: Final = 256 * 1024 * 1024
"""Bytes of one row. The cloud takes requests of 200 MB at most, so it holds none that is larger."""
Kind = Literal["created", "updated", "deleted"]
_TYPES: Mapping[str, Any] = MappingProxyType({"created": dict, "updated": dict, "deleted": str})
_DEVICES_BY_FAULT: Final = "undefined"  # CLOUD §3: that is the name under which the cloud sends its devices

_SPACE = re.compile(rb"[ \t\r\n]*+")
_SCALAR = re.compile(rb"[^\s,\]}]*+")
_REST_OF_STRING = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_STRING = b'"' + _REST_OF_STRING + b'"'
_IN_STRING = re.compile(_REST_OF_STRING, re.DOTALL)
_QUOTE, _BACKSLASH, _COMMA, _COLON = b'"\\,:'
_OPEN_BRACKET, _CLOSE_BRACKET, _OPEN_BRACE, _CLOSE_BRACE = b"[]{}"


def _to_bracket(opening: bytes, closing: bytes) -> re.Pattern[bytes]:
    """Fits up to the next bracket that counts: most pairs have no pair inside and are passed over at once."""
    other = rb'[^"%b%b]*+' % (opening, closing)
    inside = rb"(?:%b%b)*+%b" % (other, _STRING, other)
    return re.compile(rb"(?:%b(?:%b|%b%b%b))*+%b" % (other, _STRING, opening, inside, closing, other), re.DOTALL)


_TO_BRACE = _to_bracket(rb"\{", rb"\}")
_TO_BRACKET = _to_bracket(rb"\[", rb"\]")


class PulledRow(NamedTuple):
    """One change of the cloud: a whole row as it came, or the id of one that was deleted."""

    table: str
    kind: Kind
    value: dict[str, Any] | str


def read_reply(pieces: Iterable[bytes]) -> Generator[PulledRow, None, int]:
    """The rows of a reply, in pieces of any size; its ``timestamp`` (epoch ms) is the value of the generator.

    Only a reply that came to its end and was right in every part ends the generator. Raises CloudInterrupted when
    there is too little of it, NotTheCloud when it is not such a reply; what was yielded before may be of no use then.
    """
    text = _Text(pieces)
    has_changes, succeeded, timestamp = False, None, None
    for name in text.members():
        if name == "changes":
            yield from _changes(text)
            has_changes = True
        elif name == "success":
            succeeded = text.value()
        elif name == "timestamp":
            timestamp = text.value()
        else:
            text.value()
    text.end()
    if succeeded is not True or not has_changes or type(timestamp) is not int or timestamp <= 0:
        raise _not_a_reply()
    return timestamp


def _changes(text: _Text) -> Iterator[PulledRow]:
    for name in text.members():
        table = "devices" if name == _DEVICES_BY_FAULT else name
        for kind in text.members():
            if kind not in _TYPES:
                text.value()
                continue
            for _ in text.elements():
                value = text.value()
                if type(value) is not _TYPES[kind]:
                    raise _not_a_reply()
                yield PulledRow(table, cast(Kind, kind), value)


class _Text:
    """JSON text of which only a part is here: ``_buffer``, read up to ``_at``."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._buffer = bytearray()
        self._at = 0

    def members(self) -> Iterator[str]:
        """The names in an object. Each value is to be taken before the next name."""
        for _ in self._parts(_OPEN_BRACE, _CLOSE_BRACE):
            if self._next() != _QUOTE:
                raise _not_a_reply()
            name = self.value()
            if self._next() != _COLON:
                raise _not_a_reply()
            self._at += 1
            yield name

    def elements(self) -> Iterator[None]:
        """Stops before each element of a list, which is then to be taken."""
        return self._parts(_OPEN_BRACKET, _CLOSE_BRACKET)

    def value(self) -> Any:
        """Takes a whole value."""
        end = self._end_of_value(self._next())
        text = self._buffer[self._at : end]
        self._at = end
        try:
            return msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        try:
            return decode_leniently(bytes(text))  # half surrogates, which JavaScript may send
        except InvalidJson:
            raise _not_a_reply() from None

    def end(self) -> None:
        """Takes what is left, which must be nothing."""
        while True:
            self._skip_space()
            if self._at < len(self._buffer):
                raise _not_a_reply()
            if not self._receive():
                return

    def _parts(self, opening: int, closing: int) -> Iterator[None]:
        if self._next() != opening:
            raise _not_a_reply()
        self._at += 1
        if self._next() == closing:
            self._at += 1
            return
        while True:
            yield
            found = self._next()
            self._at += 1
            if found == closing:
                return
            if found != _COMMA:
                raise _not_a_reply()

    def _next(self) -> int:
        """The first byte that is no white space; it is not taken."""
        self._skip_space()
        while self._at == len(self._buffer):
            self._need_more(self._at)
            self._skip_space()
        return self._buffer[self._at]

    def _skip_space(self) -> None:
        self._at = _end_of(_SPACE, self._buffer, self._at)

    def _end_of_value(self, first: int) -> int:
        if first == _OPEN_BRACE:
            return self._end_of_container(_TO_BRACE, _CLOSE_BRACE)
        if first == _OPEN_BRACKET:
            return self._end_of_container(_TO_BRACKET, _CLOSE_BRACKET)
        if first == _QUOTE:
            return self._end_of_string(self._at)
        end = _end_of(_SCALAR, self._buffer, self._at)
        while end == len(self._buffer):
            end = _end_of(_SCALAR, self._buffer, self._need_more(end))
        return end

    def _end_of_container(self, to_mark: re.Pattern[bytes], closing: int) -> int:
        """Counts brackets of its own kind only: msgspec sees to the others."""
        depth, at = 1, self._at + 1
        while True:
            at = _end_of(to_mark, self._buffer, at)
            if at == len(self._buffer):
                at = self._need_more(at)
            elif self._buffer[at] == _QUOTE:  # of a string that is not here to its end
                at = self._end_of_string(at)
            else:
                depth += -1 if self._buffer[at] == closing else 1
                at += 1
                if not depth:
                    return at

    def _end_of_string(self, at: int) -> int:
        at = _end_of(_IN_STRING, self._buffer, at + 1)
        while at == len(self._buffer) or self._buffer[at] == _BACKSLASH:  # the latter without what it escapes
            at = _end_of(_IN_STRING, self._buffer, self._need_more(at))
        return at + 1

    def _need_more(self, at: int) -> int:
        """Returns where ``at`` is once more is here: what is read has made room."""
        if len(self._buffer) - self._at > LARGEST_VALUE:
            raise _not_a_reply()
        at -= self._at
        if not self._receive():
            raise CloudInterrupted(phase="pull")
        return at

    def _receive(self) -> bool:
        """Whether there was more."""
        piece = next(self._pieces, None)
        if piece is None:
            return False
        del self._buffer[: self._at]
        self._at = 0
        self._buffer += piece
        return True


def _end_of(pattern: re.Pattern[bytes], text: bytearray, at: int) -> int:
    """Where a pattern that fits everywhere ends."""
    found = pattern.match(text, at)
    assert found is not None
    return found.end()


def _not_a_reply() -> NotTheCloud:
    return NotTheCloud(phase="pull")
