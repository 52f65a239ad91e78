"""No tracked file knows the computer it was written on: its folders, its user, its package mirrors."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.gates.sources import ROOT, require_none, tracked_files

PUBLIC_REGISTRIES = frozenset({"pypi.org", "files.pythonhosted.org", "registry.npmjs.org"})
MIRROR_VARIABLES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "NPM_CONFIG_REGISTRY")
PERSONAL_FOLDER = re.compile(
    r"(?<![\w.~$}/-])(?:/home/|/Users/|[A-Za-z]:\\Users\\)(?!\w*(?:user|name|you|clinic)\b)\w+"
)
MARIA = "/maria"  # kept apart, or this file would have traces
ADDRESS = re.compile(r"https?://[^\s\"'<>)\\]+")


def traces_of_this_machine() -> list[str]:
    """Texts that only this computer would write."""
    folders = [str(path) for path in (ROOT, Path.home()) if len(path.parts) > 2]
    mirrors = [urlsplit(os.environ.get(name, "")).hostname or "" for name in MIRROR_VARIABLES]
    return [text for text in (*folders, *mirrors) if text and text not in PUBLIC_REGISTRIES]


def traces(name: str, text: str, machine: Iterable[str]) -> list[str]:
    found = [f"{name}: {trace}" for trace in machine if re.search(rf"{re.escape(trace)}(?![\w-])", text)]
    return found + [f"{name}: {match.group()}" for match in PERSONAL_FOLDER.finditer(text)]


def foreign_registries(name: str, text: str) -> list[str]:
    """In files that say where packages come from."""
    hosts = {urlsplit(address).hostname or "" for address in ADDRESS.findall(text)}
    return [f"{name}: {host}" for host in sorted(hosts) if "registry" in host or "pypi" in host or "npm" in host]


def text_of(path: Path) -> str | None:
    content = path.read_bytes()
    return None if b"\0" in content[:4096] else content.decode("utf-8", errors="replace")


def test_no_file_names_a_folder_or_mirror_of_this_computer() -> None:
    machine = traces_of_this_machine()
    found = []
    for path in tracked_files():
        if (text := text_of(path)) is not None:
            found += traces(path.relative_to(ROOT).as_posix(), text, machine)
    require_none(found)


def test_packages_come_from_the_public_registries_only() -> None:
    found = []
    for path in tracked_files():
        if path.name.endswith((".lock", "package-lock.json", ".npmrc", "pip.conf", ".toml")):
            lines = foreign_registries(path.relative_to(ROOT).as_posix(), text_of(path) or "")
            found += [line for line in lines if line.rpartition(" ")[2] not in PUBLIC_REGISTRIES]
    require_none(found)


@pytest.mark.parametrize(
    "text", [f"see /home{MARIA}/x", f"open('/Users{MARIA}')", "C:\\Users" + "\\maria", "in /srv/build/x"]
)
def test_a_trace_is_found(text: str) -> None:
    assert traces("a.md", text, ["/srv/build"])


@pytest.mark.parametrize(
    "text", ["https://x.org/home/page", "~/home/a", "/srv/builder", "/home/username/x", "/srv/build-2"]
)
def test_what_only_looks_like_one_is_let_through(text: str) -> None:
    assert traces("a.md", text, ["/srv/build"]) == []
