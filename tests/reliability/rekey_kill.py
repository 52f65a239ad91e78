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
FIRST_GUESS_S, LATER = 0.02, 1.15
"""How long a deed takes is learned: from each that was done before its kill; until then kills come later and later."""
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
        self._opened_by: str | None = None
        self._serial = 0
        self._takes_s = dict.fromkeys(DEEDS, FIRST_GUESS_S)
        clinic = opened_clinic(root, AdjustableClock(SystemClock().now_ms()))
        clinic.add_patients(*PATIENTS)
        new_recovery_code(clinic.folder, clinic.store.database, clinic.key, cost=CHEAP)
        clinic.store.close()
        self._key = clinic.key

    def run(self, runs: int) -> Tally:
        while sum(self.tally.kills.values()) < runs:
            self._run_once(self._chance.choice(self._possible()))
        return self.tally

    def _possible(self) -> tuple[str, ...]:
        return ("set", "new_key") if self._passphrase is None else ("change", "remove", "new_key_with_passphrase")

    def _run_once(self, deed: str) -> None:
        self._serial += 1
        present, new = self._passphrase, f"passphrase number {self._serial}"
        is_killed = self._kill_in(deed, present, new)
        if is_killed:
            self.tally.kills[deed] += 1
        else:
            self.tally.too_late += 1
        opening = {"set": (new, None), "change": (new, present), "remove": (None, present)}.get(deed, (present,))
        is_new = self._verify(deed, opening)
        if is_killed:
            self.tally.new += is_new
            self.tally.old += not is_new

    def _kill_in(self, deed: str, present: str | None, new: str) -> bool:
        """False if it was done before it was killed."""
        command = [sys.executable, "-m", "tests.reliability.rekey_kill", "--deed", deed, str(self._config.folder.root)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, encoding="utf-8") as child:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(f"{present or ''}\n{new}\n")
            child.stdin.flush()
            assert child.stdout.readline() == "ready\n"  # everything is loaded: it begins now
            threading.Event().wait(self._chance.uniform(0, self._takes_s[deed]))
            child.kill()
            done = child.stdout.read()
            code = child.wait(CHILD_DEADLINE_S)
        if done:
            self._takes_s[deed] = float(done)
        elif code == 1:
            self.tally.faults.append(f"{deed}: failed by itself")
        else:
            self._takes_s[deed] *= LATER
        return not done

    def _verify(self, deed: str, passphrases: tuple[str | None, ...]) -> bool:
        """Whether it is the new one that opens it. ``passphrases``: what may open it now."""
        key, found, code = self._opened(passphrases)
        copy = recovery_copy(self._config.folder)
        if found != set(PATIENTS):
            self.tally.faults.append(f"{deed}: it opens, but records are missing")
        if code is None or key_by_code(copy, code) != key:
            self.tally.faults.append(f"{deed}: the recovery code does not open it")
        had_passphrase, has_passphrase = self._passphrase is not None, is_passphrase_set(self._config.folder)
        is_new = {
            "set": has_passphrase,
            "change": self._opened_by != self._passphrase,
            "remove": not has_passphrase,
        }.get(deed, key != self._key)
        if deed.startswith("new_key") and had_passphrase != has_passphrase:
            self.tally.faults.append(f"{deed}: the passphrase came or went")
        self._key, self._passphrase = key, self._opened_by if has_passphrase else None
        return is_new

    def _opened(self, passphrases: tuple[str | None, ...]) -> tuple[bytes, set[str], str | None]:
        """The key, the records and the recovery code. Raises AssertionError where nothing opens it."""
        for passphrase in passphrases:
            try:
                key, store = open_for_serving(self._config, SystemClock(), passphrase)
            except HubError:
                continue
            self._opened_by = passphrase
            try:
                with store.database.read() as snapshot:
                    found = {row.id for row in snapshot.rows(all_patients())}
                return key.secret, found, shown_code(self._config.folder, store.database, key.secret, cost=CHEAP).code
            finally:
                store.close()
        raise AssertionError("neither the old nor the new opens the database")


def do(deed: str, root: Path) -> None:
    """What is killed. The present passphrase and the new one come on standard input, in that order."""
    present, new = sys.stdin.readline().rstrip("\n"), sys.stdin.readline().rstrip("\n")
    config, clock = file_config(root), SystemClock()
    keystore = Keystore(config.folder, config.keystore)
    key = keystore.found()[0].secret if deed == "set" else b""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    began = time.monotonic()
    if deed == "set":
        set_passphrase(config.folder, keystore, key, new, cost=CHEAP)
    elif deed == "change":
        change_passphrase(config.folder, present, new, cost=CHEAP)
    elif deed == "remove":
        remove_passphrase(config.folder, keystore, present)
    else:
        replace_key(config, clock, passphrase=present or None, cost=CHEAP)
    sys.stdout.write(f"{time.monotonic() - began}")
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
        f"| kills | {titles} | killed, the old opens it | killed, the new opens it | done before the kill | faults |\n"
        f"|{'---|' * columns}\n{tally}\n"
    )
    for fault in tally.faults:
        sys.stdout.write(f"{fault}\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
