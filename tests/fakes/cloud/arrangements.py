"""What had happened in the real cloud before a recorded exchange, where that was not recorded itself.

Knows nothing of answers. A recording without an entry follows from the organisation and the recordings before it.
"""

from __future__ import annotations

import copy
import http.client
import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.cloud import times
from tests.fakes.cloud.callers import hash_of_key
from tests.fakes.cloud.cloud import Cloud
from tests.fakes.cloud.database import MS
from tests.fakes.cloud.organisation import CLINIC_A, CLINIC_B, DRUG, EVENT_FORM, HUB, PROVIDER
from tests.fakes.cloud.recordings import Recording, recording, rows_of

LONG_AGO = "2026-11-22T13:43:00.000Z"
STAMPS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("created_at", "updated_at", "last_modified", "server_created_at"), LONG_AGO)
)
USUAL: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "patients": {"primary_clinic_id": CLINIC_A},
        "visits": {"clinic_id": CLINIC_A, "provider_id": PROVIDER},
        "events": {"form_id": EVENT_FORM},
        "appointments": {"clinic_id": CLINIC_A, "user_id": PROVIDER, "duration": 30, "reason": ""},
        "prescriptions": {"pickup_clinic_id": CLINIC_A, "provider_id": PROVIDER},
        "prescription_items": {"clinic_id": CLINIC_A, "drug_id": DRUG},
        "dispensing_records": {"clinic_id": CLINIC_A, "drug_id": DRUG, "dispensed_by": PROVIDER},
    }
)
DELETED_KEY = "hh_" + "3" * 64
SOMEONE = "0d000000-0000-4000-8000-000000000001"
MINUTE_MS = 60_000


def organisation(cloud: Cloud) -> None:
    """As the first unfiltered pull showed it, and one hub that was deleted and so was not shown."""
    for table, row in rows_of(recording("27_pull_hub_no_clinics").body):
        cloud.seed(table, row)
    deleted = {"api_key_hash": hash_of_key(DELETED_KEY), "is_deleted": True, "deleted_at": LONG_AGO}
    cloud.seed("devices", {"name": "hub-deleted", "clinic_ids": [CLINIC_A], **STAMPS, **deleted})


def nothing(cloud: Cloud, asked: Recording) -> None:
    """It follows from what was asked before."""


def exist(cloud: Cloud, table: str, id: str, **values: Any) -> None:
    """A row of long ago, in the hub's clinic unless told otherwise."""
    cloud.seed(table, {**USUAL.get(table, {}), **STAMPS, "id": id, **values})


def push(cloud: Cloud, changes: Mapping[str, Any]) -> None:
    """As the hub does; it has to succeed."""
    connection = http.client.HTTPConnection(urlsplit(cloud.url).netloc)
    headers = {"Authorization": f"Bearer {cloud.api_key}", "X-Forwarded-For": "192.0.2.1"}
    connection.request("POST", "/api/v2/sync?peerType=sync_hub", json.dumps(changes), headers)
    answer = connection.getresponse().read()
    connection.close()
    if json.loads(answer) != {"success": True}:
        raise AssertionError(answer)


def moved(changes: Any, by_ms: int) -> Any:
    """The same push at another time of the day."""
    return json.loads(re.sub(r"\b1\d{12}\b", lambda match: str(int(match[0]) + by_ms), json.dumps(changes)))


def deleting(changes: Mapping[str, Any]) -> dict[str, Any]:
    """A push that deletes every record of another one."""
    return {
        table: {"deleted": [row["id"] for row in (*parts["created"], *parts["updated"])]}
        for table, parts in changes.items()
    }


def stock_before(quantity: int) -> Arrange:
    """Paracetamol had been given out before, more than there was."""

    def arrange(cloud: Cloud, asked: Recording) -> None:
        pulled = dict(rows_of(recording("41_hub_pull_after_create_echo").body))["clinic_inventory"]
        before = {"quantity_available": quantity, "updated_at": LONG_AGO, "last_modified": LONG_AGO}
        cloud.seed("clinic_inventory", {**pulled, **before})

    return arrange


