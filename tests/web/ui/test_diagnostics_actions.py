from __future__ import annotations

import io
import zipfile

from tests.fakes.diagnostics_port import FILE_NAME
from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.serving import TOKEN, ServedUi


def test_whoever_opens_the_page_finds_a_report(kiosk: FakeKioskPort, ui: ServedUi) -> None:
    page = ui.visitor().get(f"{ui.url}/diagnostics").text
    assert "00106-T04HP" in page
    assert "logs/server.log" in page
    ui.visitor().get(f"{ui.url}/diagnostics")
    assert kiosk.diagnostics.made == 1


def test_a_new_one_is_made_on_demand(kiosk: FakeKioskPort, ui: ServedUi) -> None:
    visitor = ui.visitor()
    assert visitor.post(f"{ui.url}/diagnostics/prepare").url == f"{ui.url}/diagnostics"
    visitor.post(f"{ui.url}/diagnostics/prepare")
    assert kiosk.diagnostics.made == 2
    assert "The report is ready" in visitor.get(f"{ui.url}/diagnostics/status").text


def test_the_report_is_a_download_with_its_name_and_code(ui: ServedUi) -> None:
    answer = ui.visitor().get(f"{ui.url}/diagnostics/download")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{FILE_NAME}"'
    assert answer.headers["X-Support-Code"] == "00106T04HP"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        assert opened.testzip() is None


def test_the_programs_own_window_gets_it_with_the_token_and_strangers_do_not(ui: ServedUi) -> None:
    stranger = ui.stranger()
    assert stranger.get(f"{ui.url}/diagnostics/download").status_code == 401
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert stranger.get(f"{ui.url}/diagnostics/download", headers=headers).status_code == 200


def test_a_computer_that_is_not_set_up_has_a_report_too(new_ui: tuple[FakeKioskPort, ServedUi]) -> None:
    _, ui = new_ui
    assert "00106-T04HP" in ui.visitor().get(f"{ui.url}/diagnostics").text
    assert 'id="about"' in ui.visitor().get(f"{ui.url}/about").text
    assert ui.visitor().get(f"{ui.url}/diagnostics/download").status_code == 200


def test_the_page_about_tells_the_version(ui: ServedUi) -> None:
    assert "0.1.0" in ui.visitor().get(f"{ui.url}/about").text
    assert 'href="/about?lang=en"' in ui.visitor().get(ui.url).text
