"""A sync over HTTP: streaming, packing, interruption, and what is told to staff about it."""

from __future__ import annotations

import gzip
import json
import logging
import shutil
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from db.store import Store, open_store
from db.sync_log import LoggedSync, SyncKind, recent_syncs
from tests.fakes.clock import AdjustableClock
from tests.polling import eventually
from tests.web.listener import QUICK, RawClient
from tests.web.phones_listener import AS_DOCTOR, AS_NURSE, BODY_LIMIT, KEY, PhonesListener
from web.watchdog import Patience, Watchdog

BOTH = pytest.mark.parametrize("path", ["/sync", "/api/v2/sync"])
MANY = 4_000


def patient(number: int, **more: object) -> dict[str, Any]:
    return {"id": f"patient-{number}", "given_name": f"name {number}", "created_at": 1, "updated_at": 1, **more}


def push_patients(phones: PhonesListener, count: int, text: str = "") -> None:
    for start in range(0, count, 1_000):
        rows = [patient(number, hometown=text) for number in range(start, min(start + 1_000, count))]
        assert phones.push({"patients": {"created": rows, "updated": [], "deleted": []}}).status == 200


def syncs(store: Store) -> Sequence[LoggedSync]:
    with store.database.read() as snapshot:
        return recent_syncs(snapshot, 20)


def last(store: Store) -> LoggedSync:
    return syncs(store)[0]


@BOTH
def test_a_push_is_answered_with_an_empty_object_and_pulled_by_another_phone(phones: PhonesListener, path: str) -> None:
    answer = phones.push({"patients": {"created": [patient(1)], "updated": [], "deleted": []}}, path=path)
    assert (answer.status, answer.json) == (200, {})
    assert answer.headers["content-type"] == "application/json"
    pulled = phones.pull(path=path)
    assert [row["id"] for row in pulled["changes"]["patients"]["created"]] == ["patient-1"]
    assert pulled["timestamp"] > 0


@BOTH
def test_every_listed_table_has_all_three_lists(phones: PhonesListener, path: str) -> None:
    push_patients(phones, 3)
    first = phones.pull(path=path)
    for pulled in (first, phones.pull(first["timestamp"], path=path)):
        for table, lists in pulled["changes"].items():
            assert list(lists) == ["created", "updated", "deleted"], table


def test_the_older_address_has_the_ten_tables_unless_a_schema_is_said(phones: PhonesListener) -> None:
    assert len(phones.pull()["changes"]) == 10
    assert len(phones.pull(schema_version="9")["changes"]) == 19
    assert len(phones.pull(schema_version="0")["changes"]) == 10
    assert len(phones.pull(path="/api/v2/sync")["changes"]) == 19
    assert len(phones.pull(path="/api/v2/sync", schema_version="6")["changes"]) == 15


def test_a_pull_of_many_rows_is_valid_json_with_every_row_once(phones: PhonesListener) -> None:
    push_patients(phones, MANY)
    rows = phones.pull()["changes"]["patients"]["created"]
    assert sorted(row["id"] for row in rows) == sorted(f"patient-{number}" for number in range(MANY))


@pytest.mark.parametrize("accepts", ["gzip", "deflate, gzip;q=1.0, *;q=0.5", "GZIP"])
def test_an_answer_is_packed_for_who_can_unpack_it(phones: PhonesListener, accepts: str) -> None:
    push_patients(phones, MANY)
    answer = phones.ask("GET", "/sync", headers={**AS_NURSE, "Accept-Encoding": accepts})
    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]
    plain = gzip.decompress(answer.body)
    assert len(json.loads(plain)["changes"]["patients"]["created"]) == MANY
    assert len(answer.body) < len(plain) / 3


@pytest.mark.parametrize("accepts", [None, "", "identity", "br", "gzip;q=0", "gzip; q=0.0, identity"])
def test_an_answer_is_not_packed_for_anybody_else(phones: PhonesListener, accepts: str | None) -> None:
    headers = AS_NURSE if accepts is None else {**AS_NURSE, "Accept-Encoding": accepts}
    answer = phones.ask("GET", "/sync", headers={"Accept-Encoding": "identity", **headers})
    assert "content-encoding" not in answer.headers
    assert "patients" in answer.json["changes"]


def test_a_packed_push_is_stored(phones: PhonesListener) -> None:
    body = gzip.compress(json.dumps({"patients": {"created": [patient(1)]}}).encode())
    assert phones.ask("POST", "/sync", body=body, headers={**AS_NURSE, "Content-Encoding": "gzip"}).status == 200
    assert len(phones.pull()["changes"]["patients"]["created"]) == 1


def test_a_push_that_is_too_large_is_refused_whole_and_told_to_staff(phones: PhonesListener, store: Store) -> None:
    packer = zlib.compressobj(wbits=31)
    bomb = packer.compress(b'{"patients":{"created":[' + b" " * BODY_LIMIT) + packer.flush()
    answers = [
        phones.push(b" " * (BODY_LIMIT + 1)),
        phones.ask("POST", "/sync", body=bomb, headers={**AS_NURSE, "Content-Encoding": "gzip"}),
    ]
    assert [(answer.status, answer.json["code"]) for answer in answers] == [(413, "too_large")] * 2
    assert (last(store).entry.kind, last(store).entry.result) == (SyncKind.PUSH, "too_large")


