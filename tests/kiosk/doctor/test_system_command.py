"""Commands of the system: what they say, and that they may be missing."""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.doctor.system_command import Said, read_text, run_command


def test_a_command_is_told_with_its_exit_code() -> None:
    assert run_command([sys.executable, "-c", "print('yes')"]) == Said(0, run_command_newline("yes"))
    said = run_command([sys.executable, "-c", "import sys; sys.exit(7)"])
    assert said == Said(7, "")


def run_command_newline(text: str) -> str:
    return f"{text}\r\n" if sys.platform == "win32" else f"{text}\n"


def test_a_command_that_is_not_there_is_none() -> None:
    assert run_command(["no-such-command-anywhere"]) is None


def test_a_file_is_read_or_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_bytes(b"ENABLED=yes\xff\n")
    assert read_text(tmp_path / "a.conf") == "ENABLED=yes\ufffd\n"
    assert read_text(tmp_path / "missing") is None
    assert read_text(tmp_path) is None
