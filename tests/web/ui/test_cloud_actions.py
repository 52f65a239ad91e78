"""The page about the cloud and its actions over real HTTP."""

from __future__ import annotations

import re

import pytest
import requests

from db.errors import (
    CloudInTrouble,
    CloudNotTrusted,
    CloudOffline,
    DiskFull,
    HubError,
    InvalidInput,
    NotTheCloud,
)
from tests.fakes.cloud_port import KEY, OTHER_URL, URL
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.serving import ServedUi
from web.ui.ports import ServingState

JSON = {"Accept": "application/json"}
FORM = {"url": URL, "key": KEY}


@pytest.fixture
def connected(kiosk: FakeKioskPort) -> FakeKioskPort:
    kiosk.cloud.join()
    kiosk.cloud.round_ends()
    return kiosk


def connect(ui: ServedUi, **typed: str) -> requests.Response:
    return ui.visitor().post(ui.url + "/cloud/connect", data=FORM | typed, allow_redirects=False)


def where(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers["Location"]


def test_without_a_connection_the_page_is_the_form(ui: ServedUi) -> None:
    visitor = ui.visitor()
    assert where(visitor.get(ui.url + "/cloud", allow_redirects=False)) == (303, "/cloud/connect")
    assert visitor.get(ui.url + "/cloud/status").status_code == 204
    assert "Connect to the cloud" in visitor.get(ui.url + "/cloud").text


def test_a_new_computer_may_begin_with_the_cloud_and_needs_no_account_of_its_own(
    new_ui: tuple[FakeKioskPort, ServedUi],
) -> None:
    kiosk, ui = new_ui
    assert "/cloud/connect" in ui.visitor().get(ui.url + "/").text
    assert "Connect to the cloud" in ui.visitor().get(ui.url + "/cloud/connect").text
    assert connect(ui, key="another").status_code == 400
    assert kiosk.status().state is ServingState.FIRST_RUN
    assert where(connect(ui)) == (303, "/")
    status = kiosk.status()
    assert (status.state, status.server_name) == (ServingState.SERVING, "Reception, Al Noor")


def test_the_right_key_connects_and_leads_to_the_page(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    assert where(connect(ui, key=f"  {KEY}\n")) == (303, "/cloud")
    assert kiosk.cloud.view().url == URL
    assert "Reception, Al Noor" in ui.visitor().get(ui.url + "/cloud").text


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"url": ""}, "url", "begins with https://"),
        ({"url": "http://cloud.example.org"}, "url", "begins with https://"),
        ({"key": " "}, "key", "Paste the whole key"),
        ({"key": "something-else"}, "key", "The cloud does not know this key"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_the_key_never_comes_back(
    ui: ServedUi, kiosk: FakeKioskPort, typed: dict[str, str], field: str, sentence: str
) -> None:
    answer = connect(ui, **typed)
    assert answer.status_code == 400
    assert re.search(rf'id="{field}"[^>]*aria-invalid="true"[^>]*autofocus', answer.text)
    assert answer.text.count("aria-invalid") == 1
    assert sentence in answer.text
    assert KEY not in answer.text
    assert "something-else" not in answer.text
    assert not kiosk.cloud.view().is_connected


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (CloudOffline(phase="verify_key"), "There is no internet just now"),
        (NotTheCloud(phase="verify_key"), "sign in to the wifi"),
        (CloudNotTrusted(phase="verify_key"), "Check the date and time"),
        (CloudInTrouble(phase="verify_key", status=500), "try again in a few minutes"),
    ],
)
def test_a_cloud_that_cannot_be_asked_is_told_beside_its_address(
    ui: ServedUi, kiosk: FakeKioskPort, failure: HubError, sentence: str
) -> None:
    kiosk.fail_next(failure)
    answer = connect(ui)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert f'value="{URL}"' in answer.text


@pytest.mark.parametrize(("failure", "status"), [(DiskFull(), 507), (InvalidInput(path="clinic"), 400)])
def test_what_has_nothing_to_do_with_the_form_is_told_as_everywhere(
    ui: ServedUi, kiosk: FakeKioskPort, failure: HubError, status: int
) -> None:
    kiosk.fail_next(failure)
    answer = connect(ui)
    assert (answer.status_code, "This did not work" in answer.text) == (status, True)


def test_another_cloud_is_asked_about_before_it_replaces_the_first(ui: ServedUi, connected: FakeKioskPort) -> None:
    answer = connect(ui, url=OTHER_URL)
    assert answer.status_code == 409
    assert "This is another cloud than before" in answer.text
    assert connected.cloud.view().url == URL
    assert connect(ui, url=OTHER_URL, may_replace="on").status_code == 409
    assert where(connect(ui, url=OTHER_URL, may_replace="yes")) == (303, "/cloud")
    assert connected.cloud.view().url == OTHER_URL


