"""A pull's stream ends its snapshot and its line in the log, however far it was read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from db.database import READER_CONNECTIONS
from db.pull_plan import PullRequest
from db.store import Store, open_store
from db.sync_log import recent_syncs
from tests.db.rows import KEY, put_rows
from tests.fakes.clock import AdjustableClock
from web.phone.pull_stream import PIECE_BYTES, PullStream

MANY = 2_000


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def store(tmp_path: Path, clock: AdjustableClock) -> Store:
    opened = open_store(tmp_path, KEY, clock)
    put_rows(opened.database, "patients", ({"id": f"p{n}", "given_name": "x" * 300} for n in range(MANY)))
    return opened


def _stream(store: Store, clock: AdjustableClock) -> PullStream:
    return PullStream(store.database, clock, PullRequest("nurse", "192.0.2.1", 0, 9))


def _results(store: Store) -> list[str]:
    with store.database.read() as snapshot:
        return [line.entry.result for line in recent_syncs(snapshot, 100)]


def test_the_pieces_make_one_document(store: Store, clock: AdjustableClock) -> None:
    pieces = list(_stream(store, clock))
    document = json.loads(b"".join(pieces))
    assert len(document["changes"]["patients"]["created"]) == MANY
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 2 * PIECE_BYTES
    assert _results(store) == ["ok"]
    store.close()


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_one_that_is_given_up_leaves_nothing_open(store: Store, clock: AdjustableClock, taken: int) -> None:
    for _ in range(READER_CONNECTIONS + 1):
        with _stream(store, clock) as stream:
            for _ in range(taken):
                next(stream)
    assert set(_results(store)) == {"interrupted"}
    store.close()
