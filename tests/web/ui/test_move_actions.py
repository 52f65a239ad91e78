"""The page about the move and its actions over real HTTP."""

from __future__ import annotations

from tests.fakes.kiosk_port import FakeKioskPort
from tests.web.ui.serving import ServedUi
from web.ui.ports import ServingState


def test_the_three_steps_are_gone_through(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    assert "First stop serving here." in visitor.get(ui.url + "/move").text
    assert visitor.post(ui.url + "/move/leave", allow_redirects=False).headers["Location"] == "/move"
    assert kiosk.status().state is ServingState.STOPPED
    answer = visitor.post(ui.url + "/move/back-up", data={"folder": "/media/stick"})
    assert "Making a backup" in answer.text
    kiosk.moving.finishes()
    assert "Made just now" in visitor.get(ui.url + "/move/status").text
    visitor.post(ui.url + "/move/stay")
    assert kiosk.status().state is ServingState.SERVING
    assert not kiosk.moving.view().has_left


def test_a_folder_that_is_not_there_is_told_in_words(ui: ServedUi) -> None:
    answer = ui.visitor().post(ui.url + "/move/back-up", data={"folder": "/elsewhere"})
    assert answer.status_code == 400
    assert "There is no such folder" in answer.text


def test_before_the_first_run_there_is_nothing_to_move(new_ui: tuple[FakeKioskPort, ServedUi]) -> None:
    _, ui = new_ui
    assert ui.visitor().get(ui.url + "/move", allow_redirects=False).status_code == 303
