"""Every sentence that this program writes into its log, and what kind of value stands in each gap.

Knows nothing of where they are written; a gate compares this list with the source. A line of the log that is none of
them does not get into a report.
"""

from __future__ import annotations

from enum import StrEnum


class Gap(StrEnum):
    """What may stand in a gap."""

    NUMBER = "number"
    VERSION = "version"
    REQUEST = "request"  # eight hexadecimal digits of our own making
    CHECK = "check"
    JOB = "job"
    TRIGGER = "trigger"
    RESULT = "result"  # the code of an error
    EXCEPTION = "exception"  # its class, and numbers about it


TEMPLATES: tuple[tuple[str, tuple[Gap, ...]], ...] = (
    ("a backup was put in place of the database", ()),
    ("a connection failed", ()),
    ("a cure failed", ()),
    ("a request failed outside its route", ()),
    ("an abandoned key stays in the keystore", ()),
    ("check %s did not end in time", (Gap.CHECK,)),
    ("check %s: %s", (Gap.CHECK, Gap.EXCEPTION)),
    ("job %s failed", (Gap.JOB,)),
    ("it could not be noted that this version serves", ()),
    ("no report could be made", ()),
    ("no tray icon", ()),
    ("no usable keystore, the key goes into a file", ()),
    ("not remembered that it was told", ()),
    ("nothing was restored", ()),
    ("phones are no longer served", ()),
    ("phones are served on port %d", (Gap.NUMBER,)),
    ("port %d is taken", (Gap.NUMBER,)),
    ("request %s failed", (Gap.REQUEST,)),
    ("request %s failed outside a route", (Gap.REQUEST,)),
    ("round (%s) failed: %s", (Gap.TRIGGER, Gap.RESULT)),
    ("stopped", ()),
    ("the address is not remembered", ()),
    ("the backup failed", ()),
    ("the backup was not put in place", ()),
    ("the drill failed", ()),
    ("the key stays in the keystore", ()),
    ("the newest version could not be asked for", ()),
    ("the server did not end in time", ()),
    ("the server ends", ()),
    ("the server is not started again", ()),
    ("the server is started again", ()),
    ("the start at login is as it was", ()),
    ("the update is given up", ()),
    ("the update to version %s did not work", (Gap.VERSION,)),
    ("the window's toolkit does not start", ()),
    ("this server is announced on the network", ()),
    ("this server is not announced on the network: %s", (Gap.EXCEPTION,)),
    ("uncaught", ()),
    ("uncaught in a thread", ()),
    ("uncaught in the main thread", ()),
    ("version %s does not start; version %s is back", (Gap.VERSION, Gap.VERSION)),
    ("version %s has taken over from version %s", (Gap.VERSION, Gap.VERSION)),
    ("version %s is serving", (Gap.VERSION,)),
    ("what others know of this server is out of date", ()),
)
