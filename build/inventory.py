"""What other people's work is in the frozen program: names, versions, licences and where their texts are.

Knows nothing of how the program is frozen or of file formats (build/sbom.py). Runs where the program is frozen,
since it asks the installed packages themselves.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from console import ROOT

OWN_TEXTS = ROOT / "build" / "licences"
COMMON_TEXTS = Path("/usr/share/common-licenses")
TEXT_NAMES = re.compile(r"(^|/)(LICEN[CS]E|COPYING|NOTICE|AUTHORS|COPYRIGHT)[^/]*$", re.IGNORECASE)

# For packages that do not say it in a way a program can read; looked up in their licence files.
SPDX = {
    "MIT License": "MIT",
    "BSD 3-Clause License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "GPLv2-or-later with a special exception which allows to use PyInstaller to build and distribute non-free "
    "programs (including commercial ones)": "GPL-2.0-or-later WITH Bootloader-exception",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
}
LOOKED_UP = {"sqlcipher3": "Zlib", "pystray": "LGPL-3.0-or-later"}
SPDX_EXPRESSION = re.compile(r"[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*")


@dataclass(frozen=True, order=True)
class Component:
    """One thing that somebody else made. ``licence``: an SPDX expression, or empty when only ``texts`` say it."""

    name: str
    version: str
    purl: str
    licence: str = ""
    texts: tuple[Path, ...] = ()


class OfUnknownOrigin(Exception):
    """Files that no package, no system package and not Python itself brought."""


def components(sources: Iterable[str]) -> list[Component]:
    """Everything that the files at ``sources`` (places on this computer) came from, sorted. Raises OfUnknownOrigin."""
    paths = {os.path.realpath(source) for source in sources if source and Path(source).is_absolute()}
    owners = _owners_of_files()
    packages = {owners[path] for path in paths if path in owners} | {"pyinstaller"}  # its loader starts the program
    rest = sorted(path for path in paths if path not in owners and not Path(path).is_relative_to(ROOT))
    debian = _debian_packages(rest)
    unknown = [path for path in rest if path not in debian and not _is_of_python(path)]
    if unknown:
        raise OfUnknownOrigin("\n".join(unknown))
    found = {_python_itself(), *map(_of_package, packages), *map(_of_debian, set(debian.values()))}
    for name in packages:
        found.update(_inside(name))
    once = {component.purl: component for component in sorted(found, reverse=True)}  # of many packages of one source
    return sorted(once.values())


def licence_of(package: metadata.PackageMetadata) -> str:
    """The SPDX expression of a package's metadata; empty if it has none that is understood."""
    name = str(package["Name"]).lower()
    if name in LOOKED_UP:
        return LOOKED_UP[name]
    said = [package.get("License-Expression"), package.get("License"), *(package.get_all("Classifier") or ())]
    for value in filter(None, said):
        value = value.strip()
        if value in SPDX:
            return SPDX[value]
        if SPDX_EXPRESSION.fullmatch(value) and "::" not in value and value != "BSD":
            return value
    return ""


def _owners_of_files() -> dict[str, str]:
    owners: dict[str, str] = {}
    for distribution in metadata.distributions():
        name = str(distribution.metadata["Name"]).lower()
        for file in distribution.files or ():
            owners[os.path.realpath(str(distribution.locate_file(file)))] = name
    return owners


def _of_package(name: str) -> Component:
    distribution = metadata.distribution(name)
    names = sorted({str(file) for file in distribution.files or () if TEXT_NAMES.search(str(file))})
    texts = [Path(str(distribution.locate_file(text))) for text in names if ".dist-info/" in text]
    if name == "pystray":  # Windows and macOS; its own package brings the texts too
        texts += [COMMON_TEXTS / "LGPL-3", COMMON_TEXTS / "GPL-3"]
    if name.startswith(("pyside6", "shiboken6")):
        texts += [OWN_TEXTS / "Qt.txt", COMMON_TEXTS / "LGPL-3", COMMON_TEXTS / "GPL-3"]
    version = distribution.version
    texts = [text for text in texts if text.is_file()]
    return Component(
        name, version, f"pkg:pypi/{name.replace('_', '-')}@{version}", licence_of(distribution.metadata), tuple(texts)
    )


def _inside(package: str) -> Iterator[Component]:
    """What a package has compiled into itself, asked of the package in a process of its own."""
    questions = {
        "sqlcipher3": "import sqlcipher3.dbapi2 as d; c = d.connect(':memory:');"
        "print('SQLCipher', c.execute('PRAGMA cipher_version').fetchone()[0].split()[0], 'BSD-3-Clause');"
        "print('SQLite', d.sqlite_version, 'blessing')",
        "cryptography": "from cryptography.hazmat.backends.openssl import backend;"
        "print('OpenSSL', backend.openssl_version_text().split()[1], 'Apache-2.0')",
        "pyside6_webengine": "from PySide6 import QtWebEngineCore as q, QtCore as c;"
        "print('Chromium', q.qWebEngineChromiumVersion(), '-'); print('Qt', c.qVersion(), 'LGPL-3.0-only')",
    }
    if package in questions:
        command = [sys.executable, "-c", questions[package]]
        for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
            name, version, licence = line.split()
            text = OWN_TEXTS / f"{'Qt' if name == 'Chromium' else name}.txt"
            texts = (text,) if text.is_file() else ()
            yield Component(name, version, f"pkg:generic/{name.lower()}@{version}", licence.strip("-"), texts)


def _python_itself() -> Component:
    version = ".".join(map(str, sys.version_info[:3]))
    places = (sysconfig.get_path("stdlib"), sys.base_prefix, f"/usr/share/doc/python3.{sys.version_info.minor}")
    texts = [Path(place, name) for place in places for name in ("LICENSE.txt", "LICENSE", "copyright")]
    return Component(
        "Python", version, f"pkg:generic/python@{version}", "PSF-2.0", tuple(t for t in texts if t.is_file())[:1]
    )


def _is_of_python(path: str) -> bool:
    return Path(path).is_relative_to(os.path.realpath(sys.base_prefix)) and "site-packages" not in path


def _debian_packages(paths: list[str]) -> dict[str, str]:
    """The Debian packages of system files; of Python's own files none."""
    found: dict[str, str] = {}
    if shutil.which("dpkg-query") is None:
        return found
    spellings = {spelling: path for path in paths for spelling in (path, path.removeprefix("/usr"))}
    if not spellings:
        return found
    done = subprocess.run(["dpkg-query", "-S", *spellings], capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        owner, _, path = line.partition(": ")
        name = owner.partition(",")[0].partition(":")[0]
        if path in spellings and not re.match(r"(lib)?python3", name):
            found[spellings[path]] = name
    return found


def _of_debian(package: str) -> Component:
    command = ["dpkg-query", "-W", "-f", "${Version} ${source:Package}\n", package]
    version, source = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0].split()
    text = Path("/usr/share/doc", package, "copyright")
    system = Path("/etc/os-release").read_text(encoding="utf-8")
    maker = "ubuntu" if "\nID=ubuntu" in f"\n{system}" else "debian"
    return Component(source, version, f"pkg:deb/{maker}/{source}@{version}", "", (text,) if text.is_file() else ())
