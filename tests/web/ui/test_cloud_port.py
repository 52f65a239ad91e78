"""The fake CloudPort of the page tests keeps the contract of the real one."""

from __future__ import annotations

import pytest

from tests.fakes.cloud_port import FakeCloud
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.cloud_port_contract import CloudPortContract, ConnectingContract


class TestFakeCloud(CloudPortContract, ConnectingContract):
    @pytest.fixture
    def cloud(self) -> FakeCloud:
        return FakeKioskPort().cloud

    @pytest.fixture
    def world(self, cloud: FakeCloud) -> FakeCloud:
        return cloud
