"""Somebody sets the computer's clock while real phones sync: nothing is missed, and the page says that it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.clock import SystemClock
from kiosk.hub import Hub, build_hub
from tests.e2e.clinic import settle, stored, synced
from tests.fakes.clock import YEAR_MS, AdjustableClock
from tests.kiosk.hubs import config_of
from tests.phone.client import Phone, PhoneDriver, Style
from tests.phone.convergence import differences
from tests.polling import eventually
from tests.web.ui.kiosk_port_contract import FORM

TWO_YEARS_BACK, TEN_YEARS_AHEAD = -2 * YEAR_MS, 10 * YEAR_MS
CREDENTIALS = (FORM.email, FORM.password)


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock(SystemClock().now_ms())


@pytest.fixture
def hub(tmp_path: Path, clock: AdjustableClock) -> Iterator[Hub]:
    hub = build_hub(config_of(tmp_path / "data"), clock)
    hub.control.complete_first_run(FORM)
    yield hub
    hub.stop()


@pytest.fixture
def phones(hub: Hub, phone_driver: PhoneDriver) -> Iterator[tuple[Phone, Phone, Phone]]:
    url = str(hub.control.phones_url())

    def phone(name: str, style: Style) -> Phone:
        return phone_driver.open(name, url, style=style, credentials=CREDENTIALS)

    opened = (phone("jump-library", "library"), phone("jump-other", "library"), phone("jump-legacy", "legacy"))
    yield opened
    for each in opened:
        each.close()


def finding(hub: Hub) -> tuple[str, str] | None:
    found = hub.control.status().clock
    return (found.name, found.reason) if found else None


def test_nothing_is_missed_while_the_clock_is_set_back_two_years_and_forward_ten(
    hub: Hub, clock: AdjustableClock, phones: tuple[Phone, Phone, Phone]
) -> None:
    library, other, _ = phones
    written: list[str] = []

    def edit(what: str) -> None:
        for phone in phones:
            written.append(phone.create("patients", given_name=what))
        library.update("patients", written[0], surname=what)
        settle(*phones)

    edit("with a right clock")
    assert eventually(lambda: finding(hub) is None)
    for jump, name in ((TWO_YEARS_BACK, "back"), (TEN_YEARS_AHEAD - TWO_YEARS_BACK, "ahead")):
        clock.jump(jump)
        edit(f"with the clock set {name}")
        hub.control.forget_old()  # what runs that night
        assert hub.control.status().log
        edit(f"a night later, with the clock set {name}")
        assert differences([library, other]) == []
        assert stored(other, "patients", written[0])["surname"] == f"a night later, with the clock set {name}"
        assert eventually(lambda: finding(hub))[1] in ("too_early", "behind", "ahead")
    clock.jump(-TEN_YEARS_AHEAD)
    edit("with the clock set right")
    settle(*phones)
    assert differences(phones) == []
    assert {row for row in written if row in library.rows("patients")} == set(written)
    assert eventually(lambda: finding(hub) is None)
    assert synced(other).pulled_count == 0
