"""The exact answers on the wire. Every version of the app in the field reads them: a change here is a decision.

``HIKMA_WRITE_GOLDEN=1 pytest tests/golden`` writes the files anew; look at the difference before keeping it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from db.accounts import NewAccount, add_account
from db.store import open_store
from tests.fakes.clock import AdjustableClock
from tests.golden.exchanges import Exchanges, masked
from tests.web.phones_listener import DOCTOR, KEY, NURSE, PhonesListener

FOLDER = Path(__file__).parent / "answers"
NAMES = [
    *("health", "hello_head", "login", "login_wrong", "sign_in", "first_pull", "pull_with_changes"),
    *("pull_without_changes", "push", "first_pull_of_the_first_generation", "deletions_for_the_first_generation"),
    *("not_signed_in", "wrong_shape", "not_json", "too_large", "broken_migration", "not_found", "wrong_method"),
    *("in_arabic", "in_spanish"),
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    clock = AdjustableClock()
    store = open_store(tmp_path_factory.mktemp("golden"), KEY, clock)
    for email, password, name in (NURSE, DOCTOR):
        add_account(store.database, NewAccount(email, name, password, clinic_name="North"), "command")
    with PhonesListener(store, clock) as phones:
        made = Exchanges(phones).make()
    store.close()
    if os.environ.get("HIKMA_WRITE_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        for name, text in made.items():
            (FOLDER / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
    return made


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_is_what_it_was(answers: Mapping[str, str], name: str) -> None:
    assert answers[name] == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_every_exchange_is_compared_and_has_its_file(answers: Mapping[str, str]) -> None:
    assert sorted(answers) == sorted(NAMES)
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(NAMES)


def test_only_what_differs_from_run_to_run_is_masked() -> None:
    text = '1760000000001 1760000000002 1760000000001 1500000000000 "request_id":"0123abcd" eyJa.b-c.d_e'
    assert masked(text) == '<time 1> <time 2> <time 1> 1500000000000 "request_id":"<request id 1>" <token 1>'
