"""``python -m tests.reliability.kill --runs N``: kills the server at random moments under load and looks what is left.

Each run: several phones push (new records in three tables, and a new value in a record of their own) while others
pull; after a random moment the server is ended with kill -9 and started again on the same folder. Then, over HTTP:

* every record of every acknowledged push must be there, with its last acknowledged values;
* a push whose answer never came must be there whole, or not at all;
* the server itself checks the whole file at that start, and refuses to serve a damaged one.
"""

from __future__ import annotations

import argparse
import http.client
import random
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.phone import BenchPhone
from tests.e2e.server import NURSE, RunningServer

WRITERS = 4
READERS = 2
TABLES = ("patients", "visits", "events")
LONGEST_RUN_S = 0.8
Row = dict[str, Any]


@dataclass
class Push:
    """What one push sent. ``is_acknowledged`` None: the answer never came."""

    rows: dict[str, list[Row]]
    is_acknowledged: bool | None = None


@dataclass
class Tally:
    """The sums of a campaign."""

    runs: int = 0
    acknowledged_pushes: int = 0
    acknowledged_records: int = 0
    unanswered_whole: int = 0
    unanswered_absent: int = 0
    lost_records: int = 0
    half_pushes: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"| {self.runs} | {self.acknowledged_pushes:,} | {self.acknowledged_records:,} | {self.unanswered_whole} | "
            f"{self.unanswered_absent} | {self.lost_records} | {self.half_pushes} |"
        )


class Campaign:
    """One data folder that is killed again and again. ``known``: what the verifying phone has been sent so far."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.tally = Tally()
        self._chance = random.Random(seed)
        self._server = RunningServer(folder)
        self._known: dict[tuple[str, str], Row] = {}
        self._mark = 0
        self._serial = 0
        self._lock = threading.Lock()

    def run(self, runs: int) -> Tally:
        self._server.start()
        try:
            self._server.add_user(NURSE)
            for _ in range(runs):
                self._run_once()
        finally:
            self._server.kill()
        return self.tally

    def _run_once(self) -> None:
        pushes: list[Push] = []
        over = threading.Event()
        threads = [threading.Thread(target=self._write, args=(n, pushes, over)) for n in range(WRITERS)]
        threads += [threading.Thread(target=self._read, args=(over,)) for _ in range(READERS)]
        for thread in threads:
            thread.start()
        over.wait(self._chance.uniform(0.02, LONGEST_RUN_S))
        self._server.kill()
        over.set()
        for thread in threads:
            thread.join()
        self._server.start()
        self._catch_up()
        self._verify(pushes)
        self.tally.runs += 1

    def _write(self, writer: int, pushes: list[Push], over: threading.Event) -> None:
        phone = BenchPhone(self._server.phones_url, NURSE.credentials)
        try:
            mark = phone.pull(self._mark).timestamp
            while not over.is_set():
                push = Push(self._new_rows(writer))
                with self._lock:
                    pushes.append(push)
                phone.push(
                    mark, {name: {"created": rows, "updated": [], "deleted": []} for name, rows in push.rows.items()}
                )
                push.is_acknowledged = True
        except (OSError, http.client.HTTPException):
            return  # the server is gone
        finally:
            phone.close()

    def _read(self, over: threading.Event) -> None:
        phone = BenchPhone(self._server.phones_url, NURSE.credentials)
        try:
            mark = self._mark
            while not over.is_set():
                mark = phone.pull(mark).timestamp
        except (OSError, http.client.HTTPException):
            return
        finally:
            phone.close()

    def _new_rows(self, writer: int) -> dict[str, list[Row]]:
        with self._lock:
            self._serial += 1
            serial = self._serial
            size = self._chance.randrange(1, 40)
        at = 1_760_000_000_000 + serial
        times = {"created_at": at, "updated_at": at}
        tables: dict[str, list[Row]] = {
            name: [{"id": f"{name}-{serial}-{n}", "metadata": "{}", **times} for n in range(size)] for name in TABLES
        }
        tables["patients"].append({"id": f"own-{writer}", "given_name": str(serial), "camp": "x" * size, **times})
        return tables

    def _catch_up(self) -> None:
        """Takes what has changed, as a phone that synced after the last run."""
        phone = BenchPhone(self._server.phones_url, NURSE.credentials)
        answer = phone.pull(self._mark)
        phone.close()
        document = msgspec.json.decode(answer.body)
        for name, lists in document["changes"].items():
            for row in (*lists["created"], *lists["updated"]):
                self._known[(name, row["id"])] = row
        self._mark = document["timestamp"]

    def _verify(self, pushes: list[Push]) -> None:
        for push in pushes:
            wanted = [(name, row) for name, rows in push.rows.items() for row in rows]
            there = [self._holds(name, row) for name, row in wanted]
            if push.is_acknowledged:
                self.tally.acknowledged_pushes += 1
                self.tally.acknowledged_records += len(wanted)
                self.tally.lost_records += there.count(False)
            elif all(there):
                self.tally.unanswered_whole += 1
            elif not any(self._holds(name, row) for name, row in wanted if not row["id"].startswith("own-")):
                self.tally.unanswered_absent += 1
            else:
                self.tally.half_pushes += 1

    def _holds(self, name: str, row: Row) -> bool:
        """Whether the row is there as it was sent; a writer's own record may have a later value."""
        known = self._known.get((name, row["id"]))
        if known is None:
            return False
        if row["id"].startswith("own-"):
            return int(known["given_name"]) >= int(row["given_name"])
        return all(known.get(column) == value for column, value in row.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill-") as folder:
        tally = Campaign(Path(folder) / "data", words.seed).run(words.runs)
    sys.stdout.write(
        "| kills | acknowledged pushes | records in them | unanswered, found whole | unanswered, absent | "
        f"lost records | half pushes |\n|---|---|---|---|---|---|---|\n{tally}\n"
    )
    return 1 if tally.lost_records or tally.half_pushes else 0


if __name__ == "__main__":
    sys.exit(main())
