"""``python -m tests.reliability.cloud_kill --runs N``: kills the server in rounds with the cloud, while phones push.

Each run: the server starts, and its first round sends what waits to a double of the cloud while phones push more;
when the cloud has come to a record chosen at random the server is ended with kill -9. At the end a last start sends
the rest. Then, in the cloud:

* every record of every acknowledged push must be there once, with its last acknowledged values;
* a push whose answer never came must be there whole, or not at all;
* nothing may be there that no phone has sent, and nothing may wait or be set aside.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
import tempfile
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.clock import SystemClock
from tests.bench.phone import BenchPhone
from tests.e2e.server import RunningServer
from tests.fakes.cloud import Cloud, Moment, running_cloud
from tests.fakes.cloud.organisation import CLINIC_A, EMAILS, EVENT_FORM, PASSWORD, PROVIDER
from tests.reliability.kill import Push, Row

PHONE = (EMAILS[PROVIDER], PASSWORD)
WRITERS = 2
LAST_RECORD = 60
LONGEST_WAIT_S = 6.0
ENOUGH_PUSHES = 15


@dataclass
class CloudTally:
    """The sums of a campaign."""

    kills: int = 0
    in_a_push: int = 0
    acknowledged_pushes: int = 0
    acknowledged_records: int = 0
    unanswered_whole: int = 0
    unanswered_absent: int = 0
    lost_records: int = 0
    half_pushes: int = 0
    strange_records: int = 0
    left_waiting: int = 0

    @property
    def faults(self) -> int:
        return self.lost_records + self.half_pushes + self.strange_records + self.left_waiting

    def __str__(self) -> str:
        return (
            f"| {self.kills} | {self.in_a_push} | {self.acknowledged_pushes:,} | {self.acknowledged_records:,} | "
            f"{self.unanswered_whole} | {self.unanswered_absent} | {self.lost_records} | {self.half_pushes} | "
            f"{self.strange_records} | {self.left_waiting} |"
        )


class CloudCampaign:
    """One data folder that is killed again and again, and the cloud it is connected with."""

    def __init__(self, folder: Path, cloud: Cloud, seed: int) -> None:
        self.tally = CloudTally()
        self._cloud = cloud
        self._chance = random.Random(seed)
        self._server = RunningServer(folder)
        self._pushes: list[Push] = []
        self._own = [str(uuid.UUID(int=self._chance.getrandbits(128), version=4)) for _ in range(WRITERS)]
        self._serial = 0
        self._lock = threading.Lock()

    def run(self, runs: int) -> CloudTally:
        self._cloud.change(is_rate_limited=False)
        self._server.start()
        try:
            self._ask("cloud", "enrol", "--url", self._cloud.url, "--key-stdin", stdin=f"{self._cloud.api_key}\n")
            self._ask("cloud", "sync", "--once")
            for _ in range(runs):
                self._run_once()
        finally:
            self._cloud.watch_records(lambda *_: None)
            self._server.kill()
        self._settle()
        self._verify()
        return self.tally

    def _ask(self, *words: str, stdin: str = "") -> dict[str, Any]:
        done = self._server.cli(*words, "--json", stdin=stdin)
        if done.returncode:
            raise AssertionError(f"{words}: {done.returncode} {done.stdout} {done.stderr}")
        return dict(json.loads(done.stdout))

    def _run_once(self) -> None:
        """The record at which the server ends is counted by the cloud; where none comes, time ends it."""
        self._server.kill()
        reached, over = threading.Event(), threading.Event()
        left = self._chance.randrange(1, LAST_RECORD)

        def count(moment: Moment, table: str, record: Any) -> None:
            nonlocal left
            left -= moment is Moment.AFTER
            if left <= 0:
                reached.set()

        self._cloud.watch_records(count)
        self._server.start()
        threads = [threading.Thread(target=self._write, args=(n, over)) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        is_in_a_push = reached.wait(self._chance.uniform(1.0, LONGEST_WAIT_S))
        self._server.kill()
        over.set()
        for thread in threads:
            thread.join()
        self.tally.kills += 1
        self.tally.in_a_push += is_in_a_push

    def _write(self, writer: int, over: threading.Event) -> None:
        phone = BenchPhone(self._server.phones_url, PHONE)
        try:
            mark = 0
            for _ in range(ENOUGH_PUSHES):
                if over.is_set():
                    break
                push = Push(self._new_rows(writer))
                with self._lock:
                    self._pushes.append(push)
                mark = mark or phone.pull(0).timestamp
                phone.push(
                    mark, {name: {"created": rows, "updated": [], "deleted": []} for name, rows in push.rows.items()}
                )
                push.is_acknowledged = True
        except (OSError, http.client.HTTPException):
            return  # the server is gone
        finally:
            phone.close()

    def _new_rows(self, writer: int) -> dict[str, list[Row]]:
        """A patient with a visit and an event, and a new value in a record of this writer's own."""
        with self._lock:
            self._serial += 1
            serial = self._serial
            ids = [str(uuid.UUID(int=self._chance.getrandbits(128), version=4)) for _ in range(3)]
        at = 1_760_000_000_000 + serial
        times = {"created_at": at, "updated_at": at}
        person = {"primary_clinic_id": CLINIC_A, "sex": "female", **times}
        own = {"id": self._own[writer], "given_name": str(serial), **person}
        patient = {"id": ids[0], "given_name": f"Patient {serial}", **person}
        visit = {"id": ids[1], "patient_id": ids[0], "clinic_id": CLINIC_A, "provider_id": PROVIDER, **times}
        event = {"id": ids[2], "patient_id": ids[0], "visit_id": ids[1], "form_id": EVENT_FORM, **times}
        return {"patients": [patient, own], "visits": [visit], "events": [event | {"event_type": f"event {serial}"}]}

    def _settle(self) -> None:
        """What was left of the last round goes, and is shown back."""
        for _ in range(3):
            self.tally.left_waiting = int(self._ask("cloud", "sync")["waiting"])
        self.tally.left_waiting += int(self._ask("cloud", "status")["set_aside"])

    def _verify(self) -> None:
        there = {(name, row["id"]): row for name in ("patients", "visits", "events") for row in self._cloud.live(name)}
        sent = {(name, row["id"]) for push in self._pushes for name, rows in push.rows.items() for row in rows}
        self.tally.strange_records = len(there.keys() - sent)
        for push in self._pushes:
            wanted = [(name, row) for name, rows in push.rows.items() for row in rows]
            held = [self._holds(there.get((name, row["id"])), row) for name, row in wanted]
            if push.is_acknowledged:
                self.tally.acknowledged_pushes += 1
                self.tally.acknowledged_records += len(wanted)
                self.tally.lost_records += held.count(False)
            elif all(held):
                self.tally.unanswered_whole += 1
            elif not any((name, row["id"]) in there for name, row in wanted if row["id"] not in self._own):
                self.tally.unanswered_absent += 1
            else:
                self.tally.half_pushes += 1

    def _holds(self, found: Row | None, row: Row) -> bool:
        """Whether the cloud has the row as it was sent; a writer's own record may have a later value."""
        if found is None:
            return False
        if row["id"] in self._own:
            return int(found["given_name"]) >= int(row["given_name"])
        names = {"given_name", "patient_id", "visit_id", "event_type"} & row.keys()
        return all(found[name] == row[name] for name in names)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill-") as folder, running_cloud(SystemClock()) as cloud:
        tally = CloudCampaign(Path(folder) / "data", cloud, words.seed).run(words.runs)
    sys.stdout.write(
        "| kills | of them in a push to the cloud | acknowledged pushes | records in them | unanswered, found whole | "
        "unanswered, absent | lost records | half pushes | records nobody sent | left waiting |\n"
        f"|---|---|---|---|---|---|---|---|---|---|\n{tally}\n"
    )
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
