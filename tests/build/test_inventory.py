from __future__ import annotations

import sys
from email.message import Message
from importlib import metadata
from pathlib import Path

import bottle
import inventory
import pytest

from tests.gates.sources import ROOT


def saying(**fields: str) -> Message:
    message = Message()
    message["Name"] = "some-package"
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    return message


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License_Expression": "MIT AND PSF-2.0", "License": "whatever it says"}, "MIT AND PSF-2.0"),
        ({"License": "BSD-3-Clause"}, "BSD-3-Clause"),
        ({"License": "MIT License"}, "MIT"),
        (
            {"License": "Copyright 2013, somebody\nPermission", "Classifier": "License :: OSI Approved :: MIT License"},
            "MIT",
        ),
        ({"Classifier": "Programming Language :: Python"}, ""),
    ],
)
def test_the_licence_is_read_from_what_a_package_says(fields: dict[str, str], licence: str) -> None:
    assert inventory.licence_of(saying(**fields)) == licence


def test_every_package_that_is_shipped_says_its_licence() -> None:
    pins = (ROOT / "build" / "requirements.lock").read_text(encoding="utf-8").splitlines()
    names = {line.partition("==")[0] for line in pins if "==" in line and not line.startswith(" ")}
    here = {str(found.metadata["Name"]).lower().replace("_", "-") for found in metadata.distributions()}
    silent = [
        name for name in sorted(names) if name.lower() in here and not inventory.licence_of(metadata.metadata(name))
    ]
    assert silent == []


def test_a_file_leads_to_its_package_with_version_and_text() -> None:
    found = {component.name: component for component in inventory.components([bottle.__file__])}
    component = found["bottle"]
    assert (component.version, component.licence) == (metadata.version("bottle"), "MIT")
    assert component.purl == f"pkg:pypi/bottle@{metadata.version('bottle')}"
    assert all(text.is_file() for text in component.texts)
    assert {"pyinstaller", "Python"} <= found.keys()


def test_what_is_compiled_into_a_package_is_named_too() -> None:
    import sqlcipher3.dbapi2

    found = {component.name: component for component in inventory.components([sqlcipher3.dbapi2.__file__])}
    assert found["SQLCipher"].texts
    assert found["SQLite"].version == sqlcipher3.dbapi2.sqlite_version


def test_our_own_files_are_nobody_elses() -> None:
    names = {component.name for component in inventory.components([str(ROOT / "web" / "static" / "app.css")])}
    assert names == {"pyinstaller", "Python"}


def test_a_file_nobody_knows_stops_the_build(tmp_path: Path) -> None:
    stray = tmp_path / "libstray.so"
    stray.touch()
    with pytest.raises(inventory.OfUnknownOrigin, match=r"libstray\.so"):
        inventory.components([str(stray), sys.executable])
