"""A server that is put back to a backup, on its own computer or on another one, seen from the phones.

Knows nothing of single scenarios.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.e2e.clinic import Clinic
from tests.e2e.server import RunningServer


def said(server: RunningServer, *words: str | Path, stdin: str = "") -> Any:
    """What a command answers. It must go well."""
    done = server.cli("--json", *map(str, words), stdin=stdin)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def backed_up(server: RunningServer, file: Path) -> str:
    """Makes a backup beside the running server; returns the recovery code that opens it."""
    code: str = said(server, "recovery", "show")["recovery_code"]
    said(server, "backup", "create", file)
    return code


def restored_here(clinic: Clinic, file: Path) -> Any:
    """The server stops, goes back to the backup, and starts again."""
    assert clinic.server.stop() == 0
    answer = said(clinic.server, "backup", "restore", file)
    clinic.server.start()
    return answer


def restored_elsewhere(clinic: Clinic, file: Path, code: str, folder: Path) -> Any:
    """The computer is gone; another one gets the backup, and the phones find it at its own address."""
    clinic.server.kill()
    other = RunningServer(folder)
    answer = said(other, "backup", "restore", file, "--recovery-code-stdin", stdin=code)
    other.start()
    clinic.server = other
    for phone in clinic.phones:
        phone.connect(base_url=other.phones_url)
    return answer
