"""The server on the network by name: told, told anew, taken back, and never in the way. On loopback only."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from zeroconf import IPVersion, ServiceInfo, Zeroconf

from kiosk.announcement import LONGEST_LABEL_BYTES, SERVICE, Announced, Announcement
from tests.polling import eventually

LOOPBACK = "127.0.0.1"
HUB = Announced("Al Noor, reception", 4001, "5f0c1d6e-test", LOOPBACK)


class Wish:
    """What should be announced now."""

    def __init__(self, wanted: Announced | None) -> None:
        self.wanted = wanted

    def __call__(self) -> Announced | None:
        return self.wanted


@pytest.fixture
def wish() -> Wish:
    return Wish(HUB)


@pytest.fixture
def announcement(wish: Wish) -> Iterator[Announcement]:
    announcement = Announcement(wish)
    yield announcement
    announcement.stop()


def shown(name: str) -> ServiceInfo:
    """What a phone finds under this name, sooner or later."""
    info = eventually(lambda: found(name))
    assert info is not None
    return info


def found(name: str) -> ServiceInfo | None:
    """What a phone that has just begun to listen finds under this name."""
    listener = Zeroconf(interfaces=[LOOPBACK], ip_version=IPVersion.V4Only)
    try:
        return listener.get_service_info(SERVICE, f"{name}.{SERVICE}", timeout=300)
    finally:
        listener.close()


def test_a_phone_finds_the_server_by_name_until_it_stops(announcement: Announcement, wish: Wish) -> None:
    announcement.refresh()
    info = shown(HUB.name)
    assert (info.port, info.parsed_addresses()) == (4001, [LOOPBACK])
    assert info.properties[b"id"] == HUB.server_id.encode()
    wish.wanted = None
    announcement.refresh()
    assert found(HUB.name) is None


def test_a_new_port_or_name_is_told(announcement: Announcement, wish: Wish) -> None:
    announcement.refresh()
    wish.wanted = Announced("عيادة النور. 2", 4002, HUB.server_id, LOOPBACK)
    announcement.refresh()
    assert shown("عيادة النور 2").port == 4002
    assert found(HUB.name) is None


def test_a_name_of_any_length_fits(announcement: Announcement, wish: Wish) -> None:
    wish.wanted = Announced("ع" * 100, 4001, HUB.server_id, LOOPBACK)
    announcement.refresh()
    assert shown("ع" * (LONGEST_LABEL_BYTES // 2)).port == 4001


def test_what_cannot_be_announced_is_logged_once_and_stops_nothing(
    announcement: Announcement, wish: Wish, caplog: pytest.LogCaptureFixture
) -> None:
    wish.wanted = Announced("North", 4001, "id", "203.0.113.5")  # not an address of this computer
    with caplog.at_level(logging.WARNING, logger="kiosk.announcement"):
        for _ in range(3):
            announcement.refresh()
    assert [record.levelname for record in caplog.records if record.name == "kiosk.announcement"] == ["WARNING"]
    wish.wanted = HUB
    announcement.refresh()
    assert shown(HUB.name).port == HUB.port


def test_stopping_what_never_started_is_fine(wish: Wish) -> None:
    Announcement(wish).stop()
