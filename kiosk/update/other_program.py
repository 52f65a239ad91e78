"""What another version of this program says when it is asked to try itself.

Knows nothing of what it does then (kiosk/update/trial.py, kiosk/selftest.py).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from db.update_errors import UpdateFailed
from kiosk.update.environment import outside_of_bundle

TRIAL_LIMIT_S = 30 * 60.0
"""A large database is copied once more and read as a whole."""
SELFTEST_LIMIT_S = 10 * 60.0


def tried_out(start: Path, folder: Path, version: str) -> dict[str, Any]:
    """What the new program says of its trial in ``folder``. Raises UpdateFailed."""
    said = said_by([str(speaking(start)), "--data-dir", str(folder), "--json", "update-trial"], TRIAL_LIMIT_S)
    if said.get("ok") is not True or said.get("version") != version:
        raise UpdateFailed
    return said


def self_tested(start: Path, version: str) -> None:
    """The new program's self-test, which touches nothing of the clinic. Raises UpdateFailed."""
    said = said_by([str(speaking(start)), "--selftest"], SELFTEST_LIMIT_S)
    if said.get("ok") is not True or said.get("version") != version:
        raise UpdateFailed


def speaking(start: Path) -> Path:
    """On Windows a program without a console says nothing; the one for commands, beside it, does."""
    beside = start.with_name(f"{start.stem}-cli{start.suffix}")
    return beside if beside.is_file() else start


def said_by(command: Sequence[str], limit_s: float) -> dict[str, Any]:
    """What a program said as JSON. Raises UpdateFailed when it does not start, fails, hangs or says nothing of use."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        done = subprocess.run(  # noqa: S603 - proved by its signature
            command,
            cwd=Path(command[0]).parent,
            env=outside_of_bundle(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_s,
            check=False,
            creationflags=flags,
        )
        said = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        raise UpdateFailed from None
    if done.returncode or not isinstance(said, dict):
        raise UpdateFailed
    return said
