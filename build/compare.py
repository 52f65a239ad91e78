"""What differs between two folders that were built from the same sources: ``python build/compare.py A B``.

Knows nothing of how they were built.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path


def differences(first: Path, second: Path) -> list[str]:
    """One line for each file that only one has, or whose content, kind or rights are not the same."""
    left, right = _described(first), _described(second)
    found = []
    for name in sorted(left.keys() | right.keys()):
        if name not in right:
            found.append(f"{name}: only in the first")
        elif name not in left:
            found.append(f"{name}: only in the second")
        elif left[name] != right[name]:
            what = [part for part, a, b in zip(PARTS, left[name], right[name], strict=True) if a != b]
            found.append(f"{name}: {', '.join(what)}")
    return found


PARTS = ("kind", "rights", "time", "content")


def _described(folder: Path) -> dict[str, tuple[str, int, int, str]]:
    found = {}
    for path in folder.rglob("*"):
        facts = path.lstat()
        kind, content, time = "folder", "", 0
        if path.is_symlink():
            kind, content = "link", path.readlink().as_posix()
        elif path.is_file():
            kind, content, time = "file", hashlib.sha256(path.read_bytes()).hexdigest(), int(facts.st_mtime)
        found[path.relative_to(folder).as_posix()] = (kind, facts.st_mode & 0o777, time, content)
    return found


if __name__ == "__main__":
    lines = differences(Path(sys.argv[1]), Path(sys.argv[2]))
    print("\n".join(lines) or "no difference")
    raise SystemExit(1 if lines else 0)
