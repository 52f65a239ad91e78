"""Tries an update with two frozen programs: ``python build/try_update.py [--headless] [--again]``. Takes some minutes.

This version and the next one are frozen from copies of the sources and trust a key made for the occasion. The first
serves a phone (and shows its window on a display of its own) and gets the update file by its page; the second must
take over: server, window, records, the phone. The installed program in a clean system: build/try_linux_package.py.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import bundle
import update_file
from console import ROOT, Failed, say, step
from dist import version
from freeze import WORK, program_in

sys.path.insert(0, str(ROOT))

import psutil

from kiosk.paths import DataFolder
from kiosk.runtime_file import running_server
from kiosk.update.lock import is_updating
from kiosk.update.update_file import KEYS_FILE
from kiosk.update.versions import this_platform
from tests.e2e.server import LOOPBACK
from tests.e2e.updating import PageClient, UpdatedClinic
from tests.fakes.x_display import x_display

TRIAL = WORK / "try-update"
LIMIT_S = 300
AT = "1790000000"


def frozen(name: str, of_version: str, *, has_window: bool, again: bool) -> Path:
    """The program of a version, from a copy of the sources. ``again``: what was frozen last time will do. Raises
    Failed."""
    root = TRIAL / name
    target = root / "dist" / (bundle.NAME if has_window else f"{bundle.NAME}-headless")
    if again and target.exists():
        return target
    shutil.rmtree(root, ignore_errors=True)
    for package in (*bundle.PACKAGES, "build", "installer"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / file, root / file)
    about = root / "kiosk" / "__init__.py"
    text = re.sub(r'(?m)^__version__ = ".*"$', f'__version__ = "{of_version}"', about.read_text(encoding="utf-8"))
    about.write_text(text, encoding="utf-8")
    command = [sys.executable, "build/freeze.py", *(() if has_window else ("--headless",))]
    environ = {**os.environ, "SOURCE_DATE_EPOCH": AT}
    step(f"freeze version {of_version}", command, folder=root, environ=environ)
    return target


def trusting(program: Path, public: str) -> Path:
    """The same program; it trusts a key made for the occasion."""
    next(program.rglob(KEYS_FILE)).write_text(f"{public}\n", encoding="ascii")
    return program


def update_of(program: Path, of_version: str, private: str, *, has_window: bool) -> Path:
    """Its update file."""
    kind = this_platform().removesuffix("-headless") + ("" if has_window else "-headless")
    facts = {"version": of_version, "platform": kind, "minimum_version": version(), "start": program_in(program).name}
    stick = TRIAL / "stick"
    stick.mkdir(exist_ok=True)
    target = stick / f"{of_version}{update_file.SUFFIX}"
    began = time.monotonic()
    update_file.write_update(program, target, update_file.private_key(private), facts, int(AT), compression="")
    say(f"update file: {target.stat().st_size / 1e6:.0f} MB in {time.monotonic() - began:.0f} s")
    return target


def wait_for(what: str, condition: Callable[[], object], limit_s: float = LIMIT_S) -> float:
    """Returns how long it took. Raises Failed."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > limit_s:
            raise Failed(f"{what}: not within {limit_s:.0f} s")
        time.sleep(0.02)
    return time.monotonic() - began


def programs(root: Path) -> list[str]:
    """What runs for a data folder, by its program."""
    found = []
    for process in psutil.process_iter(["exe", "cmdline"]):
        if str(root) in (process.info["cmdline"] or ()):
            found.append(f"{process.info['exe']} {' '.join(process.info['cmdline'][1:])}")
    return found


@contextmanager
def running(clinic: UpdatedClinic, old: Path, *, has_window: bool) -> Iterator[None]:
    """The first version, as a clinic runs it: a window that starts its server, or a server alone."""
    command = [str(program_in(old)), "--data-dir", str(clinic.folder.root)]
    with x_display() as display:
        words = [] if has_window else ["serve", "--host", LOOPBACK, "--port", str(clinic.port)]
        environ = {**os.environ, "HIKMA_KEYSTORE": "file", "DISPLAY": display.name}
        process = subprocess.Popen([*command, *words], env=environ, stdout=subprocess.DEVNULL)
        try:
            wait_for("the first version serves", lambda: running_server(clinic.folder))
            yield
        finally:
            clinic.stop()
            process.terminate()
            process.wait(30)


def tried(clinic: UpdatedClinic, old: Path, file: Path, new: str, *, has_window: bool) -> None:
    """Raises Failed."""
    with running(clinic, old, has_window=has_window):
        server = running_server(clinic.folder)
        assert server is not None
        phone = clinic.phone
        phone.push_patients("first")
        page = PageClient(server)
        page.post("/update/look", folder=str(file.parent))
        answer = page.post("/update/install", file=str(file))
        if answer.status_code != 200:
            raise Failed(answer.text)
        prepared = wait_for("the exchange begins", lambda: is_updating(clinic.folder))
        exchanged = wait_for("the next version serves", lambda: clinic.version() == new)
        wait_for("the update is over", lambda: not is_updating(clinic.folder))
        phone.push_patients("second")
        seen = clinic.phone.pulled_ids()
        if seen != {"first", "second"}:
            raise Failed(f"the phone sees {seen}")
        say(f"prepared while serving in {prepared:.1f} s, exchanged in {exchanged:.1f} s, records and phone go on")
        if has_window:
            taken = wait_for(
                "the window is the next version's",
                lambda: [line for line in programs(clinic.folder.root) if f"/{new}/" in line and " serve" not in line],
                60,
            )
            say(f"the window became the next version's after {taken:.1f} s")
    with running(clinic, old, has_window=has_window):
        if clinic.version() != new:
            raise Failed(f"version {clinic.version()} serves after the next start")
        say("the next start of the installed program hands over to the new one")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--headless", action="store_true", help="without windows: sooner")
    parser.add_argument("--again", action="store_true", help="with what was frozen last time")
    words = parser.parse_args(arguments)
    has_window = not words.headless
    try:
        private, public = update_file.new_key()
        present = version()
        new = re.sub(r"\d+$", lambda found: str(int(found[0]) + 1), present)
        old, next_one = (
            trusting(frozen(name, of_version, has_window=has_window, again=words.again), public)
            for name, of_version in (("old", present), ("new", new))
        )
        file = update_of(next_one, new, private, has_window=has_window)
        shutil.rmtree(TRIAL / "data", ignore_errors=True)
        clinic = UpdatedClinic(old, DataFolder(TRIAL / "data"), start_name=program_in(old).name)
        if has_window:
            clinic.port = 4001
        clinic.set_up()
        tried(clinic, old, file, new, has_window=has_window)
    except Failed as failure:
        print(failure, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
