"""The checks as the running program has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.errors import InvalidInput
from kiosk.hub import Hub
from tests.kiosk.hubs import built_hub
from tests.web.ui.check_port_contract import finished
from tests.web.ui.kiosk_port_contract import FORM
from web.ui.check_port import Cure


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with built_hub(tmp_path) as hub:
        hub.control.complete_first_run(FORM)
        yield hub
        finished(hub.control.check)


def reasons(hub: Hub) -> dict[str, str]:
    return {finding.name: finding.reason for finding in finished(hub.control.check).findings}


def test_the_program_checks_itself(hub: Hub) -> None:
    hub.control.check.begin()
    assert reasons(hub)["port"] == "listening"
    assert reasons(hub)["database"] == "not_due"


def test_what_it_offers_it_does(hub: Hub) -> None:
    hub.control.stop_serving()
    hub.control.check.cure(Cure.START_SERVING)
    assert reasons(hub)["port"] == "listening"
    hub.control.check.cure(Cure.BACK_UP_NOW)
    assert reasons(hub)["backup"] == "recent"
    hub.control.check.cure(Cure.CHECK_DATABASE)
    assert reasons(hub)["database"] == "sound"


@pytest.mark.parametrize("port", ["", "80", "70000", "x", "123456"])
def test_a_port_that_is_none_is_refused(hub: Hub, port: str) -> None:
    with pytest.raises(InvalidInput):
        hub.control.check.cure(Cure.USE_FREE_PORT, port)
    finished(hub.control.check)
