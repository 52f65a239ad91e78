"""What may enter a report at all: the one place where text becomes fit for it. Everything else is refused.

Knows nothing of where values come from. A text gets in as a code out of a known list, in a form that can carry no name
(a number, a version), or as a pseudonym; ``render`` refuses any other, and any field that is not listed here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from ipaddress import IPv4Address
from typing import Any

OTHER = "other"
"""In place of a code that this release does not know."""
LARGEST_NUMBER = 2**63 - 1

VERSION = re.compile(r"\d{1,5}(\.\d{1,5}){1,3}([.+-]?(a|b|rc|dev|post|beta|alpha)?\d{0,5}){0,2}")
SYSTEM_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._#~:+()-]{0,79}")
"""What the operating system says of itself: its name, release and processor."""
REVISION = re.compile(r"m?\d{1,6}")

_FIELDS = """
    action address area aside at by_reason bytes channel checked_key_at checks clinics clock_ahead_ms code columns
    connected counts cure cursor_at deleted deletions device duration_ms failure first_sync_at free_pages frozen
    full_pull full_pull_at full_pull_due generation halt indexes is_set kind language last_result last_success_at
    last_sync_at last_try_at level libraries machine made_at message missing missing_columns missing_tables name
    newest_revision notes oldest_at opened outbox page_bytes pages paired_at partial paused python reason received
    record records release released_at report resends result revision rounds rows seen_at sent server settings state
    support_code system table tables time_zone_minutes unique unknown_columns unknown_tables unseen user value
    values verdict version where
"""
FIELDS = frozenset(_FIELDS.split())
"""Every field there can be in a report."""


class Safe(str):
    """Text that may enter a report. Made by the functions of this module alone."""

    __slots__ = ()


Value = Safe | int | float | bool | None
Content = Mapping[str, Any] | Sequence[Any] | Value
"""What ``render`` takes: mappings and sequences down to values."""


class Pseudonyms:
    """Ids made unreadable with a key of this report alone, which nobody keeps: the same id looks the same all through
    the report, and like nothing else in any other."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, kind: str, value: object) -> Safe | None:
        """``kind`` begins it, a word of this program's own."""
        if value is None or value == "":
            return None
        digest = hmac.new(self._key, f"{kind}\0{value!r}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        return Safe(f"{kind}-{digest.hexdigest()[:12]}")


def word(own: str) -> Safe:
    """A word that is written in this program's source: only ever call it with a literal."""
    return Safe(own)


def code(value: object, known: Collection[str]) -> Safe | None:
    """A code out of a list; OTHER for anything else."""
    if value is None or value == "":
        return None
    return Safe(value) if isinstance(value, str) and value in known else Safe(OTHER)


def number(value: object) -> int | None:
    """A whole number, also where it is stored as text; None for anything else."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST_NUMBER:
        return None
    return value


def formed(value: object, form: re.Pattern[str]) -> Safe | None:
    """Text of a form that can carry no name; OTHER for anything else."""
    if value is None:
        return None
    return Safe(value) if isinstance(value, str) and form.fullmatch(value) else Safe(OTHER)


def lan_address(value: object) -> Safe | None:
    """An address of a network at home; None for anything else."""
    try:
        address = IPv4Address(str(value))
    except ValueError:
        return None
    return Safe(address) if address.is_private else None


def render(content: Content) -> bytes:
    """As JSON. Raises LookupError for a field that is not listed and for text that was not made fit for a report."""
    _require_safe(content)
    return json.dumps(content, indent=1, ensure_ascii=True).encode()


def render_lines(entries: Sequence[Mapping[str, Any]]) -> bytes:
    """The same, one line for each."""
    for entry in entries:
        _require_safe(entry)
    return "".join(f"{json.dumps(entry, ensure_ascii=True)}\n" for entry in entries).encode()


def _require_safe(content: Content) -> None:
    if isinstance(content, Mapping):
        for name, value in content.items():
            if name not in FIELDS and not isinstance(name, Safe):
                raise LookupError("a field that is not listed")
            _require_safe(value)
    elif isinstance(content, str | bytes):
        if not isinstance(content, Safe):
            raise LookupError("text that was not made fit for a report")  # noqa: TRY004 - the same refusal for everything
    elif isinstance(content, Sequence):
        for value in content:
            _require_safe(value)
    elif content is not None and not isinstance(content, int | float):
        raise LookupError("something that is no value")
