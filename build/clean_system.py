"""A bare Debian in a folder, entered as if it were a computer of its own: no network but loopback, own processes.

Knows nothing of what is tried in it. Linux only, as root.
"""

from __future__ import annotations

import fcntl
import os
import re
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from console import Failed, output_of, step

CLINIC_USER = 1000
MIRRORS = {"debian": "http://deb.debian.org/debian", "ubuntu": "http://archive.ubuntu.com/ubuntu"}

# Run in mount and process namespaces of its own; says when the new root is in place, and keeps it until it is ended.
HOLD = """
set -e
root=$1; shared=$2
mount --bind "$root" "$root"
mkdir -p "$root/old" "$root$shared" "$root/tmp/.X11-unix"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$shared" "$root$shared"
[ -d /tmp/.X11-unix ] && mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
cd "$root"
pivot_root . old
umount -l /old
rmdir /old
echo ready
exec sleep infinity
"""


def make_base(folder: Path, depends: str) -> None:
    """Installs the smallest Debian (the release this computer runs) and ``depends``, a package's Depends, into
    ``folder``. Needs the network and takes a minute. Raises Failed."""
    facts = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines() if "=" in line
    )
    kind, suite = facts["ID"].strip('"'), facts["VERSION_CODENAME"].strip('"')
    wanted = ",".join([*first_choices(depends), "libcap2-bin"] if kind == "ubuntu" else first_choices(depends))
    command = ["debootstrap", "--variant=minbase", f"--include={wanted}"]
    components = ["--components=main,universe"] if kind == "ubuntu" else []
    step(f"clean {suite}", [*command, *components, suite, str(folder), os.environ.get("MIRROR", MIRRORS[kind])])


def first_choices(depends: str) -> list[str]:
    """The names of the packages in a Depends field: of alternatives the first."""
    return [re.split(r"[ |(]", entry.strip())[0] for entry in depends.split(",")]


def leave_network() -> None:
    """Goes on in namespaces without network, with own mounts and processes: starts this program again there."""
    if os.environ.get("HIKMA_ALONE") != "1":
        os.environ["HIKMA_ALONE"] = "1"
        command = ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
        raise SystemExit(subprocess.run([*command, sys.executable, *sys.argv], check=False).returncode)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:  # loopback is down at first
        set_flags, is_up = 0x8914, 0x1
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sH14x", b"lo", is_up))


class CleanSystem:
    """The system in ``root``. ``shared``: a folder that is at the same place inside. Use ``with``."""

    def __init__(self, root: Path, shared: Path) -> None:
        self._root, self._shared = root, shared
        self._holder: subprocess.Popen[str] | None = None

    def __enter__(self) -> CleanSystem:
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", HOLD, "hold"]
        self._holder = subprocess.Popen(
            [*command, str(self._root), str(self._shared)], stdout=subprocess.PIPE, text=True
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline().strip() != "ready":
            raise Failed("the clean system cannot be entered")
        if self.run("getent", "passwd", str(CLINIC_USER), may_fail=True).returncode:
            self.run("useradd", "--create-home", "--uid", str(CLINIC_USER), "clinic")
        return self

    def __exit__(self, *_: object) -> None:
        if self._holder is not None:
            self._holder.terminate()
            self._holder.wait(10)

    def command(self, *words: str, user: int = 0, environ: dict[str, str] | None = None) -> list[str]:
        """The command line that runs ``words`` inside, as a user, with an environment of its own."""
        assert self._holder is not None
        enter = ["nsenter", f"--mount=/proc/{self._holder.pid}/ns/mnt"]
        enter += ["--setuid", str(user), "--setgid", str(user)]
        home = "/root" if user == 0 else "/home/clinic"
        values = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "LANG": "C.UTF-8", **(environ or {})}
        return [*enter, "--", "env", "-i", "-C", "/", *(f"{name}={value}" for name, value in values.items()), *words]

    def run(
        self, *words: str, user: int = 0, environ: dict[str, str] | None = None, may_fail: bool = False, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command inside. Raises Failed unless it may fail."""
        done = subprocess.run(
            self.command(*words, user=user, environ=environ), input=stdin, capture_output=True, text=True, check=False
        )
        if done.returncode != 0 and not may_fail:
            raise Failed(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def exists(self, path: str) -> bool:
        """Whether there is such a file inside."""
        return self.run("test", "-e", path, may_fail=True).returncode == 0


def depends_of(package: Path) -> str:
    """The Depends field of a package file."""
    return output_of(["dpkg-deb", "--field", str(package), "Depends"]).strip()


def start(command: Sequence[str]) -> subprocess.Popen[str]:
    """Starts a program that goes on."""
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
