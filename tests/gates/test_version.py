"""The version is written in one place: kiosk/__init__.py."""

from __future__ import annotations

import re
import tomllib

from kiosk import __version__
from tests.gates.sources import ROOT, modules_of_sources, modules_of_tools


def test_the_package_takes_its_version_from_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "kiosk/__init__.py"


def test_no_other_module_repeats_it() -> None:
    modules = (*modules_of_sources(), *modules_of_tools())
    quoted = re.compile(rf"""["']{re.escape(__version__)}["']""")
    assert [module.path for module in modules if quoted.search(module.text)] == ["kiosk/__init__.py"]


def test_it_is_a_version_with_three_numbers() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
