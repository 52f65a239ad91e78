"""A client is made for the cloud that was remembered."""

from __future__ import annotations

import pytest

from db.cloud.state import CloudAccess
from db.errors import InvalidInput
from kiosk.cloud.connecting import connect_to


def test_a_client_is_of_this_cloud() -> None:
    with connect_to(CloudAccess("https://cloud.example.org", "hh_key", "d", "hub", ())) as client:
        assert client.url == "https://cloud.example.org"


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput):
        connect_to(CloudAccess("http://cloud.example.org", "hh_key", "d", "hub", ()))
