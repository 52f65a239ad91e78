"""The pages "Set aside" and "Conflicts" and their actions over real HTTP."""

from __future__ import annotations

import pytest

from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.serving import ServedUi
from web.ui.conflicts_page import MOST_SHOWN

JSON = {"Accept": "application/json"}
ODD_ID = 'a "b" <c>&d=/?#é'
SCRIPT = "<script>alert(1)</script>"


def left(kiosk: FakeKioskPort) -> list[str]:
    return [record.record_id for record in kiosk.cloud.list_aside(100)]


def test_empty_pages_say_so(ui: ServedUi) -> None:
    visitor = ui.visitor()
    assert "Nothing is set aside." in visitor.get(ui.url + "/cloud/aside").text
    assert "There is nothing to look at." in visitor.get(ui.url + "/conflicts").text


def test_one_record_is_tried_again_and_then_all_of_them(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    for name in ("p1", "p2", ODD_ID):
        kiosk.cloud.put_aside("patients", name)
    visitor = ui.visitor()
    answer = visitor.post(
        ui.url + "/cloud/aside/retry", data={"table": "patients", "id": ODD_ID}, allow_redirects=False
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cloud/aside")
    assert left(kiosk) == ["p2", "p1"]
    assert visitor.post(ui.url + "/cloud/aside/retry-all", data="", headers=JSON).json() == {"ok": True}
    assert left(kiosk) == []


@pytest.mark.parametrize("fields", [{}, {"table": "patients"}, {"id": "p1"}, {"table": "", "id": ""}])
@pytest.mark.parametrize("action", ["retry", "discard"])
def test_an_action_about_no_record_touches_none(
    ui: ServedUi, kiosk: FakeKioskPort, fields: dict[str, str], action: str
) -> None:
    kiosk.cloud.put_aside("patients", "p1")
    assert ui.visitor().post(f"{ui.url}/cloud/aside/{action}", data=fields).status_code == 400
    assert left(kiosk) == ["p1"]


def test_a_record_is_given_up_after_a_question(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    kiosk.cloud.put_aside("patients", ODD_ID, "older", SCRIPT)
    visitor = ui.visitor()
    which = {"table": "patients", "id": ODD_ID}
    question = visitor.get(ui.url + "/cloud/aside/discard", params=which).text
    assert "Discard this change?" in question
    assert SCRIPT not in question
    assert left(kiosk) == [ODD_ID]
    visitor.post(ui.url + "/cloud/aside/discard", data=which)
    assert (left(kiosk), kiosk.cloud.discarded) == ([], [("patients", ODD_ID)])


def test_a_record_that_is_not_set_aside_is_not_asked_about(ui: ServedUi) -> None:
    visitor = ui.visitor()
    assert visitor.get(ui.url + "/cloud/aside/discard?table=patients&id=p1").status_code == 404
    assert visitor.get(ui.url + "/cloud/aside/discard").status_code == 404
    assert visitor.post(ui.url + "/cloud/aside/discard", data={"table": "patients", "id": "p1"}).status_code == 404


def test_what_lost_is_restored(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    version = kiosk.cloud.lose("patients", "p1", ("camp", "North", "South"))
    fields = {"table": "patients", "id": "p1", "version": str(version)}
    answer = ui.visitor().post(ui.url + "/conflicts/restore", data=fields, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/conflicts")
    assert (kiosk.cloud.restored, kiosk.cloud.view().conflicts) == ([version], 0)


def test_a_conflict_is_left_as_it_is(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    version = kiosk.cloud.lose("patients", "p1", ("camp", "North", "South"))
    visitor = ui.visitor()
    assert visitor.post(ui.url + "/conflicts/settle", data={"version": str(version)}, headers=JSON).ok
    assert (kiosk.cloud.restored, kiosk.cloud.view().conflicts) == ([], 0)
    assert visitor.post(ui.url + "/conflicts/settle", data={"version": str(version)}).status_code == 404


@pytest.mark.parametrize("version", ["", "x", "-1", "1.5", "٣", "9" * 30])
def test_a_version_is_a_number(ui: ServedUi, kiosk: FakeKioskPort, version: str) -> None:
    kiosk.cloud.lose("patients", "p1", ("camp", "North", "South"))
    visitor = ui.visitor()
    fields = {"table": "patients", "id": "p1", "version": version}
    assert visitor.post(ui.url + "/conflicts/restore", data=fields).status_code == 400
    assert visitor.post(ui.url + "/conflicts/settle", data=fields).status_code == 400
    assert kiosk.cloud.view().conflicts == 1


def test_names_and_values_are_printed_as_text(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    kiosk.cloud.put_aside("patients", SCRIPT, "older", SCRIPT)
    kiosk.cloud.lose("patients", SCRIPT, (SCRIPT, SCRIPT, f'{{"{SCRIPT}": 1}}'), name=SCRIPT, by=SCRIPT)
    visitor = ui.visitor()
    for path in ("/cloud/aside", "/conflicts"):
        page = visitor.get(ui.url + path).text
        assert SCRIPT not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_long_list_shows_the_newest_and_counts_the_rest(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    for number in range(MOST_SHOWN + 2):
        kiosk.cloud.lose("patients", f"p{number}", ("camp", "North", "South"))
    page = ui.visitor().get(ui.url + "/conflicts").text
    assert page.count('class="card record"') == MOST_SHOWN
    assert "There are 2 more." in page
