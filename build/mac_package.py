"""Makes the disk image for macOS from the frozen program: signed, notarised and stapled where there are the means.

Knows nothing of how the program was frozen. macOS only, never run elsewhere: see docs/platforms.md.
"""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from bundle import NAME
from console import ROOT, say, step
from freeze import WORK

PARTS = ROOT / "installer" / "macos"
ENTITLEMENTS = PARTS / "entitlements.plist"
IDENTITY_VARIABLE = "HIKMA_MAC_IDENTITY"
"""The name of a "Developer ID Application" certificate in the keychain."""
PROFILE_VARIABLE = "HIKMA_MAC_NOTARY_PROFILE"
"""What ``xcrun notarytool store-credentials`` has stored an Apple ID or key under."""


def disk_image(app: Path, into: Path, version: str) -> Path:
    """The disk image with the program, the folder to drag it to, and the switch for opening at login. Raises Failed."""
    identity, profile = os.environ.get(IDENTITY_VARIABLE), os.environ.get(PROFILE_VARIABLE)
    if identity:
        for command in signing(app, identity):
            step("sign", command)
    else:
        say(f"not signed: {IDENTITY_VARIABLE} is not set; macOS will warn whoever opens it")
    folder = WORK / "disk-image"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(app, folder / app.name, symlinks=True)
    shutil.copy(PARTS / "login-item.command", folder / "Open when signing in.command")
    (folder / "Applications").symlink_to("/Applications")
    image = into / f"{NAME}-{version}-macos-{platform.machine()}.dmg"
    image.unlink(missing_ok=True)
    create = ["hdiutil", "create", "-volname", "Hikma Local Server", "-srcfolder", str(folder), "-format", "UDZO"]
    step(image.name, [*create, str(image)])
    if identity:
        step("sign the image", ["codesign", "--sign", identity, "--timestamp", str(image)])
    if identity and profile:
        for command in notarising(image, profile):
            step(command[1], command)
    else:
        say(f"not notarised: {PROFILE_VARIABLE} is not set")
    return image


def signing(app: Path, identity: str) -> list[list[str]]:
    """The commands that sign the program with the hardened runtime, libraries first, and check it."""
    sign = ["codesign", "--force", "--timestamp", "--options", "runtime", "--sign", identity]
    libraries = sorted(path for path in app.rglob("*") if path.suffix in (".dylib", ".so") and not path.is_symlink())
    return [
        *([*sign, str(library)] for library in libraries),
        [*sign, "--entitlements", str(ENTITLEMENTS), str(app)],
        ["codesign", "--verify", "--deep", "--strict", str(app)],
    ]


def notarising(image: Path, profile: str) -> list[list[str]]:
    """The commands that ask Apple to look at the image, and put its answer into it."""
    return [
        ["xcrun", "notarytool", "submit", str(image), "--keychain-profile", profile, "--wait"],
        ["xcrun", "stapler", "staple", str(image)],
    ]
