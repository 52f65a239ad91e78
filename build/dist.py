"""Builds what is handed out, into dist/: ``python build/dev.py dist [build | quick | headless | twice | try]``.

Knows nothing of how the parts are made. Runs in .venv; on each system it makes that system's own installers.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import re
import shutil
import sys
import tarfile
from pathlib import Path

import bundle
import linux_package
import mac_package
import windows_package
from console import ROOT, Failed, say, step
from freeze import DIST, MAC_APP, WORK, freeze, freeze_twice, source_date

SUMS = "SHA256SUMS"
BEST, QUICK = 9, 1


def version() -> str:
    """The version of the sources."""
    text = (ROOT / "kiosk" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if found is None:
        raise Failed("kiosk/__init__.py has no version")
    return found[1]


def build(*, level: int = BEST) -> None:
    """Everything for this system. ``level``: how hard to press the Linux packages. Raises Failed."""
    program = freeze()
    at, work = int(source_date()), WORK / "packages"
    if sys.platform == "linux":
        package = linux_package.deb(program, DIST, version(), at, work, level)
        step("lintian", ["lintian", "--fail-on", "error,warning", "--tag-display-limit", "20", str(package)])
        made = [package, linux_package.self_extracting(program, DIST, version(), at, work, level), headless()]
    elif sys.platform == "win32":
        made = [windows_package.setup(program, DIST, version())]
    else:
        made = [mac_package.disk_image(DIST / MAC_APP, DIST, version())]
    made.append(component_list(program))
    write_sums(made)


def headless() -> Path:
    """The program without a window, for servers, as an archive."""
    program = freeze(has_window=False)
    archive = DIST / f"{program.name}-{version()}-{platform.system().lower()}-{platform.machine()}.tar.xz"
    archive.unlink(missing_ok=True)
    with tarfile.open(archive, "w:xz") as stream:
        for path in sorted([program, *program.rglob("*")]):
            stream.add(path, path.relative_to(DIST).as_posix(), recursive=False, filter=_of_nobody)
    say(f"{archive.name}: {archive.stat().st_size / 1e6:.0f} MB")
    return archive


def component_list(program: Path) -> Path:
    """The list of components beside the installers, the same that is inside."""
    inside = next(program.rglob("sbom.cdx.json"))
    target = DIST / f"{bundle.NAME}-{version()}-{platform.system().lower()}-{platform.machine()}.cdx.json"
    shutil.copyfile(inside, target)
    return target


def write_sums(files: list[Path]) -> None:
    """Checksums as ``sha256sum --check`` reads them."""
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(files)]
    (DIST / SUMS).write_text("".join(lines), encoding="ascii", newline="\n")
    say(f"dist/{SUMS}: {len(lines)} files")


def _of_nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def try_here() -> None:
    """Installs and tries what was built, in a clean system of its own. Raises Failed."""
    if sys.platform != "linux":
        raise Failed("The installers of this system are tried by the release workflow on a clean runner.")
    from try_linux_package import try_all

    try_all(DIST, version())


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="build/dev.py dist", description=(__doc__ or "").split("\n")[0])
    choices = {
        "build": build,
        "quick": lambda: build(level=QUICK),
        "headless": headless,
        "twice": lambda: freeze_twice(has_window=True),
        "try": try_here,
        "try-windows": windows_package.try_here,
    }
    parser.add_argument("what", nargs="?", default="build", choices=choices)
    try:
        found = choices[parser.parse_args(arguments).what]()
    except Failed as failure:
        print(failure, file=sys.stderr, flush=True)
        return 1
    return 1 if isinstance(found, list) and found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
