"""Versions of the program for the tests of updates: copies of the sources, started by the interpreter, and update files
of them, signed with a key of the test's own.

Knows nothing of single scenarios.
"""

from __future__ import annotations

import compileall
import json
import os
import py_compile
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import __version__
from kiosk.update.update_file import KEYS_FILE
from kiosk.update.versions import this_platform
from tests.e2e.server import PROJECT

sys.path.insert(0, str(PROJECT / "build"))

from update_file import write_update

OLD, NEW = "1.0.0", "1.1.0"
NEXT = "99.0.0"
"""Newer than this checkout."""
START = "start"
PACKAGES = ("kiosk", "web", "db")
AT = 1_790_000_000
OBEDIENT = """
import json, sys
if "--selftest" in sys.argv or "update-trial" in sys.argv:
    print(json.dumps({"ok": True, "version": "VERSION"}))
"""
"""A program that says it is well."""
BROKEN = "raise SystemExit(1)"
WHOLE = """
import sys
if "--selftest" in sys.argv:  # takes seconds, and what it finds is no matter of updates
    from kiosk import __version__
    print('{"ok": true, "version": "%s"}' % __version__)
else:
    from kiosk.__main__ import main
    sys.exit(main())
"""
"""Starts a copy of the sources."""


@dataclass(frozen=True)
class Publisher:
    """Whoever makes versions and signs update files."""

    folder: Path
    key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """What programs trust."""
        return self.key.public_key().public_bytes_raw()

    def version(self, version: str, **changed: str) -> Path:
        """A program that calls itself so. ``changed``: text that is put behind a module, by its dotted name with __ for
        the dots."""
        root = self.folder / f"version-{version}-{len(list(self.folder.iterdir()))}"
        shutil.copytree(self._sources(), root)
        about = root / "kiosk" / "__init__.py"
        about.write_text(about.read_text("utf-8").replace(f'"{__version__}"', f'"{version}"'), "utf-8")
        self._compile(about)
        for module, text in changed.items():
            path = root / f"{module.replace('__', '/')}.py"
            path.write_text(f"{path.read_text('utf-8')}\n\n{text}\n", "utf-8")
            self._compile(path)
        return root

    def update(self, program: Path, version: str, **facts: str | int) -> Path:
        """An update file of a program. ``facts``: what else than usual its description says."""
        target = self.folder / f"{version}-{len(list(self.folder.iterdir()))}.hikma-update"
        usual = {"version": version, "platform": this_platform(), "minimum_version": "0.0.0", "start": START}
        write_update(program, target, self.key, usual | facts, AT, compression="")
        return target

    def small_update(self, version: str = NEXT, text: str = OBEDIENT, **facts: str | int) -> Path:
        """An update file whose program is one small script."""
        program = self.folder / f"program-{len(list(self.folder.iterdir()))}"
        program.mkdir()
        write_start(program / START, text.replace("VERSION", version))
        return self.update(program, version, **facts)

    def _sources(self) -> Path:
        """Copied and compiled once. Python does not look whether a compiled file is older than its source: in an
        update all files have one time."""
        root = self.folder / "sources"
        if not root.exists():
            for package in PACKAGES:
                shutil.copytree(PROJECT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
            (root / "kiosk" / "update" / KEYS_FILE).write_text(f"{self.public.hex()}  # of the tests\n", "ascii")
            write_start(root / START, WHOLE)
            mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
            compileall.compile_dir(root, quiet=2, invalidation_mode=mode, workers=2)
        return root

    @staticmethod
    def _compile(path: Path) -> None:
        py_compile.compile(str(path), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


def write_start(path: Path, text: str) -> None:
    """A program of one file."""
    path.write_text(f"#!{sys.executable}\n{text}", "utf-8")
    path.chmod(0o755)


def environment() -> dict[str, str]:
    """For programs of the tests: without the checkout's own modules, and with the key in a file."""
    names = ("PYTHONPATH", "HIKMA_PROGRAM", "HIKMA_HANDED_OVER")
    return {name: value for name, value in os.environ.items() if name not in names} | {"HIKMA_KEYSTORE": "file"}


def printed(text: str) -> dict[str, object]:
    """What a command printed as JSON."""
    said: dict[str, object] = json.loads(text)
    return said
