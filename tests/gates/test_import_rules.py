"""The layers and the one owner of each library (DESIGN §2), as pyproject.toml states them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gates.sources import PACKAGES, ROOT


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([str(program), "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_every_rule_is_kept() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("db/broken.py", "import web"),
        ("web/broken.py", "import kiosk"),
        ("web/broken.py", "import sqlalchemy"),
        ("kiosk/broken.py", "import sqlcipher3"),
        ("kiosk/broken.py", "import bottle"),
        ("db/broken.py", "import cheroot"),
        ("web/broken.py", "import webview"),
        ("db/broken.py", "import requests"),
    ],
)
def test_a_broken_rule_is_noticed(tmp_path: Path, file: str, line: str) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / file).write_text(f"{line}\n")
    assert lint_imports(tmp_path).returncode != 0