def test_what_the_organisation_calls_things_is_printed_as_text(ui: ServedUi, connected: FakeKioskPort) -> None:
    connected.cloud.name_clinics("<script>alert(1)</script>")
    page = ui.visitor().get(ui.url + "/cloud").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_key_for_no_clinic_says_what_to_ask_for(ui: ServedUi, connected: FakeKioskPort) -> None:
    connected.cloud.name_clinics()
    assert "Ask your organisation to add your clinic" in ui.visitor().get(ui.url + "/cloud").text


@pytest.mark.parametrize("back", ["/", "/cloud"])
def test_a_round_is_asked_for_from_either_page(ui: ServedUi, connected: FakeKioskPort, back: str) -> None:
    answer = ui.visitor().post(ui.url + "/cloud/sync", data={"back": back}, allow_redirects=False)
    assert where(answer) == (303, back)
    assert connected.cloud.rounds_asked_for == 1


def test_rounds_are_paused_and_resumed(ui: ServedUi, connected: FakeKioskPort) -> None:
    visitor = ui.visitor()
    assert visitor.post(ui.url + "/cloud/pause", data={"back": "/cloud"}, headers=JSON).json() == {"ok": True}
    assert connected.cloud.view().is_paused
    visitor.post(ui.url + "/cloud/resume", data={"back": "/cloud"})
    assert not connected.cloud.view().is_paused


def test_asking_before_something_is_done_does_nothing(ui: ServedUi, connected: FakeKioskPort) -> None:
    connected.cloud.stop_for("looks_empty")
    visitor = ui.visitor()
    assert "Send everything to the cloud again?" in visitor.get(ui.url + "/cloud/refill").text
    assert "Disconnect from the cloud?" in visitor.get(ui.url + "/cloud/disconnect").text
    view = connected.cloud.view()
    assert (view.is_connected, view.halt, connected.cloud.has_refilled) == (True, "looks_empty", False)


@pytest.mark.parametrize(("action", "has_refilled"), [("go-on", False), ("refill", True)])
def test_after_a_halt_somebody_decides(ui: ServedUi, connected: FakeKioskPort, action: str, has_refilled: bool) -> None:
    connected.cloud.stop_for("looks_empty")
    answer = ui.visitor().post(f"{ui.url}/cloud/{action}", data={"back": "/cloud"}, allow_redirects=False)
    assert where(answer) == (303, "/cloud")
    assert (connected.cloud.view().halt, connected.cloud.has_refilled) == (None, has_refilled)


def test_the_connection_ends_when_it_was_confirmed(ui: ServedUi, connected: FakeKioskPort) -> None:
    answer = ui.visitor().post(ui.url + "/cloud/disconnect", data="", allow_redirects=False)
    assert where(answer) == (303, "/")
    assert not connected.cloud.view().is_connected


@pytest.mark.parametrize("typed", ["30", " 30 ", "٣٠"])
def test_a_number_is_taken_in_the_digits_of_any_language(ui: ServedUi, connected: FakeKioskPort, typed: str) -> None:
    visitor = ui.visitor()
    visitor.post(ui.url + "/cloud/minutes", data={"minutes": typed})
    visitor.post(ui.url + "/cloud/limit", data={"megabytes": typed})
    view = connected.cloud.view()
    assert (view.minutes, view.daily_limit_bytes) == (30, 30_000_000)


@pytest.mark.parametrize(
    ("path", "field", "sentence"),
    [
        ("minutes", "minutes", "Type a whole number from 1 to 1440."),
        ("limit", "megabytes", "Type a whole number of megabytes, or 0 for no limit."),
    ],
)
@pytest.mark.parametrize("typed", ["", "-1", "five", "1.5", "99999999", "²"])
def test_anything_but_such_a_number_is_told_in_its_own_words(
    ui: ServedUi, connected: FakeKioskPort, path: str, field: str, sentence: str, typed: str
) -> None:
    visitor = ui.visitor()
    as_page = visitor.post(f"{ui.url}/cloud/{path}", data={field: typed})
    as_json = visitor.post(f"{ui.url}/cloud/{path}", data={field: typed}, headers=JSON)
    assert (as_page.status_code, as_json.status_code) == (400, 400)
    assert sentence in as_page.text
    assert as_json.json()["message"] == sentence
    assert (connected.cloud.view().minutes, connected.cloud.view().daily_limit_bytes) == (5, 0)


def test_a_number_the_program_refuses_is_told_the_same_way(ui: ServedUi, connected: FakeKioskPort) -> None:
    answer = ui.visitor().post(ui.url + "/cloud/minutes", data={"minutes": "1441"}, headers=JSON)
    assert answer.json()["message"] == "Type a whole number from 1 to 1440."
