"""The pages over real HTTP: who gets in, what every answer carries, and what the actions do."""

from __future__ import annotations

import re

import pytest

from db.errors import InvalidInput, PortTaken
from tests.fakes.kiosk_port import CABLE, WIFI, FakeKioskPort
from tests.web.ui.serving import TOKEN, ServedUi
from web.i18n import load_catalogue
from web.ui.app import create_ui_app
from web.ui.ports import Notice, ServingState
from web.ui.sessions import UiSessions

PHONE_PAGES = ("/phones", "/add-phone", "/phones/status", "/add-phone/status")
CLOUD_PAGES = ("/cloud", "/cloud/status", "/cloud/connect", "/cloud/disconnect", "/cloud/refill")
TRAY_PAGES = ("/cloud/aside", "/cloud/aside/status", "/cloud/aside/discard", "/conflicts", "/conflicts/status")
BACKUPS_PAGES = ("/backups", "/backups/status", "/restore", "/restore/status", "/move", "/move/status")
SUPPORT_PAGES = ("/check", "/check/status", "/diagnostics", "/diagnostics/status", "/diagnostics/download", "/about")
UPDATE_PAGES = ("/update", "/update/status", "/update/install")
LOCK_PAGES = ("/locked", "/lock/state", "/pin", "/settings", "/erase")
LOCK_ACTIONS = ("/lock", "/lock/seen", "/unlock", "/pin", "/pin/forgotten", "/erase", "/erase/now")
SETTINGS_ACTIONS = ("/pin", "/pin/remove", "/idle", "/passphrase", "/passphrase/remove")
PAGES = (
    *LOCK_PAGES,
    "/",
    "/status",
    "/state",
    "/phones/revoke",
    *PHONE_PAGES,
    *CLOUD_PAGES,
    *TRAY_PAGES,
    *BACKUPS_PAGES,
    *SUPPORT_PAGES,
    *UPDATE_PAGES,
)
PHONE_ACTIONS = ("/phones/approve", "/phones/block", "/phones/revoke", "/phones/rename")
ROUND_ACTIONS = ("/cloud/sync", "/cloud/pause", "/cloud/resume", "/cloud/go-on", "/cloud/refill")
CLOUD_ACTIONS = ("/cloud/connect", "/cloud/disconnect", "/cloud/minutes", "/cloud/limit", *ROUND_ACTIONS)
TRAY_ACTIONS = ("/cloud/aside/retry", "/cloud/aside/retry-all", "/cloud/aside/discard")
ACTIONS = (
    *CLOUD_ACTIONS,
    *TRAY_ACTIONS,
    *LOCK_ACTIONS,
    *(f"/settings{action}" for action in SETTINGS_ACTIONS),
    *("/check/run", "/check/cure", "/diagnostics/prepare"),
    *("/conflicts/restore", "/conflicts/settle"),
    *(f"/restore/{action}" for action in ("search", "look", "begin", "cancel", "dismiss")),
    *(f"/update/{action}" for action in ("look", "install", "asking", "ask")),
    *("/move/leave", "/move/stay", "/move/back-up"),
    *("/backups/make", "/backups/second", "/backups/code"),
    *("/first-run", "/start", "/stop", "/address", "/port", "/language", "/dismiss", "/quit"),
    *(*PHONE_ACTIONS, "/phones/scope", "/pairing/open", "/pairing/close"),
)
JSON = {"Accept": "application/json"}
FIRST_RUN = {
    "server_name": "Al Noor",
    "clinic_name": "Al Noor clinic",
    "staff_name": "Amina <b>Haddad</b>",
    "email": "amina@clinic.org",
    "password": "correct horse",
}


def test_every_route_declares_who_may_use_it() -> None:
    app = create_ui_app(FakeKioskPort(), UiSessions(TOKEN), load_catalogue())
    rules = {f"{route.method} {route.rule}": route.config.get("auth") for route in app.routes}
    assert {rule for rule, auth in rules.items() if auth == "none"} == {
        "GET /open",
        "POST /session",
        "GET /static/<name>",
    }
    assert {rule for rule, auth in rules.items() if auth == "session"} == {
        *(f"GET {path}" for path in PAGES),
        *(f"POST {path}" for path in ACTIONS),
    }
    assert set(rules.values()) == {"none", "session"}


def test_the_entry_page_never_holds_the_token(ui: ServedUi) -> None:
    answer = ui.stranger().get(ui.url + "/open")
    assert answer.status_code == 200
    assert TOKEN not in answer.text
    assert "<noscript><p>This page needs JavaScript to open." in answer.text


