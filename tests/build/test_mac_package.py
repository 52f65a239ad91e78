"""What can be looked at without a Mac: the property lists, and the commands that would sign."""

from __future__ import annotations

import plistlib
from pathlib import Path

import bundle
import mac_package

from kiosk.announcement import SERVICE


def test_the_property_lists_are_well_formed() -> None:
    rights = plistlib.loads(mac_package.ENTITLEMENTS.read_bytes())
    assert rights["com.apple.security.network.server"] is True
    agent = plistlib.loads((mac_package.PARTS / "org.hikmahealth.local-server.plist").read_bytes())
    assert agent["ProgramArguments"][-1] == "at-login"


def test_macos_is_told_what_is_announced_on_the_network() -> None:
    assert bundle.MAC_FACTS["NSBonjourServices"] == [SERVICE.removesuffix(".local.")]


def test_libraries_are_signed_before_the_program_that_holds_them(tmp_path: Path) -> None:
    app = tmp_path / "A.app"
    (app / "Contents").mkdir(parents=True)
    (app / "Contents" / "b.so").touch()
    commands = mac_package.signing(app, "Developer ID Application: X")
    assert [command[-1] for command in commands] == [str(app / "Contents" / "b.so"), str(app), str(app)]
    assert all("runtime" in command for command in commands[:-1])
    assert "--entitlements" in commands[1]
