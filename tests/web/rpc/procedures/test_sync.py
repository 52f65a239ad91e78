"""Syncing over the encrypted channel: marks as phones spell them, bodies as REST takes them, answers as a stream."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from db.errors import InvalidInput
from db.pairing import device_id_of
from db.sync_log import SyncKind, recent_syncs
from tests.db.rows import row_of
from tests.web.rpc.procedures.desk import PHONE, Desk
from web.phone.parameters import LARGEST_MARK
from web.rpc.procedures.sync import Marks
from web.rpc.registry import Kind, parse_parameters

PATIENT = {"id": "p1", "given_name": "Amal", "created_at": 5, "updated_at": 5}


def made(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"patients": {"created": list(rows), "updated": [], "deleted": []}}


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ({}, 0),
        ({"lastPulledAt": 7}, 7),
        ({"last_pulled_at": 7}, 7),
        ({"lastPulledAt": 8, "last_pulled_at": 7}, 8),
        ({"lastPulledAt": None, "last_pulled_at": 7}, 7),
        ({"lastPulledAt": 7.9}, 7),
        ({"lastPulledAt": "7"}, 7),
        ({"lastPulledAt": 10**30}, LARGEST_MARK),
        *(({"lastPulledAt": odd}, 0) for odd in (-1, 0, True, "yesterday", "", "nan", "inf", [], {}, "-5")),
    ],
)
def test_a_mark_is_read_in_both_spellings_and_an_odd_one_counts_as_none(desk: Desk, said: Any, mark: int) -> None:
    read = parse_parameters(desk.procedure(Kind.QUERY, "sync_pull"), said)
    assert isinstance(read, Marks)
    assert read.mark == mark
    assert math.isfinite(read.mark)


def test_what_is_pushed_is_stored_and_logged_as_of_its_phone_and_user(desk: Desk) -> None:
    assert desk.command("sync_push", changes=made(PATIENT), lastPulledAt=0) == {}
    assert row_of(desk.database, "patients", "p1")["given_name"] == "Amal"
    with desk.database.read() as snapshot:
        (push,) = [each for each in recent_syncs(snapshot, 10) if each.entry.kind is SyncKind.PUSH]
    assert (push.entry.device_id, push.entry.user_id, push.entry.channel) == (PHONE, desk.account.id, "hub")
    assert push.entry.bytes == len(json.dumps(made(PATIENT), separators=(",", ":")))


def test_a_pull_holds_every_table_that_phones_know_and_never_the_push_of_the_same_phone(desk: Desk) -> None:
    first = desk.query("sync_pull", lastPulledAt=0)
    desk.command("sync_push", changes=made(PATIENT), lastPulledAt=0)  # the old mark, as the app does
    second = desk.query("sync_pull", lastPulledAt=first["timestamp"])
    assert len(first["changes"]) == 19
    assert second["changes"]["patients"] == {"created": [], "updated": [], "deleted": []}
    assert second["timestamp"] > first["timestamp"]


def test_deletions_are_objects_in_a_pull_and_rows_or_ids_in_a_push(desk: Desk) -> None:
    other = replace(desk.nurse, device_id=device_id_of("phone-2"))
    desk.command("sync_push", changes=made(PATIENT, {**PATIENT, "id": "p2"}), lastPulledAt=0)
    mark = desk.query("sync_pull", other, lastPulledAt=0)["timestamp"]
    gone = {"patients": {"created": [], "updated": [], "deleted": ["p1", {**PATIENT, "id": "p2", "is_deleted": True}]}}
    desk.command("sync_push", changes=gone, lastPulledAt=0)
    pulled = desk.query("sync_pull", other, lastPulledAt=mark)
    assert pulled["changes"]["patients"] == {"created": [], "updated": [], "deleted": [{"id": "p1"}, {"id": "p2"}]}


@pytest.mark.parametrize("changes", [None, 7, "text", [], True])
def test_changes_of_another_shape_are_refused_by_their_place(desk: Desk, changes: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.command("sync_push", changes=changes)
    assert refused.value.context["path"] == "changes"
    with pytest.raises(InvalidInput):
        desk.command("sync_push")


def test_a_row_without_an_id_is_refused_by_its_place_and_nothing_is_stored(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.command("sync_push", changes=made(PATIENT, {"given_name": "Noor"}))
    assert refused.value.context["path"] == "patients.created[1].id"
    assert desk.query("get_patients")["total"] == 0
