from __future__ import annotations

import pytest

from db.errors import InvalidInput
from kiosk.diagnostics.short_code import ALPHABET, State, in_groups, meaning_of_code, short_code, state_of
from kiosk.doctor.checklist import CHECKS
from web.ui.check_port import Area, Finding, SharedReason, Verdict

SERVING = Finding("port", Area.PHONES, Verdict.PASS, "listening", {"port": 4001})
LOW = Finding("disk", Area.COMPUTER, Verdict.WARN, "low")
OLD = Finding("backup", Area.DATA, Verdict.FAIL, "old")


def test_the_code_tells_version_system_state_and_top_problem() -> None:
    code = short_code("1.12.103", "windows", [SERVING, LOW, OLD])
    meaning = meaning_of_code(code)
    assert (meaning.version, meaning.system, meaning.state) == ("1.12.103", "windows", State.SERVING)
    assert (meaning.verdict, meaning.check, meaning.reason, meaning.more) == (Verdict.FAIL, "backup", "old", 1)


def test_it_is_ten_letters_and_digits_that_nobody_mistakes() -> None:
    code = short_code("0.1.0", "linux", [SERVING])
    assert len(code) == 10
    assert set(code) <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)
    assert in_groups(code) == f"{code[:5]}-{code[5:]}"


def test_without_a_problem_it_names_none() -> None:
    meaning = meaning_of_code(short_code("0.1.0", "macos", [SERVING]))
    assert (meaning.verdict, meaning.check, meaning.reason, meaning.more) == (Verdict.PASS, "", "", 0)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_reason_of_every_check_can_be_told(check: object) -> None:
    (found,) = [known for known in CHECKS if known is check]
    for reason in (*found.reasons, SharedReason.FAILED.value):
        code = short_code("0.1.0", "linux", [Finding(found.name, found.area, Verdict.WARN, reason)])
        assert (meaning_of_code(code).check, meaning_of_code(code).reason) == (found.name, reason)


def test_it_is_understood_however_it_was_written_down() -> None:
    code = short_code("1.0.1", "linux", [SERVING, LOW])
    typed = in_groups(code).lower().replace("0", "o").replace("1", "l")
    assert meaning_of_code(f" {typed} ") == meaning_of_code(code)


def test_one_wrong_letter_is_noticed() -> None:
    code = short_code("0.1.0", "linux", [SERVING, OLD])
    for place in range(len(code)):
        for letter in set(ALPHABET) - {code[place]}:
            with pytest.raises(InvalidInput):
                meaning_of_code(code[:place] + letter + code[place + 1 :])


@pytest.mark.parametrize("typed", ["", "ABC", "0000000000000", "?????-?????", "ZZZZZZZZZZ", "الرمز"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        meaning_of_code(typed)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ({"port": "listening", "network": "connected"}, State.SERVING),
        ({"port": "listening", "network": "none"}, State.NO_NETWORK),
        ({"port": "stopped"}, State.STOPPED),
        ({"port": "taken_by"}, State.PORT_TAKEN),
        ({"port": "first_run"}, State.FIRST_RUN),
        ({"port": "no_server"}, State.NO_SERVER),
        ({"port": "no_server", "database": "cannot_open"}, State.NO_DATABASE),
        ({}, State.UNKNOWN),
    ],
)
def test_the_state_comes_from_what_was_found(found: dict[str, str], state: State) -> None:
    assert state_of([Finding(name, Area.DATA, Verdict.PASS, reason) for name, reason in found.items()]) is state


def test_numbers_that_are_too_large_for_it_are_the_largest() -> None:
    problems = [Finding(check.name, check.area, Verdict.FAIL, "failed") for check in CHECKS]
    meaning = meaning_of_code(short_code("99.999.999", "linux", problems))
    assert (meaning.version, meaning.more) == ("31.127.127", 7)
