"""What window and tests need from the operating system, and how it is installed on Debian and Ubuntu.

Knows nothing of Python packages. On other systems it can only say what is missing.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console import Failed, output_of, say, step


@dataclass(frozen=True)
class Package:
    """Something that is there if one of its packages or one of its commands is there."""

    names: tuple[str, ...]  # of Debian packages, the usual one first; the others are names in other releases
    commands: tuple[str, ...] = ()


def libraries(*names: str) -> tuple[Package, ...]:
    """Packages that hold libraries or fonts. Newer releases add t64 to some names."""
    return tuple(Package(names=(name, f"{name}t64")) for name in names)


# Libraries that Qt and its browser engine load and do not bring along (tried on a bare Debian 12).
WINDOW = libraries(
    *("libgl1", "libegl1", "libgbm1", "libdrm2", "libnss3", "libnspr4", "libasound2", "libdbus-1-3", "libglib2.0-0"),
    *("libfontconfig1", "libfreetype6", "libxkbcommon0", "libxkbcommon-x11-0", "libxkbfile1", "libx11-xcb1"),
    *("libxcomposite1", "libxdamage1", "libxrandr2", "libxtst6", "libxshmfence1", "libxcb-cursor0", "libxcb-icccm4"),
    *("libxcb-keysyms1", "libxcb-image0", "libxcb-render-util0", "libxcb-shape0", "libxcb-xkb1", "libxcb-dri3-0"),
    *("libwayland-client0", "libwayland-cursor0", "libwayland-egl1", "libwayland-server0", "xkb-data"),
    *("fonts-dejavu-core", "fonts-noto-core"),
)

TESTS = (
    Package(("chromium", "chromium-browser"), commands=("chromium", "chromium-browser", "google-chrome")),
    Package(("xvfb",), commands=("Xvfb",)),
    Package(("openbox",), commands=("openbox",)),
    Package(("xdotool",), commands=("xdotool",)),
    Package(("wmctrl",), commands=("wmctrl",)),
    Package(("trayer",), commands=("trayer",)),
    Package(("imagemagick",), commands=("import",)),
    Package(("nodejs",), commands=("node",)),
    Package(("npm",), commands=("npm",)),
    Package(("git",), commands=("git",)),
    Package(("strace",), commands=("strace",)),
    Package(("gnome-keyring",), commands=("gnome-keyring-daemon",)),
    Package(("dbus-daemon", "dbus"), commands=("dbus-run-session",)),
)

# What freezing and the Linux packages need. The program takes Python's library along, which Debian has in a package.
INSTALLERS = (
    Package(("binutils",), commands=("objdump",)),
    Package((f"libpython3.{sys.version_info.minor}",)),
    Package(("patchelf",), commands=("patchelf",)),
    Package(("dpkg-dev",), commands=("dpkg-shlibdeps",)),
    Package(("librsvg2-bin",), commands=("rsvg-convert",)),
    Package(("makeself",), commands=("makeself",)),
    Package(("xz-utils",), commands=("xz",)),
    Package(("lintian",), commands=("lintian",)),
    Package(("desktop-file-utils",), commands=("desktop-file-validate",)),
    Package(("shellcheck",), commands=("shellcheck",)),
    Package(("git",), commands=("git",)),
)

# What trying the packages in a clean system needs on top of what the tests need.
TRIAL = (Package(("debootstrap",), commands=("debootstrap",)),)


def install(packages: Sequence[Package], *, reason: str) -> None:
    """Installs what is missing; does nothing, and touches no network, when all is there. Raises Failed."""
    if not sys.platform.startswith("linux"):
        return
    missing = _missing(packages)
    if not missing:
        return
    names = [package.names[0] for package in missing]
    if shutil.which("apt-get") is None:
        raise Failed(f"Missing for {reason}: {' '.join(names)}\nInstall them with your system's package manager.")
    root = _root_prefix()
    if root is None:
        raise Failed(f"Missing for {reason}. Install with:\n  sudo apt-get install {' '.join(names)}")
    say(f"system packages: installing {len(missing)} for {reason}")
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "-o", "DPkg::Lock::Timeout=300"]
    step("system packages: list", [*apt, "update"])
    chosen = [_available_name(package) for package in missing]
    step("system packages", [*apt, "install", "--no-install-recommends", *chosen])


def _missing(packages: Iterable[Package]) -> list[Package]:
    candidates = list(packages)
    installed = _installed(name for package in candidates for name in package.names)
    has_dpkg = shutil.which("dpkg-query") is not None
    return [package for package in candidates if not _is_there(package, installed, has_dpkg=has_dpkg)]


def _is_there(package: Package, installed: set[str], *, has_dpkg: bool) -> bool:
    if package.commands:  # a program may come from elsewhere than a package of this name
        return any(shutil.which(command) for command in package.commands)
    # Without dpkg nobody can say which package a library belongs to; the window itself names what it lacks.
    return not has_dpkg or any(name in installed for name in package.names)


def _installed(names: Iterable[str]) -> set[str]:
    lines = output_of(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names]).splitlines()
    return {line.split()[0] for line in lines if line.endswith(" installed")}


def _available_name(package: Package) -> str:
    """The name under which this release has it."""
    for name in package.names:
        if "Candidate: (none)" not in (policy := output_of(["apt-cache", "policy", name])) and "Candidate:" in policy:
            return name
    return package.names[0]


def _root_prefix() -> list[str] | None:
    """How to become root without asking anybody; None if that is not possible."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and "yes" in output_of(["sudo", "-n", "echo", "yes"]):
        return ["sudo", "-n"]
    return None