def drugs_given_out(cloud: Cloud, asked: Recording) -> None:
    """A second push with the dispensing record, without a batch."""
    record = dict(rows_of(asked.body))["dispensing_records"]
    push(cloud, {"dispensing_records": {"created": [{**record, "batch_id": None}]}})


def everything_updated(cloud: Cloud, asked: Recording) -> None:
    """A push that edits each of the ten records, three seconds after they were made."""
    edited = {"updated_at": "2026-11-22T14:06:35.859Z"}
    rows = {table: row for table, row in rows_of(asked.body) if table != "clinic_inventory"}
    push(cloud, {table: {"updated": [{**row, **edited}]} for table, row in rows.items()})


def records_of_one_patient(cloud: Cloud, asked: Recording) -> None:
    """The pushes 40 and 40b, made a while before."""
    first, second = (
        recording(name).sent_json for name in ("40_hub_push_create_all", "40b_hub_push_dispensing_second_request")
    )
    by_ms = 1795355039778 - 1795356393933
    push(cloud, moved(first, by_ms))
    push(cloud, moved(second, by_ms))


def patient_of_tomorrow_and_another(cloud: Cloud, asked: Recording) -> None:
    """An edit whose time lies ahead, and one more patient."""
    for _, row in rows_of(asked.body):
        push(cloud, {"patients": {"updated": [row]}})


def event_to_delete(cloud: Cloud, asked: Recording) -> None:
    later = recording("64_hub_push_update_deleted_event").sent_json["events"]["updated"][0]
    exist(cloud, "patients", later["patient_id"])
    exist(cloud, "visits", later["visit_id"], patient_id=later["patient_id"])
    exist(cloud, "events", later["id"], patient_id=later["patient_id"], visit_id=later["visit_id"])


def live_rows(cloud: Cloud, asked: Recording) -> None:
    """The same records before they were marked as deleted."""
    changes = copy.deepcopy(asked.sent_json)
    for parts in changes.values():
        for row in parts["updated"]:
            row.update(is_deleted=False, deleted_at=None, created_at=1795355189335, updated_at=1795355189335)
            if cloud.row("patients", row["patient_id"]) is None:
                exist(cloud, "patients", row["patient_id"])
    push(cloud, changes)


def family(cloud: Cloud, asked: Recording) -> None:
    """The patient or visit that is deleted, with records below it that nobody is told about."""
    for table, parts in asked.sent_json.items():
        for id in parts["deleted"]:
            patient_id = id if table == "patients" else SOMEONE
            exist(cloud, "patients", patient_id)
            visit_id = id if table == "visits" else "0d000000-0000-4000-8000-000000000002"
            exist(cloud, "visits", visit_id, patient_id=patient_id)
            event_id = "0d000000-0000-4000-8000-000000000003"
            exist(cloud, "events", event_id, patient_id=patient_id, visit_id=visit_id)


def item_given_out(cloud: Cloud, asked: Recording) -> None:
    item_id = asked.sent_json["prescription_items"]["deleted"][0]
    exist(cloud, "patients", SOMEONE)
    exist(cloud, "prescription_items", item_id, patient_id=SOMEONE)
    dispensing_id = "0d000000-0000-4000-8000-000000000004"
    exist(cloud, "dispensing_records", dispensing_id, patient_id=SOMEONE, prescription_item_id=item_id)


def rows_to_delete(cloud: Cloud, asked: Recording) -> None:
    for table, parts in asked.sent_json.items():
        for id in parts["deleted"]:
            exist(cloud, table, id, patient_id=SOMEONE)


def patient_of_the_other_clinic(cloud: Cloud, asked: Recording) -> None:
    exist(cloud, "patients", asked.sent_json["patients"]["deleted"][0], primary_clinic_id=CLINIC_B)


