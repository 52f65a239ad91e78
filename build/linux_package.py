"""Makes the Debian package and the self-extracting file from the frozen folder. Texts are in installer/linux.

Knows nothing of how the folder was frozen. Needs dpkg-dev, librsvg2-bin and makeself (build/system_packages.py).
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
from email.utils import formatdate
from pathlib import Path

from bundle import NAME
from console import ROOT, Failed, output_of, say, step
from freeze import is_elf

PARTS = ROOT / "installer" / "linux"
MARK = ROOT / "web" / "static" / "mark.svg"
OPT = f"opt/{NAME}"
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256)
MAINTAINER_SCRIPTS = ("postinst", "prerm", "postrm")
CONFFILES = (f"/etc/xdg/autostart/{NAME}.desktop",)

# What no library asks for: keyboard layouts, and letters to show. The last two have Arabic.
DEPENDS = ("debconf (>= 0.5) | debconf-2.0", "xkb-data", "fonts-noto-core | fonts-dejavu-core")


def stage(program: Path, root: Path) -> None:
    """Lays everything out below ``root`` as it will lie on the computer; the files of both kinds of installer."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(program, root / OPT, symlinks=True)
    place(PARTS / f"{NAME}.desktop", root / "usr/share/applications" / f"{NAME}.desktop")
    place(PARTS / "autostart.desktop", root / "etc/xdg/autostart" / f"{NAME}.desktop")
    place(PARTS / "apparmor-profile", root / OPT / "apparmor-profile")
    place(MARK, root / "usr/share/icons/hicolor/scalable/apps" / f"{NAME}.svg")
    for size in ICON_SIZES:
        icon = root / f"usr/share/icons/hicolor/{size}x{size}/apps/{NAME}.png"
        icon.parent.mkdir(parents=True)
        run("rsvg-convert", "--width", str(size), "--height", str(size), "--output", str(icon), str(MARK))
    link = root / "usr/bin" / NAME
    link.parent.mkdir(parents=True)
    link.symlink_to(f"/{OPT}/{NAME}")
    manual = root / "usr/share/man/man1" / f"{NAME}.1.gz"
    manual.parent.mkdir(parents=True)
    manual.write_bytes(packed((PARTS / f"{NAME}.1").read_bytes()))


