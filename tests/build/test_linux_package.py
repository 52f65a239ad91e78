"""The cheap parts of the Linux packages. Building and trying them is `make dist` and `make dist ARGS=try`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import clean_system
import linux_package
import pytest

from kiosk import __version__
from tests.gates.sources import ROOT

PARTS = ROOT / "installer" / "linux"
SCRIPTS = ("postinst", "prerm", "postrm", "install.sh", "uninstall.sh")


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed here")


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh")
def test_the_scripts_are_understood_by_sh_with_everything_put_in(name: str, tmp_path: Path) -> None:
    script = tmp_path / name
    script.write_text(linux_package.script(name, __version__), encoding="utf-8", newline="\n")
    assert not re.search(r"@[A-Z]+@", script.read_text(encoding="utf-8"))
    subprocess.run(["sh", "-n", str(script)], check=True)


@pytest.mark.parametrize("name", SCRIPTS)
@needs("shellcheck")
def test_the_scripts_pass_their_linter(name: str, tmp_path: Path) -> None:
    script = tmp_path / name
    script.write_text(linux_package.script(name, __version__), encoding="utf-8", newline="\n")
    done = subprocess.run(["shellcheck", "--shell=sh", str(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["hikma-local-server.desktop", "autostart.desktop"])
@needs("desktop-file-validate")
def test_the_desktop_entries_are_valid(name: str) -> None:
    done = subprocess.run(["desktop-file-validate", str(PARTS / name)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_start_up_entry_asks_whether_the_account_has_records() -> None:
    text = (PARTS / "autostart.desktop").read_text(encoding="utf-8")
    assert f"Exec=/{linux_package.OPT}/hikma-local-server at-login\n" in text


def test_people_read_three_languages() -> None:
    for name in ("hikma-local-server.desktop", "autostart.desktop"):
        text = (PARTS / name).read_text(encoding="utf-8")
        assert all(f"{key}[{language}]=" in text for key in ("Name", "Comment") for language in ("ar", "es"))
    question = (PARTS / "templates").read_text(encoding="utf-8")
    assert all(f"Description-{language}.UTF-8:" in question for language in ("ar", "es"))
    assert "\nDefault: false\n" in question


def test_the_control_file_is_filled_completely() -> None:
    text = (PARTS / "control").read_text(encoding="utf-8")
    values = dict.fromkeys(re.findall(r"@([A-Z]+)@", text), "x")
    assert values.keys() == {"VERSION", "ARCHITECTURE", "SIZE", "DEPENDS"}
    assert "@" not in linux_package.filled(text, values).replace("developers@", "")


def test_a_place_holder_without_a_value_is_found() -> None:
    with pytest.raises(LookupError):
        linux_package.filled("Version: @VERSION@", {})


def test_the_changelog_and_the_copyright_are_as_debian_reads_them() -> None:
    assert linux_package.changelog("1.2.3", 0).startswith("hikma-local-server (1.2.3) stable; urgency=medium\n")
    copyright_text = linux_package.copyright_text()
    assert "License: Expat\n MIT License\n .\n" in copyright_text


def test_what_is_packed_twice_is_the_same() -> None:
    assert linux_package.packed(b"text") == linux_package.packed(b"text")


def test_of_alternative_packages_the_first_is_taken() -> None:
    depends = "libc6 (>= 2.35), debconf (>= 0.5) | debconf-2.0, fonts-noto-core | fonts-dejavu-core"
    assert clean_system.first_choices(depends) == ["libc6", "debconf", "fonts-noto-core"]
