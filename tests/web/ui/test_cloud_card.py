"""What the card about the cloud says beside the state."""

from __future__ import annotations

from tests.fakes.cloud_port import MINUTE, FakeCloud
from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from web.i18n import load_catalogue
from web.ui.cloud_card import CloudCard, cloud_card


def card(cloud: FakeCloud) -> CloudCard:
    return cloud_card(cloud.view(), START_MS, load_catalogue().translator("en"))


def test_a_connected_computer_says_as_whom_and_when_it_last_synced(kiosk: FakeKioskPort) -> None:
    kiosk.cloud.join()
    kiosk.cloud.round_ends(ago_ms=5 * MINUTE)
    kiosk.cloud.round_ends("cloud_offline")
    facts = {fact.label: fact.value for fact in card(kiosk.cloud).facts}
    assert facts == {"Connected as": "Reception, Al Noor", "Last sync": "5 minutes ago"}
    assert card(kiosk.cloud).has_page


def test_without_a_connection_there_are_no_facts_and_no_page(kiosk: FakeKioskPort) -> None:
    told = card(kiosk.cloud)
    assert (told.facts, told.todo, told.has_page) == ((), (), False)


def test_what_needs_a_look_is_linked_with_its_number(kiosk: FakeKioskPort) -> None:
    kiosk.cloud.put_aside("patients", "p1")
    kiosk.cloud.lose("patients", "p1", ("camp", "A", "B"))
    kiosk.cloud.lose("patients", "p2", ("camp", "A", "B"))
    told = [(link.label, link.address) for link in card(kiosk.cloud).todo]
    assert told == [("1 record set aside", "/cloud/aside"), ("2 conflicts to look at", "/conflicts")]