def patient_with_visit_and_drugs(cloud: Cloud, asked: Recording) -> None:
    patient, other = "f151d857-8d57-4f07-9efd-c633e652de5c", "5cdfc0db-820c-48ce-98e1-1f660519c0a7"
    exist(cloud, "patients", patient)
    exist(cloud, "patients", other)
    exist(cloud, "visits", "634141df-8e3b-4cb6-8728-fbb5b144f208", patient_id=patient)
    exist(cloud, "prescriptions", "6a8935b9-a612-444b-90d5-e41b5f47a593", patient_id=patient)
    exist(cloud, "prescription_items", "0a6ff184-4891-4fa5-b686-ba9ba25f6248", patient_id=other)


def deleted_visit_and_deleted_patient(cloud: Cloud, asked: Recording) -> None:
    patient, deleted_visit = "cc1bebb8-251f-447f-a9e1-3ae61cf53bda", "ac72d062-1745-4641-b5e1-2c14d0c40d3e"
    deleted_patient = "590aa596-a383-4af4-9ccb-cfbbd6c30ff6"
    exist(cloud, "patients", patient)
    exist(cloud, "visits", deleted_visit, patient_id=patient)
    exist(cloud, "patients", deleted_patient)
    cloud.delete("visits", deleted_visit)
    cloud.delete("patients", deleted_patient)


def prescription_of_the_good_item(cloud: Cloud, asked: Recording) -> None:
    good = asked.sent_json["prescription_items"]["created"][1]
    exist(cloud, "patients", good["patient_id"])
    exist(cloud, "prescriptions", good["prescription_id"], patient_id=good["patient_id"])


def records_of_the_other_clinic(cloud: Cloud, asked: Recording) -> None:
    """Written in the cloud by a script."""
    for table, row in rows_of(asked.body):
        if table != "patients":
            exist(cloud, "patients", row["patient_id"], primary_clinic_id=CLINIC_B)
            cloud.seed(table, row)
    exist(cloud, "visits", "0c000000-0000-4000-8000-0000000000b1", patient_id=SOMEONE, clinic_id=CLINIC_B)


def visit_for_an_appointment(cloud: Cloud, asked: Recording) -> None:
    sent = asked.sent_json["appointments"]["created"][0]
    exist(cloud, "patients", sent["patient_id"])
    exist(cloud, "visits", sent["current_visit_id"], patient_id=sent["patient_id"])


def patient_of_a_visit(cloud: Cloud, asked: Recording) -> None:
    exist(cloud, "patients", asked.sent_json["visits"]["created"][0]["patient_id"])


def sixty_requests(cloud: Cloud, asked: Recording) -> None:
    connection = http.client.HTTPConnection(urlsplit(cloud.url).netloc)
    for _ in range(60):
        connection.request("GET", "/api/v2/sync", headers={"X-Forwarded-For": asked.headers["X-Forwarded-For"]})
        connection.getresponse().read()
    connection.close()


def visit_bumped_by_the_server(cloud: Cloud, asked: Recording) -> None:
    sent = asked.sent_json["visits"]["updated"][0]
    exist(cloud, "patients", sent["patient_id"])
    exist(cloud, "visits", sent["id"], patient_id=sent["patient_id"], updated_at="2026-11-22T13:53:48.856Z")


def pushed_and_deleted(cloud: Cloud, asked: Recording) -> None:
    """The same records, a minute older where newer ones come, and then deleted."""
    changes = asked.sent_json
    by_ms = -MINUTE_MS if any(parts["updated"] for parts in changes.values()) else 0
    drugs = changes.get("dispensing_records")
    if drugs:
        item = drugs["updated"][0]
        exist(cloud, "patients", item["patient_id"])
        exist(cloud, "prescription_items", item["prescription_item_id"], patient_id=item["patient_id"])
    push(cloud, moved(changes, by_ms))
    push(cloud, deleting(changes))


def clinic_added(cloud: Cloud, asked: Recording) -> None:
    exist(cloud, "patients", SOMEONE, primary_clinic_id=CLINIC_B)
    cloud.overwrite("devices", HUB, clinic_ids=[CLINIC_A, CLINIC_B])


