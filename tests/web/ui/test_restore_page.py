"""What the page about a restore says at each step."""

from __future__ import annotations

import pytest

from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from tests.web.ui.kiosk_port_contract import FORM
from web.i18n import LANGUAGES, load_catalogue
from web.ui.ports import KioskStatus
from web.ui.restore_page import failure_sentence, restore_page
from web.ui.restore_port import (
    BackupPlace,
    LatePhone,
    RestoreFailure,
    RestoreOutcome,
    RestorePhase,
    RestoreStep,
    RestoreView,
)

WORDS = load_catalogue().translator("en")
HOUR_MS = 3_600_000
FILE = "/media/stick/Al Noor.hikma-backup"
OUTCOME = RestoreOutcome(START_MS - HOUR_MS, "Al Noor", "/data/replaced/x", (), lost_passphrase=False)


@pytest.fixture
def kiosk() -> FakeKioskPort:
    return FakeKioskPort()


def serving(kiosk: FakeKioskPort) -> KioskStatus:
    kiosk.complete_first_run(FORM)
    return kiosk.status()


# Choosing


def test_the_newest_backup_is_chosen_unless_somebody_has_chosen_another(kiosk: FakeKioskPort) -> None:
    kiosk.restoring.lies("/data/backups/new.hikma-backup", BackupPlace.HERE, ago_ms=HOUR_MS)
    kiosk.restoring.lies(FILE, BackupPlace.DRIVE, ago_ms=2 * HOUR_MS)
    view, status = kiosk.restoring.view(), kiosk.status()
    for file, chosen, other in (("", [True, False], ""), (FILE, [False, True], ""), ("/x", [False, False], "/x")):
        choose = restore_page(view, status, WORDS, file).choose
        assert choose is not None
        assert [option.is_chosen for option in choose.options] == chosen
        assert (choose.other_file, choose.is_other) == (other, bool(other))
    assert choose.options[0].made == "1 hour ago"
    assert choose.options[1].details.split(" · ")[1:] == ["Al Noor", "Stick or other drive", "48 MB"]


def test_where_none_was_found_that_is_said_once_the_search_is_over(kiosk: FakeKioskPort) -> None:
    for is_searching, note in ((True, "Looking for backups…"), (False, WORDS.text("restore.none_found"))):
        choose = restore_page(RestoreView(RestoreStep.CHOOSE, is_searching=is_searching), kiosk.status(), WORDS).choose
        assert choose is not None
        assert (choose.note, choose.is_other) == (note, True)


@pytest.mark.parametrize("code", ["recovery_code_mistyped", "wrong_recovery_code", "recovery_code_needed"])
def test_what_is_wrong_with_the_code_is_said_at_the_code(kiosk: FakeKioskPort, code: str) -> None:
    failure = RestoreFailure(code, {"group": 3})
    choose = restore_page(RestoreView(RestoreStep.CHOOSE, failure=failure), kiosk.status(), WORDS).choose
    assert choose is not None
    assert (choose.problem, choose.wrong_code) == ((), WORDS.error(code, {"group": 3}))


def test_after_a_restore_in_vain_it_is_said_that_the_records_are_as_they_were(kiosk: FakeKioskPort) -> None:
    failure = RestoreFailure("disk_full", was_restoring=True)
    choose = restore_page(RestoreView(RestoreStep.CHOOSE, failure=failure), kiosk.status(), WORDS).choose
    assert choose is not None
    assert choose.problem == (WORDS.text("restore.failure.disk_full"), WORDS.text("restore.nothing_changed"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "code",
    ["not_found", "backup_damaged", "newer_database", "disk_full", "storage_failed", "storage_busy", "foreign_backup"],
)
def test_everything_that_can_be_in_the_way_has_a_sentence(language: str, code: str) -> None:
    words = load_catalogue().translator(language)
    sentence = failure_sentence(RestoreFailure(code, {"server": "South"}), words)
    assert sentence
    assert "{" not in sentence


# Asking


def test_the_question_says_what_the_backup_is_and_what_will_happen(kiosk: FakeKioskPort) -> None:
    kiosk.restoring.look(FILE, "")
    kiosk.restoring.is_looked_at(ago_ms=HOUR_MS)
    new = restore_page(kiosk.restoring.view(), kiosk.status(), WORDS).ask
    ask = restore_page(kiosk.restoring.view(), serving(kiosk), WORDS).ask
    assert new is not None
    assert ask is not None
    assert [fact.value for fact in ask.facts] == ["1 hour ago", "Al Noor", "48 MB", "whole, and it opens", FILE]
    assert ask.counts == (
        ("Patients", "12,431"),
        ("Visits", "38,920"),
        ("Events", "1,104,233"),
        ("Other records", "16"),
    )
    kept = [sentence for sentence in ask.sentences if kiosk.restoring.view().aside in sentence]
    assert len(kept) == 1
    assert kept[0] not in new.sentences  # nothing is there yet that could be kept


# Under way


def test_how_far_it_is_is_told_by_phase(kiosk: FakeKioskPort) -> None:
    status = kiosk.status()
    look = restore_page(RestoreView(RestoreStep.LOOK, percent=30), status, WORDS)
    assert (look.progress and look.progress.done, look.may_cancel) == (30, True)
    titles = set()
    for phase in RestorePhase:
        page = restore_page(RestoreView(RestoreStep.RESTORE, percent=60, phase=phase), status, WORDS)
        assert page.progress is not None
        titles.add(page.progress.phase)
        assert not page.may_cancel
    assert len(titles) == len(RestorePhase)


# Told


def told(outcome: RestoreOutcome, status: KioskStatus) -> tuple[list[str], list[tuple[str, str]], str | None]:
    view = restore_page(RestoreView(RestoreStep.TOLD, outcome=outcome), status, WORDS).told
    assert view is not None
    return list(view.sentences), [(row.name, row.details) for row in view.late], view.late_note


def test_phones_that_sent_records_after_the_backup_are_named_as_staff_knows_them(kiosk: FakeKioskPort) -> None:
    late = (
        LatePhone("Tablet 2", "Nour", START_MS - HOUR_MS, 3),
        LatePhone(None, "Dana", START_MS, 1),
        LatePhone(None, None, START_MS, 2),
        LatePhone("only received", "Nour", START_MS, 0),
    )
    _, rows, note = told(RestoreOutcome(START_MS, "", "/x", late, lost_passphrase=False), serving(kiosk))
    assert rows == [
        ("Tablet 2", "Nour · Last sync 1 hour ago · 3 records sent"),
        ("Phone of Dana", "Last sync just now · 1 record sent"),
        ("New phone", "Last sync just now · 2 records sent"),
    ]
    assert note is None


def test_where_no_phone_sent_anything_that_is_said_and_where_nobody_knows_that_too(kiosk: FakeKioskPort) -> None:
    status = serving(kiosk)
    sentences, rows, note = told(OUTCOME, status)
    assert (rows, note) == ([], WORDS.text("restore.late.none"))
    assert sentences[0] == WORDS.text("restore.told.serving")
    assert "/data/replaced/x" in sentences[1]
    sentences, _, note = told(RestoreOutcome(START_MS, "", "", None, lost_passphrase=True, has_pin=True), status)
    assert "Nobody can know" in (note or "")
    assert sentences[1:] == [WORDS.text(f"restore.told.{name}") for name in ("passphrase", "pin", "address")]


def test_it_is_not_said_that_phones_are_served_when_they_are_not(kiosk: FakeKioskPort) -> None:
    serving(kiosk)
    kiosk.stop_serving()
    assert WORDS.text("restore.told.serving") not in told(OUTCOME, kiosk.status())[0]
