"""The rule of merging one pushed row with the stored one, column by column (DESIGN §6). Pure functions.

Knows nothing of storage, phones or stamps: the caller says whether the row changed since the sender saw it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.catalogue import BOOKKEEPING_COLUMNS

Data = dict[str, Any]
Defaults = Mapping[str, object]
_MISSING = object()


@dataclass(frozen=True)
class Merge:
    """``data``: the row after the merge. ``changed``: columns in which it differs from the stored row.
    ``conflicts``: columns both sides changed, to different values; the stored ones lose and must be kept."""

    data: Data
    changed: frozenset[str]
    conflicts: frozenset[str]


def merge_row(
    stored: Data, sent: Data, *, is_current: bool, base: Data | None, says: frozenset[str] | None, defaults: Defaults
) -> Merge:
    """Merges ``sent`` into ``stored``.

    | situation                                             | columns taken from the sender       |
    |-------------------------------------------------------|-------------------------------------|
    | the stored row is the one the sender saw (is_current) | all it sent                         |
    | it changed since; the sender says what it changed     | those (``says``)                    |
    | it does not say, but we know what it saw (``base``)   | those that differ from ``base``     |
    | neither                                               | all it sent                         |

    Columns the sender did not send (an older app does not know them) keep the stored value. A column that a row
    lacks counts as having its default (``defaults``): a phone fills it in by itself, which is no edit.
    """
    if is_current:
        taken = sent
    elif says:
        taken = {name: value for name, value in sent.items() if name in says}
    elif base is not None:
        taken = {name: value for name, value in sent.items() if not _same(value, _value(base, name, defaults))}
    else:
        taken = sent
    data = {**stored, **taken, "id": stored["id"]}
    if not is_current:
        _settle_time(data, stored, sent, defaults)
    changed = frozenset(name for name in data if not _same(data[name], _value(stored, name, defaults)))
    if is_current:
        return Merge(data, changed, frozenset())
    if changed <= {"updated_at"}:  # nothing is new; the sender will be sent the row, and take our time
        return Merge(stored, frozenset(), frozenset())
    conflicts = frozenset(
        name
        for name in changed - BOOKKEEPING_COLUMNS
        if name in stored and (base is None or not _same(stored[name], _value(base, name, defaults)))
    )
    return Merge(data, changed, conflicts)


def holds_same(stored: Data, sent: Data, defaults: Defaults) -> bool:
    """Whether the sender already has what is stored: equal in every column it sent but ``updated_at``, which
    phones touch by themselves (PROTOCOL §5)."""
    return all(name == "updated_at" or _same(value, _value(stored, name, defaults)) for name, value in sent.items())


def is_only_older(merge: Merge, stored: Data) -> bool:
    """Whether all that a sender brings is an older time: it repeats itself, and is to take our time instead."""
    ours, theirs = stored.get("updated_at"), merge.data.get("updated_at")
    if merge.changed != {"updated_at"} or not isinstance(ours, int | float) or not isinstance(theirs, int | float):
        return False
    return theirs < ours


def differing(one: Data, other: Data) -> frozenset[str]:
    """The columns in which two versions differ."""
    names = one.keys() | other.keys()
    return frozenset(name for name in names if not _same(one.get(name, _MISSING), other.get(name, _MISSING)))


def _value(row: Data, name: str, defaults: Defaults) -> object:
    return row[name] if name in row else defaults.get(name, _MISSING)


def _same(one: object, other: object) -> bool:
    """Equality as JSON sees it: true is not 1, but 1 is 1.0."""
    if isinstance(one, bool) is not isinstance(other, bool):
        return False
    return one == other


def _settle_time(data: Data, stored: Data, sent: Data, defaults: Defaults) -> None:
    """The newer of the two times of change; but the sender's, when it has everything else already: the row is
    not sent back to it, so all others must take its time for them to be equal."""
    ours, theirs = stored.get("updated_at"), sent.get("updated_at")
    if not (isinstance(ours, int | float) and isinstance(theirs, int | float)):
        return
    data["updated_at"] = theirs if holds_same(data, sent, defaults) else max(ours, theirs)