def patient_moved_away(cloud: Cloud, asked: Recording) -> None:
    cloud.overwrite("devices", HUB, clinic_ids=[CLINIC_A])
    exist(cloud, "patients", SOMEONE, primary_clinic_id=CLINIC_B, last_modified=after_the_watermark(asked))


def permission_revoked(cloud: Cloud, asked: Recording) -> None:
    row = next(row for row in cloud.rows("user_clinic_permissions") if row["user_id"] == PROVIDER)
    cloud.delete("user_clinic_permissions", row["id"])


def user_deleted(cloud: Cloud, asked: Recording) -> None:
    time = after_the_watermark(asked)
    cloud.overwrite("users", PROVIDER, is_deleted=True, deleted_at=time, last_modified=time)


def form_renamed(cloud: Cloud, asked: Recording) -> None:
    time = after_the_watermark(asked)
    cloud.overwrite("event_forms", EVENT_FORM, name="Triage v2", updated_at=time, last_modified=time)


def database_down(cloud: Cloud, asked: Recording) -> None:
    cloud.change(is_database_down=True)


def all_that_was_there(cloud: Cloud, asked: Recording) -> None:
    """The rows it shows, the event whose tombstone it shows, and those of the other clinic that it must not show."""
    cloud.wipe(keep=("clinics", "event_forms", "users"))
    for table, row in rows_of(asked.body):
        cloud.seed(table, row)
    tombstone = {"is_deleted": True, "deleted_at": LONG_AGO}
    exist(cloud, "events", asked.body["changes"]["events"]["deleted"][0], **tombstone)
    exist(cloud, "visits", SOMEONE, clinic_id=CLINIC_B, **tombstone)


def after_the_watermark(asked: Recording) -> str:
    found = re.search(r"lastPulledAt=(\d+)", asked.target)
    if found is None:
        raise ValueError(asked.name)
    return times.iso((int(found[1]) + 1) * MS)


Arrange = Callable[[Cloud, Recording], None]
BEFORE: Mapping[str, Arrange] = MappingProxyType(
    {
        "40_hub_push_create_all": stock_before(-35),
        "46_hub_push_all_columns": stock_before(-28),
        "47_hub_pull_all_columns": drugs_given_out,
        "48_hub_pull_after_update_all_columns": everything_updated,
        "50_hub_push_update_newer": records_of_one_patient,
        "53_hub_pull_after_updates": patient_of_tomorrow_and_another,
        "60_hub_push_delete_event": event_to_delete,
        "66_hub_push_is_deleted_true_in_updated": live_rows,
        "68_hub_push_delete_visit": family,
        "70_hub_push_delete_patient": family,
        "72_hub_push_delete_rx_item_referenced": item_given_out,
        "73_hub_push_delete_others": rows_to_delete,
        "75_hub_push_delete_foreign_clinic_patient": patient_of_the_other_clinic,
        "80_visit_missing_patient": patient_with_visit_and_drugs,
        "100_event_on_deleted_visit": deleted_visit_and_deleted_patient,
        "104_rx_items_bad_then_good": prescription_of_the_good_item,
        "116_hub_pull_sees_foreign_clinic_events": records_of_the_other_clinic,
        "117b_mobile_appt_fallback": visit_for_an_appointment,
        "160_update_lost_because_server_bumped_updated_at": visit_bumped_by_the_server,
        "162_resend_old_copies_after_delete": pushed_and_deleted,
        "163_hub_pull_after_clinic_added": clinic_added,
        "164_hub_pull_patient_moved_away": patient_moved_away,
        "165_hub_pull_permission_revoked": permission_revoked,
        "166_hub_pull_user_deleted": user_deleted,
        "167_hub_pull_form_updated": form_renamed,
        "180_db_down_pull": database_down,
        "191_pull_since_1_returns_all_tombstones": all_that_was_there,
        "193_newer_upsert_after_delete": pushed_and_deleted,
    }
)
"""Before the clock goes on to the time of the recording."""
AT_THAT_MOMENT: Mapping[str, Arrange] = MappingProxyType({"150_rate_limited": sixty_requests})
