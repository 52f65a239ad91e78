"""The codes and names of this program that a report may hold as they are.

Knows nothing of reports. Everything here is written in the source.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import db.errors
import db.update_errors
from db.cloud.aside import AsideReason
from db.cloud.state import Halt
from db.devices import AppGeneration, DeviceStatus
from db.errors import HubError
from db.schema import METADATA
from db.scope import PhoneScope
from db.sync_log import SyncKind, SyncNote
from kiosk.doctor.checklist import CHECKS
from kiosk.doctor.place import SYNCED
from kiosk.supervisor import KEEPS_STOPPING, NOT_READY, START_FAILED
from web.i18n import LANGUAGES
from web.rpc.procedures.all import all_procedures
from web.ui.check_port import Area, Cure, SharedReason, Verdict
from web.ui.ports import Notice

TABLES = frozenset(METADATA.tables)
KINDS = frozenset(kind.value for kind in SyncKind)
NOTES = frozenset(note.value for note in SyncNote)
_ERRORS = frozenset({db.errors.__name__, db.update_errors.__name__})
CHANNELS = frozenset({"first", "library", "hub", "command", "window", "cloud"})
GENERATIONS = frozenset(generation.value for generation in AppGeneration)
STATUSES = frozenset(status.value for status in DeviceStatus)
REASONS = frozenset(reason.value for reason in AsideReason)
HALTS = frozenset(halt.value for halt in Halt)
SCOPES = frozenset(scope.value for scope in PhoneScope)
CHECK_NAMES = frozenset(check.name for check in CHECKS)
FINDINGS = frozenset(
    {*(reason for check in CHECKS for reason in check.reasons), *(shared.value for shared in SharedReason)}
)
VERDICTS = frozenset(verdict.value for verdict in Verdict)
AREAS = frozenset(area.value for area in Area)
CURES = frozenset(cure.value for cure in Cure)
NOTICES = frozenset(notice.value for notice in Notice)
SYNC_PROGRAMS = frozenset(SYNCED.values())
SPOKEN = frozenset(LANGUAGES)
SWITCH = frozenset({"on", "off"})
JOBS = frozenset({"backup", "drill", "forget_old", "look", "newest_version", "restore"})
TRIGGERS = frozenset({"schedule", "phones", "person", "network", "retry"})
FILE_SYSTEMS = frozenset({"vfat", "msdos", "fat", "fat12", "fat16", "fat32", "exfat"})


@cache
def results() -> frozenset[str]:
    """How things end: "ok", "no_backup", or the code of an error."""
    kinds = (kind.code for kind in _with_subclasses(HubError) if kind.__module__ in _ERRORS)
    return frozenset({"ok", "no_backup", KEEPS_STOPPING, NOT_READY, START_FAILED, *kinds})


@cache
def error_names() -> frozenset[str]:
    """The classes of this program's errors."""
    return frozenset(kind.__name__ for kind in _with_subclasses(HubError) if kind.__module__ in _ERRORS)


@cache
def actions() -> frozenset[str]:
    """The procedures that phones may call, and what staff may decide about a phone."""
    return frozenset({*(procedure.name for procedure in all_procedures()), *STATUSES})


def _with_subclasses(kind: type[HubError]) -> Iterator[type[HubError]]:
    yield kind
    for subclass in kind.__subclasses__():
        yield from _with_subclasses(subclass)
