"""The two ways of syncing, tried against the stand-in: do the phones do what PROTOCOL §§2.3, 3 and 6 say they do?

Knows nothing of the real server.
"""

from __future__ import annotations

import pytest

from tests.phone.conftest import OpenPhone
from tests.phone.convergence import PHONE_ONLY_TABLES, differences
from tests.phone.standin import StandIn, reply


def test_two_library_phones_converge_and_the_library_complains_about_nothing(library_phone: OpenPhone) -> None:
    first, second = library_phone(), library_phone()
    patient = first.create("patients", given_name="Amal", surname="حداد")
    first.create("event_logs", transaction_id="t")
    assert first.has_unsynced()
    pushed = first.sync()
    assert pushed.ok
    assert pushed.has_pushed
    assert pushed.pushed["patients"].created == [patient]
    assert not first.has_unsynced()
    pulled = second.sync()
    assert pulled.pulled["patients"].created == [patient]
    assert pulled.complaints == []
    assert differences([first, second]) == []


def test_a_library_phone_asks_as_the_app_does(library_phone: OpenPhone, server: StandIn) -> None:
    phone = library_phone()
    phone.create("patients", given_name="Amal")
    phone.sync()
    pull, push = server.received
    assert (pull.method, pull.path) == ("GET", "/api/v2/sync")
    assert pull.query == {"last_pulled_at": "0", "schema_version": "9", "migration": "null"}
    assert push.query == {"last_pulled_at": "1000"}
    assert push.body.keys() >= PHONE_ONLY_TABLES
    assert push.body["visits"] == {"created": [], "updated": [], "deleted": []}
    assert push.body["patients"]["created"][0]["_status"] == "created"


def test_a_legacy_phone_asks_as_the_first_generation_does(legacy_phone: OpenPhone, server: StandIn) -> None:
    phone = legacy_phone()
    assert phone.sync().ok
    assert [one.method for one in server.received] == ["GET", "POST"]
    assert [one.query for one in server.received] == [{"lastPulledAt": "0"}] * 2
    assert server.received[1].body == {}
    phone.sync()
    assert server.received[2].query == {"lastPulledAt": "1000"}


def test_an_upgraded_app_says_what_is_new_to_it(library_phone: OpenPhone) -> None:
    phone = library_phone(schema=8)
    patient = phone.create("patients", given_name="Amal")
    phone.sync()
    phone.upgrade(9)
    assert phone.row("patients", patient) is not None
    outcome = phone.sync()
    assert outcome.migration is not None
    assert outcome.migration["from"] == 8
    assert sorted(outcome.migration["tables"]) == ["event_logs", "peers"]
    assert {"table": "events", "columns": ["recorded_by_user_id"]} in outcome.migration["columns"]
    assert phone.sync().migration is None


def test_a_refused_push_is_sent_again_by_the_library_and_lost_by_the_first_generation(
    library_phone: OpenPhone, legacy_phone: OpenPhone, server: StandIn
) -> None:
    library, legacy = library_phone(), legacy_phone()
    server.refuse_pushes_with = 409
    for phone in (library, legacy):
        phone.create("patients", phone.name)
        outcome = phone.sync()
        assert (outcome.ok, outcome.status) == (False, 409)
    server.refuse_pushes_with = None
    assert library.sync().pushed["patients"].ids == {library.name}
    server.store.stamp = 10**13  # so that nothing on the phone is newer than its mark
    legacy.sync()
    assert legacy.sync().pushed == {}


@pytest.mark.parametrize(
    "faulty",
    [
        reply("patients", created=[{"id": "p1", "_status": "synced"}]),
        reply("patients", deleted=[{"id": "p1"}]),
        reply("patients", timestamp=0),
        reply("patients", created=[{"id": "p1"}], updated=[{"id": "p1"}]),
    ],
    ids=["library column", "deleted object", "no timestamp", "same id twice"],
)
def test_the_library_refuses_a_faulty_reply_whole(
    library_phone: OpenPhone, server: StandIn, faulty: dict[str, object]
) -> None:
    phone = library_phone()
    phone.create("patients", "p0")
    server.canned = [faulty]
    outcome = phone.sync()
    assert not outcome.ok
    assert outcome.error
    assert phone.sync().since == 0


def test_a_legacy_phone_replaces_even_its_newer_row_and_drops_unknown_updates(
    legacy_phone: OpenPhone, server: StandIn
) -> None:
    phone = legacy_phone()
    phone.create("patients", "p1", given_name="newer on the phone")
    server.canned = [reply("patients", updated=[{"id": "p1", "given_name": "old", "updated_at": 1}, {"id": "p2"}])]
    assert phone.sync().ok
    rows = phone.rows("patients")
    assert rows.keys() == {"p1"}
    assert rows["p1"]["given_name"] == "old"


def test_a_legacy_phone_understands_deletions_as_objects_only(legacy_phone: OpenPhone, server: StandIn) -> None:
    phone = legacy_phone()
    phone.create_many("patients", [{"id": "p1"}, {"id": "p2"}])
    server.canned = [reply("patients", deleted=["p1", {"id": "p2"}])]
    assert phone.sync().ok
    assert phone.rows("patients").keys() == {"p1"}


def test_a_legacy_phone_does_not_push_back_what_it_pulled(legacy_phone: OpenPhone) -> None:
    first, second = legacy_phone(), legacy_phone()
    first.create("patients", "p1", given_name="Amal")
    first.sync()
    assert second.sync().pushed == {}
    assert differences([first, second]) == []


def test_a_legacy_phone_sends_rows_deleted_by_flag_as_rows_every_time(legacy_phone: OpenPhone, server: StandIn) -> None:
    phone = legacy_phone()
    phone.create("patients", "p1", given_name="Amal")
    phone.soft_delete("patients", "p1")
    phone.sync()
    pushed = server.received[-1].body["patients"]
    assert [row["given_name"] for row in pushed["deleted"]] == ["Amal"]
    assert [row["is_deleted"] for row in pushed["created"]] == [True]
    server.store = type(server.store)()
    assert [row["id"] for row in phone.sync().pushed["patients"].deleted] == ["p1"]
