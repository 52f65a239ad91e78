"""The fakes of the page tests keep the contracts of the real ports."""

from __future__ import annotations

import pytest

from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.kiosk_port_contract import KioskPortContract
from tests.web.ui.phones_port_contract import ADDRESS, PhonesPortContract, PhonesUnderTest
from web.ui.ports import KioskPort


class TestFakeKioskPort(KioskPortContract):
    @pytest.fixture
    def port(self) -> KioskPort:
        return FakeKioskPort()


class TestFakePhones(PhonesPortContract):
    @pytest.fixture
    def phones(self) -> PhonesUnderTest:
        fake = FakeKioskPort().phones
        return PhonesUnderTest(
            fake, lambda device_id: fake.knock(device_id, address=ADDRESS), lambda: fake.open_until_ms is not None
        )
