"""A client at a server whose answers are scripted, and what the cloud says in them.

Knows nothing of single scenarios.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from db.errors import CloudFailure
from kiosk.cloud.client import CloudClient, Patience
from kiosk.cloud.reply_stream import PulledRow
from tests.fakes.clock import AdjustableClock
from tests.fakes.raw_http import RawHttpServer, Script, reply

KEY = "hh_0123456789abcdef0123456789abcdef"
CLINIC = "11111111-1111-4111-8111-111111111111"
MARK = 1_795_355_051_089
DATE, DATE_MS = "Date: Sun, 22 Nov 2026 12:00:00 GMT", 1_795_348_800_000
USUAL, SHORT = Patience(), Patience(connect_s=5.0, read_s=0.2)
DEVICE = {
    "id": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee",
    "name": "hub-a",
    "device_type": "sync_hub",
    "status": "active",
    "clinic_ids": [CLINIC],
    "max_pin_attempts": 3,
    "specifications": {},
    "deleted_at": None,
}
ROW = {"id": "a", "given_name": "Leila"}
CHANGES: dict[str, Any] = {"patients": {"created": [ROW], "updated": [], "deleted": []}}
REPLY = json.dumps({"success": True, "changes": CHANGES, "timestamp": MARK}).encode()
SUCCESS = reply(200, b'{"success":true}')
UNAUTHORIZED = reply(401, b'{"error":"Unauthorized"}')
PORTAL = b"<html><body>Welcome to Free Wifi. Sign in!</body></html>"


@contextmanager
def cloud(*scripts: Script, patience: Patience = USUAL) -> Iterator[tuple[CloudClient, RawHttpServer]]:
    with RawHttpServer(*scripts) as server, CloudClient(server.url, KEY, AdjustableClock(), patience) as client:
        yield client, server


def pulled(client: CloudClient, since_ms: int = 0) -> list[PulledRow]:
    with client.pull(since_ms) as answer:
        return list(answer)


def failure_of_push(script: Script, patience: Patience = USUAL) -> CloudFailure:
    with cloud(script, patience=patience) as (client, _), pytest.raises(CloudFailure) as caught:
        client.push(CHANGES)
    return caught.value


def failure_of_pull(script: Script, patience: Patience = USUAL) -> CloudFailure:
    with cloud(script, patience=patience) as (client, _), pytest.raises(CloudFailure) as caught:
        pulled(client)
    return caught.value
