"""Tries the Linux installers as a clinic would meet them: ``python build/dev.py dist try``, after ``dist``.

Each step is a function of the clean system; a step that finds something raises Failed. Takes some minutes, needs root.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bundle import NAME
from clean_system import CLINIC_USER, CleanSystem, depends_of, leave_network, make_base, start
from console import ROOT, Failed, say
from freeze import WORK

sys.path.insert(0, str(ROOT))

from kiosk.selftest_phone import TrialPhone
from tests.fakes.x_display import Display, x_display

TRIAL = WORK / "try"
BASE = TRIAL / "base"
SHARED = TRIAL / "shared"
PICTURE = ROOT / "artifacts" / "installed-window.png"
PROGRAM = f"/usr/bin/{NAME}"
DATA = f"/home/clinic/.local/share/{NAME}"
KEY_IN_FILE = {"HIKMA_KEYSTORE": "file"}
EMAIL, PASSWORD = "nurse@example.org", "correct horse"
PAINTED_WITHIN_S = 60
LETTERS = 30  # colours: the edges of letters alone have more
PHONE_TESTS = ("tests/e2e/test_phones.py", "tests/e2e/test_phones_first_generation.py")


def try_all(dist: Path, version: str) -> None:
    """Tries the package and the self-extracting file of ``version`` in ``dist``. Raises Failed."""
    if os.geteuid() != 0:
        raise Failed("Trying the installers needs root: a clean system is set up for them.")
    package = next(dist.glob(f"{NAME}_{version}_*.deb"), None)
    archive = next(dist.glob(f"{NAME}-{version}-linux-*.run"), None)
    if package is None or archive is None:
        raise Failed("There is nothing to try yet: python build/dev.py dist")
    if not BASE.exists():
        shutil.rmtree(BASE.with_suffix(".part"), ignore_errors=True)
        make_base(BASE.with_suffix(".part"), depends_of(package))
        BASE.with_suffix(".part").rename(BASE)
    leave_network()
    shutil.rmtree(SHARED, ignore_errors=True)
    SHARED.mkdir(parents=True)
    for file in (package, archive):
        shutil.copy(file, SHARED)
    older = older_package(SHARED / package.name)
    with x_display() as display, CleanSystem(fresh_root(), SHARED) as system:
        trial = Trial(system, display, SHARED / package.name, older, SHARED / archive.name)
        for name in STEPS:
            began = time.monotonic()
            getattr(trial, name)()
            say(f"{name.replace('_', ' ')}: passed in {time.monotonic() - began:.1f} s")


def fresh_root() -> Path:
    """A copy of the clean system that nobody has used."""
    root = TRIAL / "root"
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "--archive", "--reflink=auto", str(BASE), str(root)], check=True)
    return root


def older_package(package: Path) -> Path:
    """The same package under a version before it: what is upgraded from, until there is a real one."""
    folder, older = TRIAL / "older", package.with_name("older.deb")
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["dpkg-deb", "--raw-extract", str(package), str(folder)], check=True)
    control = folder / "DEBIAN" / "control"
    lines = control.read_text(encoding="utf-8").splitlines()
    lines = [f"{line}~older" if line.startswith("Version: ") else line for line in lines]
    control.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(folder), str(older)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(folder)
    return older


class Trial:
    """The steps, in the order of STEPS; each finds what the one before it left."""

    def __init__(self, system: CleanSystem, display: Display, package: Path, older: Path, archive: Path) -> None:
        self._system, self._display = system, display
        self._package, self._older, self._archive = package, older, archive

    def the_older_package_installs_without_a_network(self) -> None:
        """By the words of docs/install-linux.md: apt would also want what is only recommended."""
        self._system.run("apt", "install", "--yes", str(self._older), environ={"DEBIAN_FRONTEND": "noninteractive"})
        self._expect(self._system.exists(PROGRAM), "there is no program")

    def the_self_test_passes(self) -> None:
        self._selftest()

    def the_window_is_painted(self) -> None:
        """As a normal user, on a display; a picture of it is kept."""
        environ = {**KEY_IN_FILE, "DISPLAY": self._display.name}
        process = start(self._as_clinic(PROGRAM, environ=environ))
        try:
            self._wait(self._is_painted, PAINTED_WITHIN_S, "the window was not painted")
            self._wait(lambda: self._status()["running"], PAINTED_WITHIN_S, "the server does not run")
            engines = subprocess.run(["pgrep", "-af", "QtWebEngineProcess"], capture_output=True, text=True).stdout
            self._expect("--no-sandbox" not in engines, "the pages run without their sandbox")
        finally:
            process.terminate()
            process.wait(30)
            self._stop_server()

    def phones_sync(self) -> None:
        """Real phones, over REST and over the encrypted channel, with the copy that is installed."""
        program = self._system.command(PROGRAM, environ={**KEY_IN_FILE, "TMPDIR": "/tmp"})
        environ = {**os.environ, "HIKMA_PROGRAM": json.dumps(program), "TMPDIR": str(SHARED)}
        command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *PHONE_TESTS]
        done = subprocess.run(
            [*command, "--basetemp", str(SHARED / "phones")],
            cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        self._expect(done.returncode == 0, done.stdout[-4000:])

    def an_upgrade_stops_the_server_and_keeps_the_data(self) -> None:
        add = ("user", "add", "--email", EMAIL, "--name", "Nour", "--clinic", "North", "--password-stdin")
        self._system.run(PROGRAM, *add, user=CLINIC_USER, environ=KEY_IN_FILE, stdin=f"{PASSWORD}\n")
        server, phone = self._serve()
        phone.push({"patients": {"created": [{"id": "kept", "given_name": "Amal"}], "updated": [], "deleted": []}})
        self._install(self._package)
        self._expect(server.wait(10) == 0, "the running server was not asked to end")
        self._expect(self._status()["version"] in self._package.name, "another version runs than was installed")
        self._expect(self._holds_the_record(), "the record is gone after the upgrade")

    def going_back_and_again_keeps_the_data(self) -> None:
        for package in (self._older, self._package):
            self._install(package)
            self._expect(self._holds_the_record(), f"the record is gone after {package.name}")

    def the_self_test_of_the_upgraded_copy_passes(self) -> None:
        self._selftest()

    def the_self_extracting_file_leaves_a_package_alone(self) -> None:
        done = self._system.run("sh", str(self._archive), may_fail=True)
        self._expect(done.returncode != 0 and "Debian package" in done.stderr, done.stdout + done.stderr)

    def removal_takes_the_program_and_leaves_the_records(self) -> None:
        server, _ = self._serve()
        self._system.run("dpkg", "--remove", NAME)
        self._expect(server.wait(10) == 0, "the running server was not asked to end")
        for path in (f"/opt/{NAME}", PROGRAM, f"/usr/share/applications/{NAME}.desktop"):
            self._expect(not self._system.exists(path), f"{path} is still there")
        self._expect(self._system.exists(f"{DATA}/clinic.db"), "the records are gone")

    def a_purge_without_an_answer_leaves_the_records(self) -> None:
        done = self._system.run("dpkg", "--purge", NAME, environ={"DEBIAN_FRONTEND": "noninteractive"})
        self._expect(self._system.exists(f"{DATA}/clinic.db"), "the records are gone")
        self._expect(DATA in done.stderr + done.stdout, "it does not say where the records are")
        self._expect(not self._system.exists(f"/etc/xdg/autostart/{NAME}.desktop"), "the start-up entry is left")

    def the_self_extracting_file_installs_and_goes(self) -> None:
        self._system.run("sh", str(self._archive), "--quiet")
        self._selftest()
        self._expect(self._holds_the_record(), "the record is not there")
        self._system.run(f"/opt/{NAME}/uninstall.sh")
        for path in (f"/opt/{NAME}", PROGRAM, f"/usr/share/applications/{NAME}.desktop"):
            self._expect(not self._system.exists(path), f"{path} is still there")
        self._expect(self._system.exists(f"{DATA}/clinic.db"), "the records are gone")

    def a_purge_with_a_yes_deletes_the_records(self) -> None:
        self._install(self._package)
        question = f"{NAME} {NAME}/delete-records boolean true\n"
        self._system.run("debconf-set-selections", stdin=question)
        self._system.run("dpkg", "--purge", NAME, environ={"DEBIAN_FRONTEND": "noninteractive"})
        self._expect(not self._system.exists(DATA), "the records are still there")

    def _install(self, package: Path) -> None:
        self._system.run("dpkg", "--install", str(package), environ={"DEBIAN_FRONTEND": "noninteractive"})

    def _selftest(self) -> None:
        done = self._system.run(PROGRAM, "--selftest", user=CLINIC_USER, may_fail=True)
        self._expect(done.returncode == 0, done.stdout + done.stderr)
        skipped = [check["name"] for check in json.loads(done.stdout)["checks"] if check["result"] != "passed"]
        self._expect(not skipped, f"not checked: {skipped}")

    def _serve(self) -> tuple[subprocess.Popen[str], TrialPhone]:
        """The server of the clinic's account, and a phone of its nurse that may sync."""
        server = start(self._as_clinic(PROGRAM, "serve", "--host", "127.0.0.1", "--port", "0", environ=KEY_IN_FILE))
        assert server.stdout is not None
        port = int(json.loads(server.stdout.readline())["phones"].rpartition(":")[2])
        self._system.run(PROGRAM, "devices", "pairing", "open", user=CLINIC_USER, environ=KEY_IN_FILE)
        phone = TrialPhone("127.0.0.1", port)
        phone.shake_hands()
        phone.sign_in(EMAIL, PASSWORD)
        return server, phone

    def _holds_the_record(self) -> bool:
        server, phone = self._serve()
        try:
            return "kept" in {row["id"] for row in phone.pull()["patients"]["created"]}
        finally:
            server.terminate()
            server.wait(30)

    def _as_clinic(self, *words: str, environ: dict[str, str]) -> list[str]:
        return self._system.command(*words, user=CLINIC_USER, environ=environ)

    def _status(self) -> dict[str, object]:
        done = self._system.run(PROGRAM, "status", "--json", user=CLINIC_USER, environ=KEY_IN_FILE)
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    def _stop_server(self) -> None:
        status = self._status()
        if status["running"]:
            os.kill(int(str(status["pid"])), 15)
            self._wait(lambda: not self._status()["running"], 30, "the server does not end")

    def _is_painted(self) -> bool:
        PICTURE.parent.mkdir(exist_ok=True)
        picture = self._display.photograph(PICTURE)
        middle = picture.with_name("middle.png")  # without the frame, which the window manager paints
        crop = ["convert", str(picture), "-gravity", "center", "-crop", "600x400+0+0", str(middle)]
        subprocess.run(crop, check=True)
        return self._display.count_colours(middle) > LETTERS

    def _wait(self, is_so: Callable[[], object], limit_s: float, otherwise: str) -> None:
        deadline = time.monotonic() + limit_s
        while not is_so():
            self._expect(time.monotonic() < deadline, otherwise)
            time.sleep(0.2)

    def _expect(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            raise Failed(otherwise)


STEPS = tuple(name for name in vars(Trial) if not name.startswith("_"))

if __name__ == "__main__":
    try:
        try_all(Path(sys.argv[1]), sys.argv[2])
    except Failed as failure:
        print(failure, file=sys.stderr, flush=True)
        raise SystemExit(1) from None
