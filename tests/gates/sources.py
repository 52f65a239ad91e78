"""The project's own Python files, parsed once for all gates.

Knows nothing of what a gate looks for.
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("db", "web", "kiosk")


@dataclass(frozen=True)
class Module:
    """One file: ``path`` is relative to the project, with forward slashes."""

    path: str
    text: str

    @property
    def package(self) -> str:
        return self.path.partition("/")[0]

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def nodes(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree())

    def at(self, node: ast.stmt | ast.expr | ast.excepthandler) -> str:
        return f"{self.path}:{node.lineno}"


@cache
def modules_of_sources() -> tuple[Module, ...]:
    """What is shipped."""
    return tuple(module for package in PACKAGES for module in _under(package))


@cache
def modules_of_tests() -> tuple[Module, ...]:
    return _under("tests")


@cache
def modules_of_tools() -> tuple[Module, ...]:
    return _under("build")


@cache
def tracked_files() -> tuple[Path, ...]:
    """What is or would be committed, without what .gitignore names."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(path for name in result.stdout.split("\0") if name and (path := ROOT / name).is_file())


def _under(folder: str) -> tuple[Module, ...]:
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "node_modules" not in name:
            found.append(Module(name, path.read_text(encoding="utf-8")))
    return tuple(found)


def require_none(found: Iterable[str]) -> None:
    """Fails with everything that was found, one place a line."""
    lines = list(found)
    assert not lines, "\n" + "\n".join(lines)
