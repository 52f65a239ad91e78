"""The developer commands, run as a person runs them, on a copy of build/ in an empty project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gates.sources import ROOT

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="system packages are installed on Linux only")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "build", tmp_path / "build", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "build" / "requirements-dev.lock").write_text("# nothing\n")
    return tmp_path


def dev(project: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(project / "build" / "dev.py"), *arguments],
        cwd=project,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_command_they_are_listed_and_the_makefile_has_the_same(project: Path) -> None:
    result = dev(project)
    listed = set(re.findall(r"dev\.py ([\w-]+)", result.stdout))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^(setup .*):$", makefile, re.MULTILINE)
    assert targets
    assert listed == set(targets[1].split())
    assert result.returncode == 0


def test_an_unknown_command_is_refused(project: Path) -> None:
    assert dev(project, "fly").returncode == 2


def test_the_environment_is_made_once_and_again_only_when_the_lock_changes(project: Path) -> None:
    assert dev(project, "setup").returncode == 0
    mark = project / ".venv" / "mark"
    mark.touch()
    assert dev(project, "setup").stdout.splitlines() == ["ready: .venv"]
    assert mark.exists()
    (project / "build" / "requirements-dev.lock").write_text("# something else\n")
    assert dev(project, "setup").returncode == 0
    assert not mark.exists()


def test_an_environment_whose_making_was_interrupted_is_made_anew(project: Path) -> None:
    half_made = project / ".venv" / "half-made"
    half_made.mkdir(parents=True)
    assert "making .venv" in dev(project, "setup").stdout
    assert not half_made.exists()


@pytest.fixture
def apt(tmp_path: Path) -> Path:
    """A folder of programs that stand for apt; what they were asked is in asked.txt beside them."""
    folder = tmp_path / "bin"
    folder.mkdir()
    asked = folder / "asked.txt"
    for name in ("apt-get", "sudo"):
        write_program(folder / name, f'echo "{name} $*" >> {asked}')
    write_program(folder / "apt-cache", 'echo "Candidate: 1.0"')
    write_program(folder / "env", 'shift; exec "$@"')
    return folder


def wanted_commands(project: Path) -> list[str]:
    program = "from system_packages import TESTS; print(*(package.commands[0] for package in TESTS))"
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, cwd=project / "build", capture_output=True, text=True, check=True)
    return result.stdout.split()


def write_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@linux_only
def test_when_every_package_is_there_apt_is_not_asked(project: Path, apt: Path) -> None:
    write_program(apt / "dpkg-query", 'shift 3; for name in "$@"; do echo "$name installed"; done')
    for command in wanted_commands(project):
        write_program(apt / command, "true")
    result = dev(project, "system-packages", PATH=str(apt))
    assert (result.stdout.strip(), result.returncode) == ("ready: system packages", 0)
    assert not (apt / "asked.txt").exists()


@linux_only
def test_what_is_missing_is_installed_or_named(project: Path, apt: Path) -> None:
    write_program(apt / "dpkg-query", 'shift 3; for name in "$@"; do echo "$name installed"; done')
    result = dev(project, "system-packages", PATH=str(apt))
    if os.geteuid() == 0:
        asked = (apt / "asked.txt").read_text()
        assert "install --no-install-recommends chromium xvfb openbox" in asked
        assert "libgl1" not in asked
        assert result.returncode == 0
    else:
        assert "sudo apt-get install chromium xvfb openbox" in result.stderr
        assert result.returncode == 1


@linux_only
def test_without_apt_the_missing_programs_are_named(project: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = dev(project, "system-packages", PATH=str(empty))
    assert result.returncode == 1
    assert "xvfb" in result.stderr
    assert "libgl1" not in result.stderr  # nobody can tell there whether a library is missing


@linux_only
def test_a_python_is_found_for_the_makefile(tmp_path: Path) -> None:
    result = subprocess.run(["sh", str(ROOT / "build" / "python.sh")], capture_output=True, text=True, check=True)
    version = subprocess.run([result.stdout.strip(), "--version"], capture_output=True, text=True, check=True)
    assert tuple(int(part) for part in version.stdout.split()[1].split(".")[:2]) >= (3, 11)
