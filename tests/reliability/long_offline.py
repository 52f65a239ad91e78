"""``python -m tests.reliability.long_offline --edits N``: a computer that was offline for days, and then a bad line.

Phones push N edits while there is no cloud to be reached; then the cloud comes back behind a line that is late, narrow
and cut now and then. The program is left to itself until nothing waits. Every record must be in the cloud, once.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from db.clock import SystemClock
from tests.bench.phone import BenchPhone
from tests.e2e.server import RunningServer
from tests.fakes.bad_line import LineQuality, bad_line
from tests.fakes.cloud import Call, Cloud, running_cloud
from tests.fakes.cloud.organisation import CLINIC_A, EMAILS, PASSWORD, PROVIDER
from tests.polling import eventually

AT_ONCE = 1_000
LOOK_EVERY_S = 20.0
SATELLITE = LineQuality(latency_s=0.8, bytes_per_s=32_000, cuts=0.05)


@dataclass(frozen=True)
class Outcome:
    """What it took. ``progress``: how often the number of records that wait was seen to have fallen."""

    edits: int
    seconds: float
    megabytes: float
    exchanges: int
    cuts: int
    pushes: int
    progress: int
    missing: int
    strange: int
    set_aside: int

    def __str__(self) -> str:
        return (
            f"| {self.edits:,} | {self.seconds / 60:.0f} min | {self.megabytes:.0f} MB | {self.exchanges} | "
            f"{self.cuts} | {self.pushes} | {self.progress} | {self.missing} | {self.strange} | {self.set_aside} |"
        )


def come_back(folder: Path, cloud: Cloud, edits: int, deadline_s: float, seed: int) -> Outcome:
    """Queues the edits offline, then lets the program exchange over the bad line until nothing waits."""
    server = RunningServer(folder)
    with bad_line(int(urlsplit(cloud.url).port or 0), SATELLITE, seed) as line:
        server.start()
        try:
            asked(server, "cloud", "enrol", "--url", line.url, "--key-stdin", stdin=f"{cloud.api_key}\n")
            until_synced(server, deadline_s)
            cloud.go_offline()
            ids = push(server, edits)
            cloud.forget_received()
            cloud.go_online()
            began = time.monotonic()
            server.restart_after_kill()  # its first round comes at once
            progress = until_nothing_waits(server, deadline_s)
            seconds = time.monotonic() - began
            set_aside = int(asked(server, "cloud", "status")["set_aside"])
        finally:
            server.kill()
        there = [row["id"] for row in cloud.live("patients")]
        return Outcome(
            edits,
            seconds,
            line.bytes / 1e6,
            line.exchanges,
            line.cuts,
            len(cloud.received_by(Call.PUSH)),
            progress,
            missing=len(ids - set(there)),
            strange=len(there) - len(ids & set(there)),
            set_aside=set_aside,
        )


def asked(server: RunningServer, *words: str, stdin: str = "") -> dict[str, Any]:
    done = server.cli(*words, "--json", stdin=stdin)
    if done.returncode:
        raise AssertionError(f"{words}: {done.returncode} {done.stdout} {done.stderr}")
    return dict(json.loads(done.stdout))


def until_synced(server: RunningServer, deadline_s: float) -> None:
    """Staff has arrived: they can sign in from now on."""
    eventually(lambda: not server.cli("cloud", "sync", "--once").returncode, deadline_s)


def push(server: RunningServer, edits: int) -> set[str]:
    phone = BenchPhone(server.phones_url, (EMAILS[PROVIDER], PASSWORD))
    mark = phone.pull(0).timestamp
    ids: set[str] = set()
    while len(ids) < edits:
        rows = [new_patient(len(ids) + number) for number in range(min(AT_ONCE, edits - len(ids)))]
        phone.push(mark, {"patients": {"created": rows, "updated": [], "deleted": []}})
        ids |= {str(row["id"]) for row in rows}
    phone.close()
    return ids


def new_patient(number: int) -> dict[str, Any]:
    at = 1_760_000_000_000 + number
    person = {"given_name": f"Patient {number}", "surname": "Haddad", "sex": "female", "primary_clinic_id": CLINIC_A}
    return {"id": str(uuid.uuid4()), **person, "created_at": at, "updated_at": at}


def until_nothing_waits(server: RunningServer, deadline_s: float) -> int:
    """How often less waited than before."""
    seen: list[int] = []

    def is_over() -> bool:
        seen.append(int(asked(server, "cloud", "status")["waiting"]))
        return not seen[-1]

    eventually(is_over, deadline_s, LOOK_EVERY_S)
    return sum(after < before for before, after in pairwise(seen))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--edits", type=int, default=50_000)
    parser.add_argument("--hours", type=float, default=4.0, help="when to give up")
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="offline-") as folder, running_cloud(SystemClock()) as cloud:
        outcome = come_back(Path(folder) / "data", cloud, words.edits, words.hours * 3600, words.seed)
    sys.stdout.write(
        "| edits | time | over the line | exchanges | cut | pushes | looks with progress | missing | strange | "
        "set aside |\n"
        f"|---|---|---|---|---|---|---|---|---|---|\n{outcome}\n"
    )
    return 1 if outcome.missing or outcome.strange or outcome.set_aside else 0


if __name__ == "__main__":
    sys.exit(main())
