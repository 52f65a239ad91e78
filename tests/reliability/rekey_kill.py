"""``python -m tests.reliability.rekey_kill --runs N``: kills a change of key or passphrase at random moments.

Each run: a process of its own sets, changes or removes the passphrase of the start, or gives the database another key
and another recovery code; at a random moment of that it is ended with kill -9. Then the database must open with what
opened it before or with what was to open it afterwards, hold every record, and have a recovery code that opens it.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from db.clock import SystemClock
from db.errors import HubError
from db.recovery_code import secret_of
from db.wrapped_key import unwrap
from kiosk.keystore import Keystore
from kiosk.opening import open_for_serving
from kiosk.passphrase import change_passphrase, is_passphrase_set, remove_passphrase, set_passphrase
from kiosk.recovery import key_by_code, new_recovery_code, recovery_copy, shown_code
from kiosk.rekey import replace_key
from tests.e2e.server import PROJECT
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import all_patients, file_config, opened_clinic

CHEAP = 2
"""The stretching of secrets would hide the moments that matter: most kills would fall into it."""
CHILD_DEADLINE_S = 60.0
PATIENTS = tuple(f"p{number}" for number in range(200))
DEEDS = ("set", "change", "remove", "new_key", "new_key_with_passphrase")


@dataclass
class Tally:
    """The sums of a campaign."""

    kills: Counter[str] = field(default_factory=Counter)
    old: int = 0
    new: int = 0
    too_late: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kills = " | ".join(str(self.kills[deed]) for deed in DEEDS)
        return (
            f"| {sum(self.kills.values())} | {kills} | {self.old} | {self.new} | {self.too_late} | {len(self.faults)} |"
        )


class Campaign:
    """One data folder whose key and passphrase are changed, and the change killed, again and again."""

    def __init__(self, root: Path, seed: int) -> None:
        self.tally = Tally()
        self._chance = random.Random(seed)
        self._config = file_config(root)
        self._passphrase: str | None = None
        self._serial = 0
        self._took_s: dict[str, float] = {}
        clinic = opened_clinic(root, AdjustableClock(SystemClock().now_ms()))
        clinic.add_patients(*PATIENTS)
        new_recovery_code(clinic.folder, clinic.store.database, clinic.key, cost=CHEAP)
        clinic.store.close()

    def run(self, runs: int) -> Tally:
        while sum(self.tally.kills.values()) < runs:
            self._run_once(self._chance.choice(self._possible()))
        return self.tally

    def _possible(self) -> tuple[str, ...]:
        return ("set", "new_key") if self._passphrase is None else ("change", "remove", "new_key_with_passphrase")

    def _run_once(self, deed: str) -> None:
        self._serial += 1
        present, new = self._passphrase, f"passphrase number {self._serial}"
        wanted = {"set": new, "change": new, "remove": None, "new_key": None}.get(deed, present)
        is_killed = self._kill_in(deed, present, new)
        if is_killed is None:
            self.tally.faults.append(f"{deed}: failed by itself")
            return
        if is_killed:
            self.tally.kills[deed] += 1
        else:
            self.tally.too_late += 1
        self._verify(deed, present, wanted, is_killed=is_killed)

    def _kill_in(self, deed: str, present: str | None, new: str) -> bool | None:
        """True if it was killed on the way, False if it was done before that, None if it failed."""
        command = [sys.executable, "-m", "tests.reliability.rekey_kill", "--deed", deed, str(self._config.folder.root)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, encoding="utf-8") as child:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(f"{present or ''}\n{new}\n")
            child.stdin.flush()
            child.stdout.readline()  # everything is loaded: it begins now
            began = time.monotonic()
            longest = self._took_s.get(deed)
            if longest is None:  # the first of its kind is measured, not killed
                child.stdout.readline()
                self._took_s[deed] = time.monotonic() - began
                child.wait(CHILD_DEADLINE_S)
            else:
                threading.Event().wait(self._chance.uniform(0, longest))
                child.kill()
                child.wait(CHILD_DEADLINE_S)
        return {0: False, -9: True, 1: None if longest is None else True}.get(child.returncode)

    def _verify(self, deed: str, present: str | None, wanted: str | None, *, is_killed: bool) -> None:
        """``wanted``: what was to open it afterwards."""
        clock = SystemClock()
        for passphrase in dict.fromkeys((wanted, present)):
            try:
                key, store = open_for_serving(self._config, clock, passphrase)
            except HubError:
                continue
            try:
                with store.database.read() as snapshot:
                    found = {row.id for row in snapshot.rows(all_patients())}
                code = shown_code(self._config.folder, store.database, key.secret, cost=CHEAP).code
            finally:
                store.close()
            copy = recovery_copy(self._config.folder)
            if found != set(PATIENTS) or code is None or key_by_code(copy, code) != key.secret:
                self.tally.faults.append(f"{deed}: it opens, but is not whole")
            if copy is None or unwrap(copy, secret_of(code or "")) is None:
                self.tally.faults.append(f"{deed}: the recovery code does not open it")
            self._passphrase = passphrase if is_passphrase_set(self._config.folder) else None
            if is_killed and passphrase == present != wanted:
                self.tally.old += 1
            elif is_killed and present != wanted:
                self.tally.new += 1
            return
        raise AssertionError(f"{deed}: neither the old nor the new opens the database")


def do(deed: str, root: Path) -> None:
    """What is killed. The present passphrase and the new one come on standard input, in that order."""
    present, new = sys.stdin.readline().rstrip("\n"), sys.stdin.readline().rstrip("\n")
    config, clock = file_config(root), SystemClock()
    keystore = Keystore(config.folder, config.keystore)
    key = keystore.found()[0].secret if deed == "set" else b""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    if deed == "set":
        set_passphrase(config.folder, keystore, key, new, cost=CHEAP)
    elif deed == "change":
        change_passphrase(config.folder, present, new, cost=CHEAP)
    elif deed == "remove":
        remove_passphrase(config.folder, keystore, present)
    else:
        replace_key(config, clock, passphrase=present or None, cost=CHEAP)
    sys.stdout.write("done\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deed", choices=DEEDS, help=argparse.SUPPRESS)
    parser.add_argument("folder", type=Path, nargs="?", help=argparse.SUPPRESS)
    words = parser.parse_args()
    if words.deed:
        do(words.deed, words.folder)
        return 0
    with tempfile.TemporaryDirectory(prefix="rekey-") as folder:
        tally = Campaign(Path(folder) / "data", words.seed).run(words.runs)
    titles = " | ".join(deed.replace("_", " ") for deed in DEEDS)
    columns = len(DEEDS) + 5
    sys.stdout.write(
        f"| kills | {titles} | the old one opened it | the new one opened it | done before the kill | faults |\n"
        f"|{'---|' * columns}\n{tally}\n"
    )
    for fault in tally.faults:
        sys.stdout.write(f"{fault}\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
