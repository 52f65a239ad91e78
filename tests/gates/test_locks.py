"""The lock files fit pyproject.toml: every dependency is there, in a version it allows, with hashes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.gates.sources import ROOT

PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*\\?$")


@dataclass(frozen=True)
class Pin:
    name: str
    version: Version
    marker: str
    hashes: int


def pins(text: str) -> list[Pin]:
    found = []
    for block in re.split(r"\n(?=[^\s#])", text.strip()):
        first, *others = block.splitlines()
        match = PIN.match(first)
        assert match, f"not a pinned version: {first}"
        hashes = sum("--hash=sha256:" in line for line in others)
        name = canonicalize_name(match["name"])
        found.append(Pin(name, Version(match["version"]), (match["marker"] or "").strip(), hashes))
    return found


def not_locked(wanted: list[str], locked: list[Pin]) -> list[str]:
    by_name = {pin.name: pin for pin in locked}
    found = []
    for text in wanted:
        requirement = Requirement(text)
        pin = by_name.get(canonicalize_name(requirement.name))
        if pin is None or not requirement.specifier.contains(pin.version, prereleases=True):
            found.append(text)
    return found


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked(name: str) -> list[Pin]:
    return pins((ROOT / "build" / name).read_text(encoding="utf-8"))


def test_what_the_program_needs_is_locked(project: dict[str, Any]) -> None:
    assert not_locked(project["project"]["dependencies"], locked("requirements.lock")) == []


def test_what_developers_need_is_locked(project: dict[str, Any]) -> None:
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    assert not_locked(wanted, locked("requirements-dev.lock")) == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_a_hash_and_a_valid_marker(name: str) -> None:
    for pin in locked(name):
        assert pin.hashes, pin.name
        assert not pin.marker or Marker(pin.marker)


def test_what_is_tested_is_what_is_shipped() -> None:
    developers = {(pin.name, pin.version) for pin in locked("requirements-dev.lock")}
    assert [pin.name for pin in locked("requirements.lock") if (pin.name, pin.version) not in developers] == []


def test_a_missing_and_an_outdated_pin_are_found() -> None:
    lock = pins(
        "filelock==3.19 ; sys_platform == 'linux' \\\n    --hash=sha256:00\nkeyring==25.7 \\\n    --hash=sha256:00\n"
    )
    assert not_locked(["filelock>=3.20", "keyring>=25", "psutil>=7"], lock) == ["filelock>=3.20", "psutil>=7"]