def test_pulls_and_pushes_are_told_to_staff_with_counts_and_names(phones: PhonesListener, store: Store) -> None:
    push_patients(phones, 2)
    push = last(store)
    assert (push.entry.kind, push.entry.counts, push.entry.result) == (SyncKind.PUSH, {"patients": 2}, "ok")
    assert push.user_name == "Nour Haddad"
    phones.pull()
    pull = eventually(lambda: last(store) if last(store).entry.kind is SyncKind.PULL else None)
    assert pull.entry.counts["patients"] == 2
    assert pull.entry.bytes > 100


@pytest.mark.parametrize(
    ("method", "query", "body", "code"),
    [("GET", {"migration": "{"}, None, "invalid_input"), ("POST", {}, b"{", "invalid_json")],
)
def test_a_sync_that_is_refused_is_told_to_staff_too(
    phones: PhonesListener, store: Store, method: str, query: dict[str, str], body: bytes | None, code: str
) -> None:
    assert phones.ask(method, "/sync", query, body=body).status == 400
    assert last(store).entry.result == code


def sync_request(path: str = "/sync") -> bytes:
    return f"GET {path} HTTP/1.1\r\nAuthorization: {AS_NURSE['Authorization']}\r\n\r\n".encode()


def open_readers(store: Store) -> int:
    pool: Any = store.database._reader.engine.pool
    return int(pool.checkedout())


def test_a_client_that_goes_away_in_mid_answer_is_logged_as_interrupted_and_holds_nothing(
    phones: PhonesListener, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    push_patients(phones, MANY, text="x" * 800)
    with caplog.at_level(logging.WARNING), RawClient(phones.port, receive_buffer=4096) as client:
        client.send(sync_request())
        assert client.receive(1000).startswith(b"HTTP/1.1 200")
        assert open_readers(store) > 0
        client.close()
        interrupted = eventually(lambda: last(store) if last(store).entry.kind is SyncKind.PULL else None)
    assert interrupted.entry.result == "interrupted"
    eventually(lambda: open_readers(store) == 0)


def test_a_client_that_does_not_take_a_large_answer_is_cut_off_while_others_are_served(
    phones: PhonesListener, store: Store
) -> None:
    push_patients(phones, MANY, text="x" * 800)
    with RawClient(phones.port, receive_buffer=4096) as client:
        client.send(sync_request())
        assert client.receive(1000).startswith(b"HTTP/1.1 200")
        assert phones.ask("HEAD", "/sync").status == 200
        eventually(lambda: [sync for sync in syncs(store) if sync.entry.result == "interrupted"])
        assert open_readers(store) == 0
        assert len(client.rest()) < MANY * 800


def test_a_client_that_takes_its_answer_slowly_but_steadily_gets_all_of_it(
    store: Store, clock: AdjustableClock
) -> None:
    patience = Patience(send_s=1.0, look_every_s=0.02)
    with PhonesListener(store, clock, Watchdog(patience)) as phones:
        push_patients(phones, MANY, text="x" * 800)
        with RawClient(phones.port, receive_buffer=64 * 1024) as client:
            client.send(sync_request())
            received = 0
            tick = threading.Event()
            while received < MANY * 800:
                received += len(client.receive(128 * 1024))
                tick.wait(0.02)
    eventually(lambda: [sync for sync in syncs(store) if sync.entry.kind is SyncKind.PULL])


def test_a_cut_answer_cannot_be_taken_for_a_whole_one(store: Store, clock: AdjustableClock) -> None:
    """A phone that stored the rows of half an answer with its mark would never see the rest."""
    with PhonesListener(store, clock, Watchdog(QUICK)) as phones:
        push_patients(phones, MANY, text="x" * 2000)
        with RawClient(phones.port, receive_buffer=4096) as client:
            client.send(sync_request())
            assert client.receive(10)
            eventually(lambda: [sync for sync in syncs(store) if sync.entry.result == "interrupted"])
            assert not client.rest().endswith(b"0\r\n\r\n")


def test_what_is_pushed_during_a_pull_is_not_in_it_but_in_the_next(phones: PhonesListener) -> None:
    push_patients(phones, MANY, text="x" * 800)
    with RawClient(phones.port, receive_buffer=4096) as client:
        client.send(sync_request())
        client.wait()
        late = {"patients": {"created": [patient(MANY)], "updated": [patient(0, hometown="new")], "deleted": []}}
        assert phones.push(late, headers=AS_DOCTOR).status == 200
        raw = client.reply().body
    pulled = json.loads(raw)
    assert len(pulled["changes"]["patients"]["created"]) == MANY
    assert all(row["hometown"] != "new" for row in pulled["changes"]["patients"]["created"])
    following = phones.pull(pulled["timestamp"])["changes"]["patients"]
    assert {row["id"] for row in following["created"] + following["updated"]} == {f"patient-{MANY}", "patient-0"}


def test_a_database_that_turns_out_damaged_is_answered_with_its_code_or_cut_never_as_if_it_were_whole(
    template_folder: Path, tmp_path: Path, clock: AdjustableClock
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(template_folder, folder)
    store = open_store(folder, KEY, clock)
    with PhonesListener(store, clock) as phones:
        push_patients(phones, MANY, text="x" * 2000)
    store.close()
    path = store.database.path
    pages = bytearray(path.read_bytes())
    for start in range(len(pages) // 4, len(pages), 64 * 1024):
        pages[start : start + 100] = bytes(100)
    path.write_bytes(pages)
    damaged = open_store(folder, KEY, clock)
    with PhonesListener(damaged, clock) as phones, RawClient(phones.port) as client:
        client.send(sync_request())
        raw = client.rest()
    damaged.database.close()
    status = int(raw[9:12])
    assert status == 503 or (status == 200 and not raw.endswith(b"0\r\n\r\n"))
    assert b"Traceback" not in raw
