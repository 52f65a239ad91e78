"""What the pages answer when something is not as it should be."""

from __future__ import annotations

from db.errors import DiskFull
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.serving import ServedUi
from web.ui.guard import SECURITY_HEADERS

JSON = {"Accept": "application/json"}


def test_the_page_for_strangers_speaks_their_language(ui: ServedUi) -> None:
    page = ui.stranger().get(ui.url, headers={"Accept-Language": "ar"}).text
    assert 'lang="ar" dir="rtl"' in page
    page = ui.stranger().get(ui.url + "/?lang=es", headers={"Accept-Language": "ar"}).text
    assert 'lang="es" dir="ltr"' in page


def test_an_internal_failure_carries_the_headers_and_only_a_code(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    kiosk.fail_next(RuntimeError("patient Sara"))  # type: ignore[arg-type]
    answer = visitor.post(ui.url + "/start")
    assert answer.status_code == 500
    assert "Sara" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers[name] == value


def test_a_refused_action_is_explained_in_the_language_of_the_page(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    kiosk.fail_next(DiskFull())
    told = visitor.post(ui.url + "/start?lang=es", headers=JSON)
    assert (told.status_code, told.json()["code"]) == (507, "disk_full")
    assert told.json()["message"].startswith("El disco")
    kiosk.fail_next(DiskFull())
    page = visitor.post(ui.url + "/start?lang=es")
    assert page.status_code == 507
    assert "El disco" in page.text
    assert 'href="/"' in page.text


def test_unknown_addresses_and_methods_are_explained(ui: ServedUi) -> None:
    visitor = ui.visitor()
    for method, path, status, code in (
        ("GET", "/nowhere", 404, "not_found"),
        ("PUT", "/start", 405, "method_not_allowed"),
    ):
        told = visitor.request(method, ui.url + path, headers=JSON)
        assert (told.status_code, told.json()["code"]) == (status, code)
        assert told.json()["message"] in visitor.request(method, ui.url + path).text.replace("&#039;", "'")


def test_a_signed_out_script_gets_json_too(ui: ServedUi) -> None:
    told = ui.stranger().get(ui.url + "/state", headers=JSON)
    assert (told.status_code, told.json()["code"]) == (401, "not_signed_in")
