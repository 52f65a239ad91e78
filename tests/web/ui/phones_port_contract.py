"""What every implementation of PhonesPort does: run on the fake of the pages' tests and on the program's own.

Knows nothing of either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from db.errors import HubError, InvalidInput, NotFound
from web.ui.ports import PhonesPort

MINUTE_MS = 60_000
ADDRESS = "192.0.2.7"


@dataclass(frozen=True)
class PhonesUnderTest:
    """The port, and what happens at the other side of it: ``knock`` a phone of the id given, ``is_open`` the door."""

    port: PhonesPort
    knock: Callable[[str], None]
    is_open: Callable[[], bool]

    def status_of(self, device_id: str) -> str:
        return self.port.details(device_id).phone.status


class PhonesPortContract:
    """Inherit, and give a fixture ``phones``."""

    def test_a_phone_that_knocks_waits_and_is_let_in(self, phones: PhonesUnderTest) -> None:
        phones.knock("hub-1")
        seen = phones.port.details("hub-1").phone
        assert (seen.status, seen.address, seen.has_identity, seen.paired_ms) == ("waiting", ADDRESS, True, None)
        phones.port.approve("hub-1")
        seen = phones.port.details("hub-1").phone
        assert seen.status == "paired"
        assert seen.paired_ms is not None

    def test_a_phone_is_kept_out_and_one_that_was_in_is_sent_away(self, phones: PhonesUnderTest) -> None:
        phones.knock("hub-1")
        phones.port.block("hub-1")
        assert phones.status_of("hub-1") == "blocked"
        phones.port.approve("hub-1")
        phones.port.revoke("hub-1")
        assert phones.status_of("hub-1") == "revoked"

    def test_while_the_door_is_open_phones_come_in_by_themselves(self, phones: PhonesUnderTest) -> None:
        assert not phones.is_open()
        phones.port.open_pairing(MINUTE_MS)
        assert phones.is_open()
        phones.knock("hub-1")
        assert phones.status_of("hub-1") == "paired"
        phones.port.close_pairing()
        assert not phones.is_open()
        phones.knock("hub-2")
        assert phones.status_of("hub-2") == "waiting"

    @pytest.mark.parametrize("duration_ms", [0, -1, 3_600_001])
    def test_the_door_is_not_left_open(self, phones: PhonesUnderTest, duration_ms: int) -> None:
        with pytest.raises(InvalidInput):
            phones.port.open_pairing(duration_ms)
        assert not phones.is_open()

    def test_a_phone_has_the_name_it_was_given_until_that_is_taken_away(self, phones: PhonesUnderTest) -> None:
        phones.knock("hub-1")
        phones.port.rename("hub-1", "  جهاز اللقاح ")
        assert phones.port.details("hub-1").phone.name == "جهاز اللقاح"
        with pytest.raises(InvalidInput) as refused:
            phones.port.rename("hub-1", "x" * 81)
        assert refused.value.context["path"] == "name"
        phones.port.rename("hub-1", " ")
        assert phones.port.details("hub-1").phone.name is None

    def test_a_phone_that_has_sent_nothing_has_sent_nothing_last(self, phones: PhonesUnderTest) -> None:
        phones.knock("hub-1")
        assert phones.port.details("hub-1").last_sent is None

    def test_nothing_is_decided_about_a_phone_that_never_came(self, phones: PhonesUnderTest) -> None:
        port = phones.port
        asks: tuple[Callable[[], object], ...] = (
            lambda: port.approve("hub-nobody"),
            lambda: port.block("hub-nobody"),
            lambda: port.revoke("hub-nobody"),
            lambda: port.rename("hub-nobody", "x"),
            lambda: port.details("hub-nobody"),
        )
        for ask in asks:
            with pytest.raises(HubError) as refused:
                ask()
            assert isinstance(refused.value, NotFound)
