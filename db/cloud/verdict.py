"""What becomes of a record when the cloud's row of it arrives, column by column (DESIGN §6). Pure functions.

Knows nothing of storage. An edit that waits for the cloud is never overwritten by it; what the cloud keeps after it
said that it took ours came later, and wins. Either way the other value is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from db.cloud.wire import differences
from db.records import Data


@dataclass(frozen=True)
class Waiting:
    """An edit of ours that the cloud has not confirmed. ``columns`` None: the whole record. ``sent``: the version that
    was last sent, None if none was; ``is_answered``: the cloud said that it took that."""

    columns: frozenset[str] | None
    sent: Data | None = None
    is_answered: bool = False


@dataclass(frozen=True)
class Verdict:
    """``taken``: columns that take the cloud's value. ``lost``: those of them in which an edit of ours lost;
    ``declined``: columns in which the cloud's value lost against an edit that waits; ``waiting``: columns that
    still have to reach the cloud (none: it holds our edit)."""

    taken: frozenset[str]
    lost: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    waiting: frozenset[str] = frozenset()


def judge(table: str, ours: Data, theirs: Data, base: Data | None, waiting: Waiting | None) -> Verdict:
    """Compares the cloud's row with ours. ``base``: what the cloud held when it was last looked at, None if unknown.

    | a column differs, and                                  | then                                       |
    |--------------------------------------------------------|--------------------------------------------|
    | no edit of it waits                                    | the cloud's value is taken                 |
    | the cloud has what we sent, or what it had before      | ours goes on waiting                       |
    | it has a third value, and ours has not been taken yet  | ours goes on waiting, theirs is kept aside |
    | it has a third value after it took ours                | theirs came later: taken, ours kept aside  |
    """
    differing = differences(table, ours, theirs)
    if waiting is None:
        return Verdict(differing)
    mine = differing & (ours.keys() if waiting.columns is None else waiting.columns)
    taken = differing - mine
    lost: set[str] = set()
    declined: set[str] = set()
    for name in mine:
        theirs_alone = {name: theirs[name]}
        if waiting.sent is not None and not differences(table, waiting.sent, theirs_alone):
            continue
        if base is not None and not differences(table, base, theirs_alone):
            continue
        is_as_sent = waiting.sent is not None and waiting.sent.get(name) == ours.get(name)
        if waiting.is_answered and is_as_sent:
            lost.add(name)
        else:
            declined.add(name)
    return Verdict(taken | lost, frozenset(lost), frozenset(declined), mine - lost)
