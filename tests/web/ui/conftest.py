"""Fixtures for tests of the kiosk's pages: a fake program and its pages on a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.serving import ServedUi, serve_ui


@pytest.fixture
def kiosk() -> FakeKioskPort:
    """A clinic computer that has been set up and serves."""
    port = FakeKioskPort()
    port.complete_first_run(FORM)
    return port


@pytest.fixture
def ui(kiosk: FakeKioskPort) -> Iterator[ServedUi]:
    """Its pages, served."""
    with serve_ui(kiosk) as served:
        yield served


@pytest.fixture
def new_ui() -> Iterator[tuple[FakeKioskPort, ServedUi]]:
    """A computer without a staff account, and its pages."""
    port = FakeKioskPort()
    with serve_ui(port) as served:
        yield port, served
