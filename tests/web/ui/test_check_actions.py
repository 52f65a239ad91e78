from __future__ import annotations

from db.errors import PortTaken, StorageBusy
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.serving import ServedUi
from web.ui.check_port import Area, Cure, Finding, Verdict

STOPPED = Finding("port", Area.PHONES, Verdict.FAIL, "stopped", {}, Cure.START_SERVING)


def test_the_page_runs_the_checks_when_it_is_opened_for_the_first_time(kiosk: FakeKioskPort, ui: ServedUi) -> None:
    page = ui.visitor().get(f"{ui.url}/check")
    assert page.status_code == 200
    assert "The database is new and opens." in page.text
    kiosk.check.find(STOPPED)
    assert "Everything is in order" in ui.visitor().get(f"{ui.url}/check").text


def test_the_checks_are_run_again_on_demand(kiosk: FakeKioskPort, ui: ServedUi) -> None:
    visitor = ui.visitor()
    visitor.get(f"{ui.url}/check")
    kiosk.check.find(STOPPED)
    assert visitor.post(f"{ui.url}/check/run").url == f"{ui.url}/check"
    assert "Phones are not served" in visitor.get(f"{ui.url}/check/status").text


def test_a_cure_is_done(kiosk: FakeKioskPort, ui: ServedUi) -> None:
    answer = ui.visitor().post(f"{ui.url}/check/cure", data={"cure": "use_free_port", "value": "4002"})
    assert answer.url == f"{ui.url}/check"
    assert kiosk.check.cured == [(Cure.USE_FREE_PORT, "4002")]


def test_a_port_that_is_taken_again_is_told_by_the_checks(kiosk: FakeKioskPort, ui: ServedUi) -> None:
    kiosk.check.fail_next(PortTaken(port=4002))
    assert ui.visitor().post(f"{ui.url}/check/cure", data={"cure": "start_serving"}).status_code == 200


def test_another_failure_of_a_cure_is_said(kiosk: FakeKioskPort, ui: ServedUi) -> None:
    kiosk.check.fail_next(StorageBusy())
    answer = ui.visitor().post(
        f"{ui.url}/check/cure", data={"cure": "start_serving"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_busy")


def test_what_is_no_cure_or_cannot_be_done_here_is_refused(ui: ServedUi) -> None:
    for cure in ("", "format_disk", "firewall_help"):
        assert ui.visitor().post(f"{ui.url}/check/cure", data={"cure": cure}).status_code == 400


def test_the_main_page_leads_to_it(ui: ServedUi) -> None:
    assert 'href="/check?lang=en"' in ui.visitor().get(ui.url).text


def test_a_computer_that_is_not_set_up_can_be_checked_too(new_ui: tuple[FakeKioskPort, ServedUi]) -> None:
    _, ui = new_ui
    assert ui.visitor().get(f"{ui.url}/check").url == f"{ui.url}/check"
    assert ui.visitor().get(f"{ui.url}/check/status").status_code == 200
