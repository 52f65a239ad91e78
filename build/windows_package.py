"""Makes the installer for Windows from the frozen folder, and tries its script under Wine with a stand-in program.

Knows nothing of how the folder was frozen. The script itself is installer/windows/setup.nsi.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from bundle import NAME
from console import ROOT, Failed, output_of, say, step
from freeze import WORK

PARTS = ROOT / "installer" / "windows"
SCRIPT = PARTS / "setup.nsi"
WEBVIEW2_VARIABLE = "HIKMA_WEBVIEW2"
NEWER_INSTALLED = 3
OLD, NEW = "1.0.0", "1.1.0"
RECORDS = f"AppData/Local/{NAME}"


def makensis() -> str:
    """The compiler of the script. Raises Failed."""
    usual = Path(os.environ.get("PROGRAMFILES(X86)", "C:/Program Files (x86)"), "NSIS", "makensis.exe")
    found = shutil.which("makensis") or (str(usual) if usual.exists() else None)
    if found is None:
        raise Failed("The installer for Windows needs NSIS 3 (makensis): apt-get install nsis, or nsis.sourceforge.io")
    return found


def setup(program: Path, into: Path, version: str, webview2: str | None = None) -> Path:
    """The installer of ``program``. ``webview2``: Microsoft's standalone installer to take along (default: what the
    variable HIKMA_WEBVIEW2 names). Raises Failed; a warning of the compiler counts."""
    target = into / f"{NAME}-{version}-windows-x86_64-setup.exe"
    into.mkdir(parents=True, exist_ok=True)
    options = {"VERSION": version, "PAYLOAD": str(program.resolve()), "OUTFILE": str(target.resolve())}
    webview2 = webview2 or os.environ.get(WEBVIEW2_VARIABLE)
    if webview2:
        options["WEBVIEW2"] = str(Path(webview2).resolve())
    compile_script(SCRIPT, options)
    return target


def compile_script(script: Path, options: dict[str, str]) -> None:
    """Runs the compiler in the script's folder. Raises Failed."""
    defined = [f"-D{name}={value}" for name, value in options.items()]
    command = [makensis(), "-V2", "-WX", "-INPUTCHARSET", "UTF8", *defined, script.name]
    step(f"{script.name} -> {Path(options['OUTFILE']).name}", command, folder=script.parent)


def stand_in(folder: Path) -> Path:
    """A folder like that of the frozen program, whose programs do nothing and succeed."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / "part.txt").write_text("part\n", encoding="ascii")
    for name in (NAME, f"{NAME}-cli"):
        compile_script(PARTS / "standin.nsi", {"OUTFILE": str(folder / f"{name}.exe")})
    return folder


class Wine:
    """A Windows of its own in ``folder``."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.drive = folder / "drive_c"
        self._environ = {**os.environ, "WINEPREFIX": str(folder), "WINEDEBUG": "-all", "DISPLAY": ""}
        self.run("wineboot", "--init")

    def run(self, *words: str) -> int:
        """The exit code of a program."""
        done = subprocess.run(["wine", *words], env=self._environ, capture_output=True, timeout=300, check=False)
        subprocess.run(["wineserver", "--wait"], env=self._environ, timeout=300, check=False)
        return done.returncode

    def value(self, key: str, name: str) -> str | None:
        """A value of the registry."""
        command = ["wine", "reg", "query", key, "/v", name]
        done = subprocess.run(command, env=self._environ, capture_output=True, timeout=60, check=False)
        for line in done.stdout.decode("utf-8", "replace").splitlines():
            if name in line and "REG_" in line:
                return line.split("    ")[-1].strip()
        return None


