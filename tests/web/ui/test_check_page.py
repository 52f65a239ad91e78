from __future__ import annotations

import pytest

from tests.fakes.check_port import URL, FakeCheckPort
from tests.fakes.kiosk_port import START_MS
from web.i18n import load_catalogue
from web.ui.check_page import CheckPage, CheckRow, check_page
from web.ui.check_port import Area, Cure, Finding, Verdict
from web.ui.qr import QrDrawer

WORDS = load_catalogue().translator("en")


@pytest.fixture
def port() -> FakeCheckPort:
    return FakeCheckPort(lambda: START_MS)


def shown(port: FakeCheckPort) -> CheckPage:
    return check_page(port.view(), WORDS, QrDrawer())


def only_row(port: FakeCheckPort, finding: Finding) -> CheckRow:
    port.find(finding)
    port.begin()
    (group,) = shown(port).groups
    (row,) = group.rows
    return row


def test_before_the_first_run_nothing_is_claimed(port: FakeCheckPort) -> None:
    page = shown(port)
    assert (page.headline, page.tone, page.groups) == ("Nothing has been checked yet", "off", ())


def test_while_the_checks_run_their_number_is_told(port: FakeCheckPort) -> None:
    port.take_time()
    port.begin()
    port.finish(1)
    page = shown(port)
    assert (page.headline, page.tone, page.is_running) == ("Checking: 1 of 3", "busy", True)
    assert [row.name for group in page.groups for row in group.rows] == ["port"]


@pytest.mark.parametrize(
    ("verdict", "tone", "headline"),
    [
        (Verdict.FAIL, "bad", "Something is wrong"),
        (Verdict.WARN, "warn", "It works, but something needs a look"),
        (Verdict.UNKNOWN, "off", "Nothing wrong was found, but not everything could be checked"),
        (Verdict.PASS, "good", "Everything is in order"),
    ],
)
def test_the_headline_is_that_of_the_worst(port: FakeCheckPort, verdict: Verdict, tone: str, headline: str) -> None:
    port.find(
        Finding("disk", Area.COMPUTER, Verdict.PASS, "enough", {"size": 9}),
        Finding("memory", Area.COMPUTER, verdict, "low", {"size": 5}),
    )
    port.begin()
    page = shown(port)
    assert (page.tone, page.headline, page.detail) == (tone, headline, "Checked just now.")
    assert page.groups[0].rows[0].name == ("disk" if verdict is Verdict.PASS else "memory")


def test_what_the_program_can_do_is_a_button_with_its_value(port: FakeCheckPort) -> None:
    values = {"holder": "skype.exe", "port": 4001}
    row = only_row(port, Finding("port", Area.PHONES, Verdict.FAIL, "taken_by", values, Cure.USE_FREE_PORT, "4002"))
    assert row.form is not None
    assert (row.form.cure, row.form.value, row.form.label) == ("use_free_port", "4002", "Use port 4002 instead")
    assert row.sentence == "The program skype.exe is using port 4001, which phones need."


def test_what_another_page_does_is_a_link(port: FakeCheckPort) -> None:
    row = only_row(port, Finding("set_aside", Area.CLOUD, Verdict.WARN, "some", {"count": 3}, Cure.OPEN_CLOUD))
    assert row.link == ("/cloud", "Open the page about the cloud")
    assert row.form is None


@pytest.mark.parametrize(("system", "words"), [("windows", "Windows Security"), ("macos", "System"), ("linux", "ufw")])
def test_what_a_person_must_do_is_told_for_this_system(port: FakeCheckPort, system: str, words: str) -> None:
    port.system = system
    row = only_row(port, Finding("firewall", Area.PHONES, Verdict.FAIL, "blocks", {}, Cure.FIREWALL_HELP))
    assert row.help is not None
    assert words in row.help


def test_what_cannot_be_done_here_is_not_offered(port: FakeCheckPort) -> None:
    row = only_row(port, Finding("backup", Area.DATA, Verdict.FAIL, "never", {}, Cure.BACK_UP_NOW))
    assert (row.form, row.link, row.help) == (None, None, None)


def test_the_phone_that_came_by_the_code_is_the_proof(port: FakeCheckPort) -> None:
    assert shown(port).proof.sentence == "No phone has opened it yet."
    port.open_by_phone("192.168.1.20", by_code=True)
    port.open_by_phone("192.168.1.21", by_code=False)
    proof = shown(port).proof
    assert proof.has_come
    assert proof.sentence == "A phone reached this computer just now (from 192.168.1.20)."
    assert proof.address is not None
    assert proof.address.startswith(URL)


def test_where_no_phone_can_come_there_is_no_code(port: FakeCheckPort) -> None:
    port.url = None
    proof = shown(port).proof
    assert (proof.address, proof.code, proof.has_come) == (None, None, False)