def test_a_large_body_is_refused(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    answer = ui.visitor().post(
        ui.url + "/language",
        data="language=ar&x=" + "y" * 70_000,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
    assert kiosk.status().language is None


def test_the_main_page_and_its_fragment_agree_and_unchanged_costs_nothing(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    page = visitor.get(ui.url).text
    answer = visitor.get(ui.url + "/status")
    assert answer.text in page
    etag = answer.headers["ETag"]
    assert etag.replace('"', "&quot;") in page
    again = visitor.get(ui.url + "/status", headers={"If-None-Match": etag})
    assert (again.status_code, again.text) == (304, "")
    kiosk.phone_syncs("Amina", "push", 3)
    changed = visitor.get(ui.url + "/status", headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "The phone of Amina sent 3 records" in changed.text


def test_names_are_printed_as_text(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    kiosk.phone_syncs("<script>alert(1)</script>", "push", 3)
    kiosk.occupy_port("<img src=x>")
    page = ui.visitor().get(ui.url).text
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page


def test_stop_and_start_are_forms_that_lead_back_to_the_page(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    answer = visitor.post(ui.url + "/stop", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert kiosk.status().state is ServingState.STOPPED
    visitor.post(ui.url + "/start")
    assert kiosk.status().state is ServingState.SERVING


def test_scripts_get_json_instead_of_a_redirect(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    answer = ui.visitor().post(ui.url + "/stop", headers=JSON, allow_redirects=False)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_the_language_is_remembered(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    page = visitor.post(ui.url + "/language", data={"language": "ar"})
    assert 'lang="ar" dir="rtl"' in page.text
    assert visitor.get(ui.url + "/status").headers["Content-Language"] == "ar"
    assert visitor.post(ui.url + "/language", data={"language": "fr"}).status_code == 400
    assert kiosk.status().language == "ar"


def test_another_address_can_be_chosen(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    kiosk.join_networks(WIFI, CABLE)
    visitor = ui.visitor()
    page = visitor.post(ui.url + "/address", data={"ip": CABLE.ip})
    assert "http://10.0.0.12:4001" in page.text
    assert visitor.post(ui.url + "/address", data={"ip": "203.0.113.9"}).status_code == 503


@pytest.mark.parametrize("port", ["", "x", "80", "70000", "٤٠٠٢", "-4002", "999999999999"])
def test_an_impossible_port_is_refused(ui: ServedUi, kiosk: FakeKioskPort, port: str) -> None:
    assert ui.visitor().post(ui.url + "/port", data={"port": port}).status_code == 400
    assert kiosk.status().port == 4001


def test_the_offered_port_can_be_taken(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    kiosk.occupy_port("node")
    page = ui.visitor().post(ui.url + "/port", data={"port": "4002"})
    assert "http://192.168.1.7:4002" in page.text


@pytest.mark.parametrize(("path", "fields"), [("/start", {}), ("/port", {"port": "4003"})])
def test_a_taken_port_is_told_by_the_page_and_not_as_an_error(
    ui: ServedUi, kiosk: FakeKioskPort, path: str, fields: dict[str, str]
) -> None:
    kiosk.occupy_port("node")
    kiosk.fail_next(PortTaken(port=4001))
    page = ui.visitor().post(ui.url + path, data=fields)
    assert page.status_code == 200
    assert "Phones cannot sync: another program is in the way" in page.text


def test_a_notice_can_be_hidden(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    kiosk.notify(Notice.UNCLEAN_STOP_CHECKED)
    visitor = ui.visitor()
    assert "stopped without warning" in visitor.get(ui.url).text
    page = visitor.post(ui.url + "/dismiss", data={"notice": "unclean_stop_checked"})
    assert "stopped without warning" not in page.text
    assert visitor.post(ui.url + "/dismiss", data={"notice": "nothing"}).status_code == 400


def test_the_first_run_stores_what_was_typed_and_shows_the_main_page(
    new_ui: tuple[FakeKioskPort, ServedUi],
) -> None:
    kiosk, ui = new_ui
    visitor = ui.visitor()
    assert "first-run" in visitor.get(ui.url).text
    assert visitor.get(ui.url + "/status").status_code == 204
    page = visitor.post(ui.url + "/first-run", data=FIRST_RUN)
    assert page.status_code == 200
    assert "Phones can sync" in page.text
    assert kiosk.first_run is not None
    assert kiosk.first_run.staff_name == FIRST_RUN["staff_name"]


def test_a_form_with_mistakes_comes_back_with_all_but_the_password(
    new_ui: tuple[FakeKioskPort, ServedUi],
) -> None:
    kiosk, ui = new_ui
    page = ui.visitor().post(ui.url + "/first-run", data=FIRST_RUN | {"email": "amina"})
    assert page.status_code == 400
    assert "correct horse" not in page.text
    assert "Amina &lt;b&gt;Haddad&lt;/b&gt;" in page.text
    assert page.text.count("aria-invalid") == 1
    assert re.search(r'id="email"[^>]*aria-invalid="true"[^>]*autofocus', page.text)
    assert kiosk.first_run is None


def test_a_field_the_program_refuses_is_marked_too(new_ui: tuple[FakeKioskPort, ServedUi]) -> None:
    kiosk, ui = new_ui
    kiosk.fail_next(InvalidInput(path="clinic_name"))
    page = ui.visitor().post(ui.url + "/first-run", data=FIRST_RUN)
    assert page.status_code == 400
    assert re.search(r'id="clinic_name"[^>]*aria-invalid="true"', page.text)


def test_the_first_run_cannot_be_done_twice(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    answer = ui.visitor().post(ui.url + "/first-run", data=FIRST_RUN, allow_redirects=False)
    assert answer.status_code == 303
    assert kiosk.status().server_name == "Al Noor, reception"
