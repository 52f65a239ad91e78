"""What a report tells of the program, the computer, and what the checks have found.

Knows nothing of files or zips. Every value goes through kiosk/diagnostics/safe.py.
"""

from __future__ import annotations

import platform
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from types import MappingProxyType
from typing import Any

from kiosk import RELEASED_MS, __version__
from kiosk.diagnostics import known
from kiosk.diagnostics.safe import SYSTEM_WORD, VERSION, Content, Pseudonyms, Safe, code, formed, lan_address, number
from web.ui.check_port import Finding

LIBRARIES = (
    *(
        "alembic",
        "bottle",
        "cheroot",
        "cryptography",
        "dataset",
        "keyring",
        "msgspec",
        "psutil",
        "pyside6",
        "pywebview",
    ),
    *("requests", "sqlalchemy", "sqlcipher3", "zeroconf"),
)
_ZONE = re.compile(r"[A-Za-z]{1,20}([_/+-][A-Za-z0-9]{1,20}){0,4}|[+-]\d{2,4}")


def about_part(system: str, support_code: str, made_at_ms: int, language: str | None) -> Content:
    """Program, operating system and libraries; not the name of the computer or of its user."""
    return {
        "report": 1,
        "made_at": number(made_at_ms),
        "support_code": Safe(support_code),
        "version": formed(__version__, VERSION),
        "released_at": RELEASED_MS,
        "frozen": bool(getattr(sys, "frozen", False)),
        "system": Safe(system) if system in ("windows", "macos", "linux") else None,
        "release": formed(f"{platform.system()} {platform.release()}", SYSTEM_WORD),
        "machine": formed(platform.machine(), SYSTEM_WORD),
        "python": formed(platform.python_version(), VERSION),
        "language": code(language, known.SPOKEN),
        "time_zone_minutes": -(time.altzone if time.localtime().tm_isdst > 0 else time.timezone) // 60,
        "libraries": {Safe(name): formed(found, VERSION) for name in LIBRARIES if (found := _version_of(name))},
    }


def checks_part(findings: Sequence[Finding], names: Pseudonyms) -> Content:
    """What every check has found."""
    return {
        "checks": [
            {
                "name": code(finding.name, known.CHECK_NAMES),
                "area": code(finding.area.value, known.AREAS),
                "verdict": code(finding.verdict.value, known.VERDICTS),
                "reason": code(finding.reason, known.FINDINGS),
                "cure": code(finding.cure.value, known.CURES) if finding.cure else None,
                "values": _values(finding.values, names),
            }
            for finding in findings
        ]
    }


def _values(values: Mapping[str, str | int], names: Pseudonyms) -> dict[Safe, Any]:
    """Of those named here; how this computer's networks and the programs on it are called is not."""
    return {Safe(name): _FIT[name](value, names) for name, value in values.items() if name in _FIT}


def _number(value: object, names: Pseudonyms) -> int | None:
    return number(value)


def _version(value: object, names: Pseudonyms) -> Safe | None:
    return formed(value, VERSION)


def _address(value: object, names: Pseudonyms) -> Safe | None:
    return lan_address(value) or names.of("address", value)


def _addresses(value: object, names: Pseudonyms) -> list[Safe | None]:
    return [_address(part, names) for part in str(value).split(", ")]


_FIT: Mapping[str, Callable[[object, Pseudonyms], Any]] = MappingProxyType(
    {
        **dict.fromkeys(("when", "size", "count", "minutes", "seconds", "port"), _number),
        **dict.fromkeys(("version", "running"), _version),
        **dict.fromkeys(("address", "old", "new"), _address),
        "addresses": _addresses,
        "adapter": lambda value, names: names.of("adapter", value),
        "network": lambda value, names: names.of("network", value),
        "holder": lambda value, names: names.of("program", value),
        "code": lambda value, names: code(value, known.results()),
        "program": lambda value, names: code(value, known.SYNC_PROGRAMS),
        "system": lambda value, names: code(str(value).lower(), known.FILE_SYSTEMS),
        "zone": lambda value, names: formed(value, _ZONE),
    }
)
"""By name of the value."""


def _version_of(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:  # not part of this build
        return None
