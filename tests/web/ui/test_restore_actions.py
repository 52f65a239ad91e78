"""The page about a restore and its actions over real HTTP."""

from __future__ import annotations

from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from tests.web.ui.serving import ServedUi
from web.ui.restore_port import BackupPlace, RestoreOutcome, RestorePhase, RestoreStep

FILE = "/media/stick/Al Noor.hikma-backup"
CODE = "ABCDE-FGHJK-MNPQR-STVWX-YZ234-56789"


def test_a_backup_is_chosen_looked_at_restored_and_its_outcome_read(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor, restoring = ui.visitor(), kiosk.restoring
    restoring.lies(FILE, BackupPlace.DRIVE)
    assert FILE in visitor.get(ui.url + "/restore").text
    assert restoring.searches == 1
    answer = visitor.post(ui.url + "/restore/look", data={"file": FILE, "other": "/x", "code": CODE})
    assert "The backup is being checked" in answer.text
    assert (restoring.view().tried_file, restoring.typed_code) == (FILE, CODE)
    restoring.is_looked_at()
    page = visitor.get(ui.url + "/restore/status").text
    assert "Put this backup in the place of the records here?" in page
    assert CODE not in page
    visitor.post(ui.url + "/restore/begin")
    restoring.comes_to(RestorePhase.COPY, 60)
    assert "Copying the records" in visitor.get(ui.url + "/restore/status").text
    restoring.ends(RestoreOutcome(START_MS, "Al Noor", "/data/replaced/x", (), lost_passphrase=False))
    assert "The records are as they were on" in visitor.get(ui.url + "/restore").text
    answer = visitor.post(ui.url + "/restore/dismiss", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert restoring.view().step is RestoreStep.CHOOSE


def test_whoever_restored_reads_what_follows_though_the_backup_brought_a_pin(
    ui: ServedUi, kiosk: FakeKioskPort
) -> None:
    visitor, restoring = ui.visitor(), kiosk.restoring
    visitor.post(ui.url + "/restore/look", data={"file": FILE})
    restoring.is_looked_at()
    visitor.post(ui.url + "/restore/begin")
    kiosk.lock.set_pin("1111")
    restoring.ends(RestoreOutcome(START_MS, "Al Noor", "/data/replaced/x", (), lost_passphrase=False, has_pin=True))
    assert "The records are as they were on" in visitor.get(ui.url + "/restore").text
    assert ui.visitor().get(ui.url + "/restore", allow_redirects=False).status_code == 303


def test_a_file_that_is_typed_is_what_is_looked_at(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    ui.visitor().post(ui.url + "/restore/look", data={"file": "-", "other": FILE, "code": ""})
    assert kiosk.restoring.view().tried_file == FILE


def test_whoever_names_no_file_is_told(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    answer = ui.visitor().post(ui.url + "/restore/look", data={"file": "-", "other": " "})
    assert answer.status_code == 400
    assert "Choose a backup" in answer.text
    assert ui.visitor().post(ui.url + "/restore/begin").status_code == 400


def test_a_file_from_the_windows_own_dialog_is_filled_in(ui: ServedUi) -> None:
    page = ui.visitor().get(ui.url + "/restore", params={"file": "/m/﷽ & x"}).text
    assert 'value="/m/﷽ &amp; x"' in page


def test_the_search_is_begun_again_and_a_look_is_called_off(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    visitor = ui.visitor()
    visitor.post(ui.url + "/restore/search", headers={"Accept": "application/json"})
    assert kiosk.restoring.searches == 1
    visitor.post(ui.url + "/restore/look", data={"file": FILE})
    visitor.post(ui.url + "/restore/cancel")
    assert kiosk.restoring.view().step is RestoreStep.CHOOSE


def test_a_wrong_code_is_told_beside_the_code(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    kiosk.restoring.look(FILE, CODE)
    kiosk.restoring.fails("recovery_code_mistyped", group=2)
    page = ui.visitor().get(ui.url + "/restore").text
    assert "Part 2 of the recovery code is not right." in page
    assert 'aria-invalid="true"' in page


def test_a_new_computer_can_begin_with_a_backup(new_ui: tuple[FakeKioskPort, ServedUi]) -> None:
    _, ui = new_ui
    visitor = ui.visitor()
    assert 'href="/restore?lang=en"' in visitor.get(ui.url + "/").text
    assert "Restore a backup" in visitor.get(ui.url + "/restore").text


def test_a_stranger_gets_nothing(ui: ServedUi, kiosk: FakeKioskPort) -> None:
    assert ui.stranger().get(ui.url + "/restore").status_code == 401
    for action in ("look", "begin", "cancel", "dismiss", "search"):
        assert ui.stranger().post(f"{ui.url}/restore/{action}", data={"file": FILE}).status_code == 401
    assert kiosk.restoring.view().tried_file == ""
