"""What needs a person: nothing while all is well, the worst first, and one way to each cure."""

from __future__ import annotations

import pytest

from tests.fakes.clock import DAY_MS
from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from tests.web.ui.kiosk_port_contract import FORM
from web.i18n import LANGUAGES, Catalogue, Translator, load_catalogue
from web.ui.attention import Problem, problems
from web.ui.check_port import Area, Finding, Verdict

TOO_EARLY = Finding("clock", Area.COMPUTER, Verdict.FAIL, "too_early")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def words(catalogue: Catalogue) -> Translator:
    return catalogue.translator("en")


def found(kiosk: FakeKioskPort, words: Translator) -> tuple[Problem, ...]:
    return problems(kiosk.status(), kiosk.cloud.view(), kiosk.backups.view(), kiosk.check.view(), words)


def test_nothing_is_wrong_with_a_new_server_or_before_there_is_one(kiosk: FakeKioskPort, words: Translator) -> None:
    assert found(kiosk, words) == ()
    empty = FakeKioskPort()
    empty.fail_to_store("disk_full")
    assert found(empty, words) == ()


def test_a_full_disk_is_told_with_what_to_do_and_that_nothing_is_lost(kiosk: FakeKioskPort, words: Translator) -> None:
    kiosk.fail_to_store("disk_full")
    (problem,) = found(kiosk, words)
    assert problem.tone == "bad"
    assert "Free some space" in problem.detail
    assert "Nothing is lost" in problem.detail
    assert problem.choice.address == "/check"


@pytest.mark.parametrize("system", ["windows", "macos", "linux"])
def test_a_wrong_clock_is_told_with_the_steps_of_this_system(
    kiosk: FakeKioskPort, words: Translator, system: str
) -> None:
    kiosk.set_clock(TOO_EARLY)
    kiosk.check.system = system
    (problem,) = found(kiosk, words)
    assert problem.headline == "The clock is wrong: it shows a time before this program was made."
    assert "time zone" in problem.detail


def test_what_the_checks_found_is_told_once_and_not_while_they_run(kiosk: FakeKioskPort, words: Translator) -> None:
    kiosk.check.find(
        TOO_EARLY,
        Finding("memory", Area.COMPUTER, Verdict.WARN, "low", {"size": 10}),
        Finding("database", Area.DATA, Verdict.FAIL, "faults", {"count": 3, "when": START_MS}),
    )
    kiosk.check.begin()
    assert [problem.name for problem in found(kiosk, words)] == ["check-database"]
    kiosk.check.take_time()
    kiosk.check.begin()
    assert found(kiosk, words) == ()


def test_a_failed_backup_is_cured_by_a_new_one(kiosk: FakeKioskPort, words: Translator) -> None:
    kiosk.backups.ends("storage_failed")
    (problem,) = found(kiosk, words)
    assert (problem.headline, problem.choice.address) == ("The last backup failed", "/backups/make")
    kiosk.backups.ends()
    assert found(kiosk, words) == ()


def test_a_missing_stick_leads_to_the_page_of_backups(kiosk: FakeKioskPort, words: Translator) -> None:
    kiosk.backups.ends()
    kiosk.backups.choose_second_folder("/media/stick")
    kiosk.backups.copy_ends("backup_place_failed")
    (problem,) = found(kiosk, words)
    assert (problem.tone, problem.choice.address) == ("warn", "/backups")


def test_the_first_backup_is_missed_only_when_it_should_be_there(kiosk: FakeKioskPort, words: Translator) -> None:
    kiosk.phone_syncs("Amina", "push", 3)
    assert found(kiosk, words) == ()
    kiosk.phone_syncs("Omar", "push", 3, ago_ms=2 * DAY_MS)
    assert [problem.headline for problem in found(kiosk, words)] == ["There is no backup yet"]


def test_little_room_is_a_warning_that_says_what_to_do(kiosk: FakeKioskPort, words: Translator) -> None:
    kiosk.backups.ends()
    kiosk.backups.disk_fills()
    (problem,) = found(kiosk, words)
    assert (problem.tone, problem.headline) == ("warn", "The disk is almost full")
    assert "Delete files that nobody needs" in problem.detail


def test_a_refused_key_leads_to_where_a_new_one_is_entered(kiosk: FakeKioskPort, words: Translator) -> None:
    kiosk.cloud.join()
    kiosk.cloud.stop_for("key_refused")
    (problem,) = found(kiosk, words)
    assert (problem.tone, problem.choice.address) == ("bad", "/cloud/connect")


def test_what_is_offline_passes_by_itself_and_what_is_set_aside_does_not(
    kiosk: FakeKioskPort, words: Translator
) -> None:
    kiosk.cloud.join()
    kiosk.cloud.round_ends("cloud_offline")
    assert found(kiosk, words) == ()
    kiosk.cloud.put_aside("patients", "p1")
    (problem,) = found(kiosk, words)
    assert (problem.headline, problem.choice.address) == ("1 record set aside", "/cloud/aside")


def test_the_worst_comes_first(kiosk: FakeKioskPort, words: Translator) -> None:
    kiosk.cloud.join()
    kiosk.cloud.put_aside("patients", "p1")
    kiosk.backups.ends()
    kiosk.backups.disk_fills()
    kiosk.set_clock(TOO_EARLY)
    assert [problem.name for problem in found(kiosk, words)] == ["clock", "safety", "aside"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_its_own_name_and_button_in_every_language(catalogue: Catalogue, language: str) -> None:
    kiosk = FakeKioskPort()
    kiosk.complete_first_run(FORM)
    kiosk.fail_to_store("storage_failed")
    kiosk.set_clock(TOO_EARLY)
    kiosk.backups.ends("disk_full")
    lines = found(kiosk, catalogue.translator(language))
    assert len({line.choice.id for line in lines}) == len(lines) == 3
    assert all(line.headline and line.choice.label for line in lines)