def deb(program: Path, into: Path, version: str, at: int, work: Path, level: int = 9) -> Path:
    """The Debian package. ``at``: the time that every file in it gets, seconds since 1970; ``level``: how hard to
    press it, 9 takes minutes. Raises Failed."""
    root = work / "deb"
    stage(program, root)
    documents = root / "usr/share/doc" / NAME
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(copyright_text(), encoding="utf-8")
    (documents / "changelog.gz").write_bytes(packed(changelog(version, at).encode()))
    place(PARTS / "lintian-overrides", root / "usr/share/lintian/overrides" / NAME)
    control = root / "DEBIAN"
    control.mkdir()
    for name in MAINTAINER_SCRIPTS:
        (control / name).write_text(script(name, version), encoding="utf-8")
        (control / name).chmod(0o755)
    place(PARTS / "templates", control / "templates")
    (control / "conffiles").write_text("".join(f"{path}\n" for path in CONFFILES), encoding="utf-8")
    installed = sum(-(-path.lstat().st_size // 1024) for path in root.rglob("*") if path.is_file())
    values = {"VERSION": version, "ARCHITECTURE": output("dpkg", "--print-architecture"), "SIZE": str(installed)}
    values["DEPENDS"] = ", ".join([*libraries_needed(root, work), *DEPENDS])
    (control / "control").write_text(filled((PARTS / "control").read_text(encoding="utf-8"), values), encoding="utf-8")
    (control / "md5sums").write_text(output("sh", "-c", SUMS, folder=root) + "\n", encoding="utf-8")
    into.mkdir(parents=True, exist_ok=True)
    package = into / f"{NAME}_{version}_{values['ARCHITECTURE']}.deb"
    package.unlink(missing_ok=True)
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", f"-z{level}", "--build", str(root), str(package)]
    step(package.name, command, environ={**os.environ, "SOURCE_DATE_EPOCH": str(at)})
    say(f"{package.name}: {package.stat().st_size / 1e6:.0f} MB")
    return package


SUMS = "find . -type f ! -path './DEBIAN/*' -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 md5sum"


def self_extracting(program: Path, into: Path, version: str, at: int, work: Path, level: int = 9) -> Path:
    """One file that unpacks and installs itself, for systems without Debian packages. Raises Failed."""
    root = work / "run"
    stage(program, root / "files")
    for name in ("install.sh", "uninstall.sh"):
        (root / name).write_text(script(name, version), encoding="utf-8")
        (root / name).chmod(0o755)
    machine = output("uname", "-m")
    package = into / f"{NAME}-{version}-linux-{machine}.run"
    into.mkdir(parents=True, exist_ok=True)
    tar = f"--sort=name --mtime=@{at} --owner=0 --group=0 --numeric-owner"
    # gzip, since the smallest systems have no xz: larger, but it opens everywhere.
    command = ["makeself", "--quiet", "--nox11", "--gzip", "--sha256", "--tar-format", "gnu", "--tar-extra", tar]
    command += ["--complevel", str(level), "--packaging-date", formatdate(at)]
    command += [str(root), str(package), f"Hikma Local Server {version}"]
    step(package.name, [*command, "./install.sh"])
    say(f"{package.name}: {package.stat().st_size / 1e6:.0f} MB")
    return package


def libraries_needed(root: Path, work: Path) -> list[str]:
    """The packages with the system's libraries that the program loads, with the versions it needs, sorted."""
    source = work / "shlibdeps" / "debian"
    source.mkdir(parents=True, exist_ok=True)
    (source / "control").write_text(f"Source: {NAME}\n\nPackage: {NAME}\nArchitecture: any\n", encoding="utf-8")
    binaries = [path for path in sorted((root / OPT).rglob("*")) if is_elf(path)]
    own = sorted({str(path.parent) for path in binaries})
    command = ["dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0"]
    command += [f"-l{folder}" for folder in own] + [f"-e{path}" for path in binaries]
    command += [f"-x{package}" for package in packages_of_libraries({path.name for path in binaries})]
    said = output(*command, folder=source.parent)
    found = re.search(r"shlibs:Depends=(.*)", said)
    if found is None:
        raise Failed(f"dpkg-shlibdeps said nothing about dependencies: {said}")
    return sorted(found[1].split(", "))


def packages_of_libraries(names: set[str]) -> list[str]:
    """The packages whose libraries have these names: the program has its own and does not need them."""
    libraries = sorted(f"*/{name}" for name in names if name.startswith("lib"))
    lines = output_of(["dpkg-query", "-S", *libraries]).splitlines()
    return sorted({line.partition(":")[0] for line in lines if "," not in line.partition(": ")[0]})


def script(name: str, version: str) -> str:
    """A script of installer/linux with what it shares with others put in."""
    text = (PARTS / name).read_text(encoding="utf-8")
    return filled(text, {"STOP": (PARTS / "stop.sh").read_text(encoding="utf-8").rstrip(), "VERSION": version})


def filled(text: str, values: dict[str, str]) -> str:
    """``text`` with each @NAME@ replaced. Raises LookupError for one that has no value."""
    return re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], text)


def copyright_text() -> str:
    """What Debian wants to know; the details are in the program's own list."""
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    body = "\n".join(f" {line}" if line.strip() else " ." for line in licence.strip().splitlines())
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Comment: The work of others inside, with versions, licences and their texts, is listed in\n"
        f" /{OPT}/_internal/about\n\n"
        f"Files: *\nCopyright: Hikma Health\nLicense: Expat\n{body}\n"
    )


def changelog(version: str, at: int) -> str:
    """The entry that Debian's tools read; for people there is CHANGELOG.md."""
    return (
        f"{NAME} ({version}) stable; urgency=medium\n\n  * See CHANGELOG.md of this version.\n\n"
        f" -- Hikma Health <developers@hikmahealth.org>  {formatdate(at)}\n"
    )


def place(source: Path, target: Path) -> None:
    """Copies a file that everybody may read."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def packed(content: bytes) -> bytes:
    """Compressed, without the time of day."""
    return gzip.compress(content, 9, mtime=0)


def run(*command: str) -> None:
    output(*command)


def output(*command: str, folder: Path = ROOT) -> str:
    """What a command says. Raises Failed."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Failed(f"cannot run {command[0]} ({error.strerror})") from error
    if done.returncode != 0:
        raise Failed(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout.strip()
