from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.cloud.state import CloudAccess, change_state, write_access
from db.devices import AppGeneration, remember_device
from db.settings import Setting, write_setting
from db.sync_log import SyncEntry, SyncKind, SyncNote, log_sync
from kiosk.diagnostics.database_part import (
    cloud_part,
    database_part,
    phones_part,
    settings_part,
    slow_part,
    syncs_part,
)
from kiosk.diagnostics.safe import Pseudonyms, render, render_lines
from kiosk.hub import Hub
from tests.kiosk.hubs import built_hub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with built_hub(tmp_path) as hub:
        yield hub


def lines(content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in render_lines(content).splitlines()]


def test_of_settings_numbers_and_codes_are_told_and_of_others_whether_they_are_set(hub: Hub) -> None:
    with hub.store.database.write() as transaction:
        write_setting(transaction, Setting.PHONE_PORT, "4005")
        write_setting(transaction, Setting.ANNOUNCE, "off")
        write_setting(transaction, Setting.LAST_BACKUP_RESULT, "Amina")
        write_setting(transaction, Setting.SECOND_BACKUP_FOLDER, "/media/Amina")
    with hub.store.database.read() as snapshot:
        told = {setting.pop("name"): setting for setting in json.loads(render(settings_part(snapshot)))["settings"]}
    assert set(told) == {setting.value for setting in Setting}
    assert told["phone_port"] == {"is_set": True, "value": 4005}
    assert told["announce"]["value"] == ["off"]
    assert told["last_backup_result"]["value"] == ["other"]
    assert told["second_backup_folder"] == {"is_set": True}
    assert told["hub_private_key"] == {"is_set": True}
    assert told["cloud_access"] == {"is_set": False}


def test_the_log_is_told_with_counts_by_table(hub: Hub) -> None:
    with hub.store.database.write() as transaction:
        entry = SyncEntry(
            SyncKind.PUSH, "hub", "hub-1", "u-1", {"patients": 3, "Amina": 1}, 99, 2_500, notes=(SyncNote.CONFLICT,)
        )
        log_sync(transaction, entry)
        log_sync(transaction, SyncEntry(SyncKind.PULL, "hub", "hub-1", "u-1", duration_ms=9, result="disk_full"))
    with hub.store.database.read() as snapshot:
        names = Pseudonyms()
        pull, push = lines(syncs_part(snapshot, names))
        (slow,) = lines(slow_part(snapshot, names))
    assert (push["counts"], push["records"], push["notes"]) == ({"patients": 3, "other": 1}, 4, ["conflict"])
    assert (pull["result"], pull["kind"], pull["channel"]) == ("disk_full", "pull", "hub")
    assert pull["device"] == push["device"]
    assert slow == push


def test_phones_are_told_without_name_and_address(hub: Hub) -> None:
    with hub.store.database.write() as transaction:
        remember_device(transaction, "hub-1", user_id="u-1", address="192.168.1.9", generation=AppGeneration.LATER)
    with hub.store.database.read() as snapshot:
        (phone,) = lines(phones_part(snapshot, Pseudonyms()))
    assert (phone["generation"], phone["state"]) == ("second", "synced")
    assert "192.168" not in json.dumps(phone)


def test_the_cloud_is_told_without_address_and_key(hub: Hub) -> None:
    access = CloudAccess("https://amina.example.org", "secret", "device-7", "Amina", ("c-1", "c-2"))
    with hub.store.database.write() as transaction:
        write_access(transaction, access)
        change_state(transaction, cloud_id="amina", last_result="cloud_offline", halt="key_refused")
        log_sync(transaction, SyncEntry(SyncKind.CLOUD_PULL, "cloud", None, None, {"patients": 2}))
    with hub.store.database.read() as snapshot:
        text = render(cloud_part(snapshot, Pseudonyms()))
    told = json.loads(text)
    assert (told["connected"], told["clinics"], told["last_result"], told["halt"]) == (
        True,
        2,
        "cloud_offline",
        "key_refused",
    )
    assert [line["kind"] for line in told["rounds"]] == ["cloud_pull"]
    assert not any(secret in text.lower() for secret in (b"amina", b"secret", b"device-7"))


def test_the_database_is_told_by_its_shape(hub: Hub) -> None:
    with hub.store.database.read() as snapshot:
        told = json.loads(render(database_part(snapshot)))
    assert told["revision"] == told["newest_revision"]
    assert told["missing_tables"] == []
    assert next(table for table in told["tables"] if table["table"] == "patients")["deleted"] == 0
