"""The program behind the page "Export diagnostics" keeps the contract of the fake, and what only it can show."""

from __future__ import annotations

import threading

import pytest

from db.errors import StorageFailed
from kiosk.diagnostics.desk import FRESH_MS, DiagnosticsDesk
from kiosk.diagnostics.report import Report, ReportFile
from tests.fakes.clock import AdjustableClock
from tests.polling import eventually
from tests.web.ui.diagnostics_port_contract import DiagnosticsPortContract, prepared
from web.ui.diagnostics_port import DiagnosticsPort, ReportPart


class Maker:
    """Makes small reports, and counts them."""

    def __init__(self, clock: AdjustableClock) -> None:
        self._clock = clock
        self.made = 0
        self.failure: Exception | None = None
        self.let_go = threading.Event()
        self.let_go.set()

    def __call__(self) -> Report:
        assert self.let_go.wait(10)
        if self.failure:
            raise self.failure
        self.made += 1
        file = ReportFile(ReportPart.ABOUT, "about.json", 1, b"{}" * self.made)
        return Report("00106T04HP", self._clock.now_ms(), (file,))


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock()


@pytest.fixture
def maker(clock: AdjustableClock) -> Maker:
    return Maker(clock)


@pytest.fixture
def desk(maker: Maker, clock: AdjustableClock) -> DiagnosticsDesk:
    return DiagnosticsDesk(maker, clock)


class TestDiagnosticsDesk(DiagnosticsPortContract):
    @pytest.fixture
    def port(self, desk: DiagnosticsDesk) -> DiagnosticsPort:
        return desk


def test_what_is_saved_is_what_the_preview_is_of(desk: DiagnosticsDesk, maker: Maker) -> None:
    desk.prepare()
    preview = prepared(desk)
    assert desk.archive().file_name == preview.file_name
    assert len(desk.archive().content) == preview.bytes
    assert maker.made == 1


def test_an_old_report_is_not_shown_and_made_anew(desk: DiagnosticsDesk, maker: Maker, clock: AdjustableClock) -> None:
    desk.archive()
    clock.advance(FRESH_MS + 1)
    assert desk.view().preview is None
    desk.archive()
    assert maker.made == 2


def test_only_one_is_made_at_a_time(desk: DiagnosticsDesk, maker: Maker) -> None:
    maker.let_go.clear()
    desk.prepare()
    desk.prepare()
    assert desk.view().is_preparing
    maker.let_go.set()
    prepared(desk)
    assert maker.made == 1


@pytest.mark.parametrize(("failure", "code"), [(StorageFailed(), "storage_failed"), (OSError(28, "full"), "disk_full")])
def test_what_keeps_it_from_being_made_is_told(
    desk: DiagnosticsDesk, maker: Maker, failure: Exception, code: str
) -> None:
    maker.failure = failure
    desk.prepare()
    eventually(lambda: not desk.view().is_preparing)
    assert (desk.view().failure, desk.view().preview) == (code, None)
    maker.failure = None
    desk.prepare()
    prepared(desk)
    assert desk.view().failure is None
