"""Commands run in this process as a person would type them, and what they said.

Knows nothing of single commands.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kiosk.cli import EXIT_CODES, main

PASSWORD = "correct horse"
NURSE = ["--email", "nurse@example.org", "--name", "Nour Haddad"]


@dataclass(frozen=True)
class Said:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


def runner(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the folder; ``stdin`` is what is typed or piped into it, None: it is closed."""

    def run(*words: str, stdin: bytes | None = b"") -> Said:
        monkeypatch.setattr(sys, "stdin", None if stdin is None else io.TextIOWrapper(io.BytesIO(stdin)))
        code = main(["--data-dir", str(folder), *words])
        shown = capsys.readouterr()
        return Said(code, shown.out, shown.err)

    return run


def is_refused(said: Said, error: str) -> bool:
    """With the error's exit code and one sentence."""
    lines = said.err.splitlines()
    return said.code == EXIT_CODES[error] and said.out == "" and len(lines) == 1 and lines[0].endswith(".")
