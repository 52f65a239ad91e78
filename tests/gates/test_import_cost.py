"""Starting the server must not wait for libraries that only the window, the keystore or the cloud need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("webview", "PySide6", "qtpy", "keyring", "requests", "alembic")


def loaded_by(statement: str) -> set[str]:
    program = f"import sys; {statement}; print(*sorted(sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in result.stdout.split()}


@pytest.mark.parametrize("module", ["kiosk.serve", "kiosk.commands", "kiosk.cli"])
def test_the_server_and_the_command_line_load_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}").isdisjoint(HEAVY)


def test_the_window_loads_its_toolkit_only_when_it_opens_and_the_database_never() -> None:
    assert loaded_by("import kiosk.window").isdisjoint({*HEAVY, "dataset", "sqlalchemy", "sqlcipher3", "bottle"})


def test_what_is_loaded_is_seen() -> None:
    assert "keyring" in loaded_by("import keyring")
