"""Only an address of our own pages is ever led to."""

from __future__ import annotations

import pytest
from bottle import BaseRequest

from web.ui.ways import own_address, pin_page


@pytest.mark.parametrize("address", ["/", "/settings", "/phones/revoke?device_id=ab-1&lang=ar"])
def test_our_own_addresses_are_led_to(address: str) -> None:
    assert own_address(address) == address


@pytest.mark.parametrize("address", ["", "//evil.example", "https://evil.example", "/x\r\nSet-Cookie: a=b", "/\\evil"])
def test_anything_else_leads_to_the_main_page(address: str) -> None:
    assert own_address(address) == "/"


def request(method: str, path: str, query: str = "", referer: str = "") -> BaseRequest:
    return BaseRequest(
        {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "HTTP_REFERER": referer, "SCRIPT_NAME": ""}
    )


def test_the_pin_leads_on_to_the_page_and_from_an_action_back_to_its_page() -> None:
    assert pin_page(request("GET", "/phones/revoke", "device_id=x")) == "/pin?to=%2Fphones%2Frevoke%3Fdevice_id%3Dx"
    assert pin_page(request("POST", "/backups/code", referer="http://127.0.0.1:1/backups?lang=ar")) == (
        "/pin?to=%2Fbackups"
    )
    assert pin_page(request("POST", "/backups/code")) == "/pin?to=%2F"
