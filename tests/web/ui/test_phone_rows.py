"""What a phone is called, and which are new."""

from __future__ import annotations

from tests.fakes.kiosk_port import FakeKioskPort
from web.i18n import LANGUAGES, load_catalogue
from web.ui.phone_rows import JUST_NOW_MS, generation_of, joined_phones, phone_name, waiting_phones

MINUTE = 60_000


def test_a_phone_is_new_until_somebody_uses_it_or_names_it(kiosk: FakeKioskPort) -> None:
    kiosk.phones.knock("hub-1")
    kiosk.phone_syncs("Amina", "push", 1)
    new, used = kiosk.status().phones
    words = load_catalogue().translator("en")
    assert (phone_name(new, words), phone_name(used, words)) == ("New phone", "Phone of Amina")
    kiosk.phones.rename("hub-1", "Tablet 2")
    assert phone_name(kiosk.status().phones[0], words) == "Tablet 2"


def test_the_app_on_a_phone_is_told_where_it_is_known(kiosk: FakeKioskPort) -> None:
    for generation in ("first", "second", "unknown"):
        kiosk.phone_syncs(generation, "pull", 1, generation=generation)
    words = load_catalogue().translator("en")
    told = {phone.device_id: generation_of(phone, words) for phone in kiosk.status().phones}
    assert told == {"first": "Older app", "second": "Newer app", "unknown": None}


def test_phones_that_wait_are_told_with_address_and_time_in_every_language(kiosk: FakeKioskPort) -> None:
    kiosk.phones.knock("hub-1", address="192.168.1.31", ago_ms=5 * MINUTE)
    for language in LANGUAGES:
        (phone,) = waiting_phones(kiosk.status(), load_catalogue().translator(language))
        assert phone.id == "hub-1"
        assert "192.168.1.31" in phone.sentence


def test_a_phone_has_just_joined_when_it_was_let_in_or_first_synced_a_moment_ago(kiosk: FakeKioskPort) -> None:
    kiosk.phones.open_pairing(MINUTE)
    kiosk.phones.knock("hub-new", ago_ms=2 * MINUTE)
    kiosk.phones.knock("hub-old", ago_ms=JUST_NOW_MS)
    kiosk.phones.knock("hub-blocked")
    kiosk.phones.block("hub-blocked")
    kiosk.phone_syncs("Amina", "push", 1, ago_ms=MINUTE)
    joined = joined_phones(kiosk.status(), load_catalogue().translator("en"))
    assert [(phone.id, phone.sentence) for phone in joined] == [
        ("Amina", "Joined 1 minute ago, from 192.168.1.40"),
        ("hub-new", "Joined 2 minutes ago, from 192.168.1.23"),
    ]
