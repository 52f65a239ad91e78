from __future__ import annotations

import json

from kiosk.pairing import address_code, hub_code


def test_older_apps_get_the_bare_address_that_they_store_as_it_is() -> None:
    assert address_code("192.168.1.7", 4001) == "http://192.168.1.7:4001"


def test_newer_apps_get_json_with_the_servers_key() -> None:
    code = hub_code("http://192.168.1.7:4001", "hub-1", "cHVibGljIGtleQ")
    assert json.loads(code) == {
        "type": "sync_hub",
        "url": "http://192.168.1.7:4001",
        "id": "hub-1",
        "pk": "cHVibGljIGtleQ",
    }