class Trial:
    """What is on a Windows after each step, and whether it is as it should be."""

    uninstall_key = rf"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall\{NAME}"
    run_key = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run"

    def __init__(self, wine: Wine, old: Path, new: Path) -> None:
        self._wine, self._old, self._new = wine, str(old), str(new)
        self._program = wine.drive / "Program Files" / "Hikma Local Server"
        self._link = wine.drive / "ProgramData/Microsoft/Windows/Start Menu/Programs/Hikma Local Server.lnk"
        person = next(path for path in (wine.drive / "users").iterdir() if path.name != "Public")
        self._records = person / RECORDS / "clinic.db"
        self._records.parent.mkdir(parents=True)
        self._records.write_text("records", encoding="ascii")

    def installs(self) -> None:
        program = self._program
        expect(self._wine.run(self._old, "/S") == 0, "installs silently")
        expect((program / f"{NAME}.exe").exists() and (program / "_internal/part.txt").exists(), "the files are there")
        expect(self._link.exists(), "it is in the Start menu of everybody")
        started = self._wine.value(self.run_key, NAME) or ""
        expect(started.endswith('hikma-local-server.exe" at-login'), "it starts at login")
        expect(self._version() == OLD, "Windows knows its version")
        expect("self-test: 0" in self._log(), "the log tells of the self-test")
        expect("netsh (private,domain):" in self._log(), "the log tells of the firewall")

    def repairs(self) -> None:
        (self._program / f"{NAME}.exe").unlink()
        expect(self._wine.run(self._old, "/S") == 0, "the same version installs again")
        expect((self._program / f"{NAME}.exe").exists(), "and repairs")

    def upgrades(self) -> None:
        left_over = self._program / "_internal" / "of-the-old-version.txt"
        left_over.touch()
        expect(self._wine.run(self._new, "/S", "/NOAUTOSTART", "/PUBLICNETWORKS") == 0, "a newer version upgrades")
        expect(self._version() == NEW, "Windows knows the new version")
        expect(not left_over.exists(), "nothing of the old version stays")
        expect(self._wine.value(self.run_key, NAME) is None, "/NOAUTOSTART is obeyed")
        expect("netsh (private,domain,public):" in self._log(), "/PUBLICNETWORKS is obeyed")

    def refuses_to_go_back(self) -> None:
        expect(self._wine.run(self._old, "/S") == NEWER_INSTALLED, "an older version is refused")
        expect(self._version() == NEW, "and nothing is changed")

    def removes(self) -> None:
        (self._program / "of-somebody-else.txt").touch()
        self._wine.run(str(self._program / "uninstall.exe"), "/S")
        left = sorted(path.name for path in self._program.iterdir())
        expect(left == ["of-somebody-else.txt"], "removal takes the program and nothing else")
        expect(self._version() is None and not self._link.exists(), "and its entries")
        expect(self._records.exists(), "the records stay")

    def removes_the_records_when_told(self) -> None:
        expect(self._wine.run(self._new, "/S") == 0, "it installs again")
        self._wine.run(str(self._program / "uninstall.exe"), "/S", "/DELETERECORDS")
        expect(not self._records.exists(), "/DELETERECORDS deletes the records")

    def _version(self) -> str | None:
        return self._wine.value(self.uninstall_key, "DisplayVersion")

    def _log(self) -> str:
        return (self._program / "setup.log").read_text(encoding="utf-16")


def expect(is_so: bool, what: str) -> None:
    """Says what was found. Raises Failed when it is not so."""
    if not is_so:
        raise Failed(f"{what}: not so")
    say(f"{what}: yes")


def try_here() -> None:
    """Installs, repairs, upgrades, refuses an older version, and removes, under Wine. Raises Failed."""
    if shutil.which("wine") is None:
        raise Failed("Trying the installer for Windows needs Wine: apt-get install wine wine64")
    folder = WORK / "try-windows"
    payload = stand_in(folder / "payload")
    trial = Trial(Wine(folder / "wine"), setup(payload, folder, OLD), setup(payload, folder, NEW))
    for name in (name for name in vars(Trial) if not name.startswith("_") and callable(getattr(Trial, name))):
        getattr(trial, name)()
    say(f"tried with {output_of(['wine', '--version']).strip()}; see docs/platforms.md for what Wine cannot show")
