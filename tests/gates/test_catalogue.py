"""The catalogue of texts is whole: same keys, placeholders and plural forms in every language, none unused."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.catalogue import CATALOGUE
from db.cloud.aside import AsideReason
from db.cloud.state import Halt
from db.devices import DeviceStatus
from db.errors import HubError
from db.permissions import PUSH_RULES
from db.scope import PhoneScope
from db.sync_log import SyncNote
from kiosk.doctor.checklist import CHECKS
from kiosk.menu import MenuAction
from kiosk.supervisor import KEEPS_STOPPING, NOT_READY, START_FAILED
from web.i18n import LANGUAGES, PLACEHOLDER, PLURAL_FORMS, Catalogue, Plural, Text, load_catalogue
from web.ui.check_port import Area, Cure, SharedReason, Verdict
from web.ui.cloud_form import FIELDS, TOLD
from web.ui.cloud_troubles import Trouble
from web.ui.diagnostics_page import NEVER
from web.ui.diagnostics_port import ReportPart
from web.ui.first_run import ORDER_ON_PAGE
from web.ui.main_page import COUNTED
from web.ui.move_page import THERE
from web.ui.ports import Notice, ServingState
from web.ui.restore_port import RestorePhase
from web.ui.update_port import Stage

ROOT = Path(__file__).parents[2]
PACKAGES = ("db", "web", "kiosk")
TEXT_CALLS = frozenset({"text", "t", "has"})
TEMPLATE_CALL = re.compile(r"""\b(?:t|text)\(\s*"([a-z_0-9.]+)"\s*[,)]""")
KEY = re.compile(r"[a-z_]+(\.[a-z_0-9]+)+")

COLUMNS = frozenset(name for table in CATALOGUE.values() for name in table.columns)
WITHOUT_DETAIL = frozenset({Trouble.OFFLINE, Trouble.KEY, Trouble.HERE})
HELP_BY_SYSTEM = ("firewall_help", "clock_help", "sleep_help")
NUMBER_MAY_BE_SPOKEN = frozenset({"zero", "one", "two"})


def _all_errors() -> set[type[HubError]]:
    found = {HubError}
    while True:
        more = found | {child for parent in found for child in parent.__subclasses__()}
        if more == found:
            return {error for error in found if error.__module__.startswith("db.")}
        found = more


def _computed_keys(catalogue: Catalogue) -> set[str]:
    """Keys that the program puts together; each family is one line here and one place in the code."""
    codes = {error.code for error in _all_errors()}
    return {
        *(f"errors.{code}" for code in codes),
        *(f"errors_plain.{code}" for code in codes if _placeholders(catalogue.texts["en"][f"errors.{code}"])),
        *(f"state.{state.value}" for state in ServingState),
        *(f"state.{state.value}.detail" for state in ServingState if state is not ServingState.FIRST_RUN),
        *(f"notices.{notice.value}" for notice in Notice),
        *(f"notices.{notice.value}.page" for notice in (Notice.RESTORED, Notice.MOVED_AWAY)),
        *(f"counts.{name}" for name in COUNTED),
        *(f"restore.phase.{phase.value}" for phase in RestorePhase),
        *(f"restore.failure.{code}" for code in codes if f"restore.failure.{code}" in catalogue.texts["en"]),
        *(f"move.there.{step}" for step in THERE),
        *(f"first_run.{name}" for name in ORDER_ON_PAGE),
        *(f"first_run.wrong.{name}" for name in ORDER_ON_PAGE),
        *(f"sync_note.{note.value}" for note in SyncNote),
        *(f"log.device.{status.value}" for status in (DeviceStatus.PAIRED, DeviceStatus.BLOCKED, DeviceStatus.REVOKED)),
        *(f"phones.status.{status.value}" for status in DeviceStatus if status is not DeviceStatus.WAITING),
        *(f"receive.{scope.value}" for scope in PhoneScope),
        *(f"tables.{table}" for table in PUSH_RULES),
        *(f"pairing.{state}{rest}" for state in ("open", "closed") for rest in ("", ".detail")),
        *(f"log.{kind}{rest}" for kind in ("pull", "push", "cloud_pull", "cloud_push") for rest in ("", ".nothing")),
        *(f"cloud.halt.{halt.value}{rest}" for halt in Halt for rest in ("", ".detail")),
        *(f"cloud.trouble.{trouble.value}" for trouble in Trouble if trouble is not Trouble.KEY),
        *(f"cloud.trouble.{trouble.value}.detail" for trouble in Trouble if trouble not in WITHOUT_DETAIL),
        *(f"cloud.phase.{phase}" for phase in ("checking", "pulling", "pushing", "confirming")),
        *(f"cloud.receipt.{hop}" for hop in ("here", "in_cloud", "waiting")),
        *(f"cloud.wrong.{name}" for name in ("minutes", "megabytes")),
        *(f"cloud_form.wrong.{name}" for name in FIELDS),
        *(f"cloud_form.trouble.{trouble.value}" for trouble in TOLD),
        *(f"aside.reason.{reason.value}" for reason in AsideReason),
        *(f"record.{table}" for table in PUSH_RULES),
        *(key for key in catalogue.texts["en"] if key.removeprefix("column.") in COLUMNS),
        *(f"window.failure.{code}" for code in (NOT_READY, START_FAILED, KEEPS_STOPPING)),
        *(f"check.{check.name}" for check in CHECKS),
        *(f"check.{check.name}.{reason}" for check in CHECKS for reason in check.reasons),
        *(f"check.any.{reason.value}" for reason in SharedReason),
        *(f"check.area.{area.value}" for area in Area),
        *(f"check.{kind}.{verdict.value}" for verdict in Verdict for kind in ("verdict", "worst")),
        *(f"check.cure.{cure.value}" for cure in Cure if not cure.value.endswith("_help")),
        *(f"check.help.{cure}.{system}" for cure in HELP_BY_SYSTEM for system in ("windows", "macos", "linux")),
        *_keys_of_support(),
    }


def _keys_of_support() -> set[str]:
    return {
        *(f"menu.{action.value}" for action in MenuAction),
        *(f"diagnostics.part.{part.value}" for part in ReportPart),
        *(f"diagnostics.never.{name}" for name in NEVER),
        *(f"update.stage.{stage.value}" for stage in Stage),
        *(f"update.ask.{name}" for name in ("what", "safe", "time")),
        *("check.help.network_help.windows", "check.help.disk_help"),
        *(f"size.{unit}" for unit in ("bytes", "kilobytes", "megabytes", "gigabytes")),
        *(f"time.month.{month}" for month in range(1, 13)),
    }


def _forms(text: Text) -> dict[str, str]:
    return dict(text.forms) if isinstance(text, Plural) else {"other": text}


def _placeholders(text: Text) -> set[str]:
    return set(PLACEHOLDER.findall(_forms(text)["other"]))


def _python_trees() -> Iterator[ast.AST]:
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            yield ast.parse(file.read_text(encoding="utf-8"), str(file))


def _asked_keys() -> set[str]:
    """Keys that are asked for by name: these must exist."""
    asked: set[str] = set()
    for template in (ROOT / "web" / "templates").glob("*.tpl"):
        asked.update(TEMPLATE_CALL.findall(template.read_text(encoding="utf-8")))
    for tree in _python_trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and _called_name(node) in TEXT_CALLS:
                first = node.args[0]
                if isinstance(first, ast.Constant) and KEY.fullmatch(str(first.value)):
                    asked.add(str(first.value))
    return asked


def _called_name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _string_literals() -> set[str]:
    return {
        node.value
        for tree in _python_trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_every_language_has_every_key_and_every_key_has_a_note(catalogue: Catalogue) -> None:
    expected = set(catalogue.texts["en"])
    for language in LANGUAGES:
        assert set(catalogue.texts[language]) ^ expected == set(), language
    assert set(catalogue.notes) ^ expected == set()
    assert all(note.strip() for note in catalogue.notes.values())


def test_every_language_uses_the_same_placeholders(catalogue: Catalogue) -> None:
    for key, english in catalogue.texts["en"].items():
        for language in LANGUAGES:
            text = catalogue.texts[language][key]
            assert _placeholders(text) == _placeholders(english), f"{language}: {key}"
            for form, sentence in _forms(text).items():
                assert not PLACEHOLDER.sub("", sentence).count("{"), f"{language}: {key}: {form}"


def test_plurals_have_exactly_the_forms_of_their_language(catalogue: Catalogue) -> None:
    for key, english in catalogue.texts["en"].items():
        for language in LANGUAGES:
            text = catalogue.texts[language][key]
            assert isinstance(text, Plural) == isinstance(english, Plural), f"{language}: {key}"
            if not isinstance(text, Plural) or not isinstance(english, Plural):
                continue
            assert set(text.forms) == set(PLURAL_FORMS[language]), f"{language}: {key}"
            assert text.by == english.by, f"{language}: {key}"
            for form, sentence in text.forms.items():
                missing = _placeholders(text) - set(PLACEHOLDER.findall(sentence))
                allowed = {text.by} if form in NUMBER_MAY_BE_SPOKEN else set()
                assert missing <= allowed, f"{language}: {key}: {form}"


def test_texts_are_plain_tidy_text(catalogue: Catalogue) -> None:
    for language in LANGUAGES:
        for key, text in catalogue.texts[language].items():
            for sentence in _forms(text).values():
                assert sentence == sentence.strip() != "", f"{language}: {key}"
                assert not re.search(r"[<>&]|  ", sentence), f"{language}: {key}"


def test_arabic_is_written_in_arabic(catalogue: Catalogue) -> None:
    for key, text in catalogue.texts["ar"].items():
        for sentence in _forms(text).values():
            words_only = PLACEHOLDER.sub("", sentence)
            is_arabic = re.search("[\u0600-\u06ff]", words_only) is not None
            assert is_arabic or not re.search("[A-Za-z]", words_only), key


def test_every_error_has_its_sentence_and_no_sentence_lost_its_error(catalogue: Catalogue) -> None:
    keys = {key.removeprefix("errors.") for key in catalogue.texts["en"] if key.startswith("errors.")}
    assert keys ^ {error.code for error in _all_errors()} == set()


def test_every_error_that_needs_a_value_has_a_sentence_without_it(catalogue: Catalogue) -> None:
    english = catalogue.texts["en"]
    needy = {key for key in english if key.startswith("errors.") and _placeholders(english[key])}
    plain = {key for key in english if key.startswith("errors_plain.")}
    assert {key.replace("errors.", "errors_plain.") for key in needy} ^ plain == set()
    assert not any(_placeholders(english[key]) for key in plain)


def test_every_text_that_is_asked_for_exists(catalogue: Catalogue) -> None:
    missing = (_asked_keys() | _computed_keys(catalogue)) - set(catalogue.texts["en"])
    assert missing == set()


def test_every_text_is_used(catalogue: Catalogue) -> None:
    used = _asked_keys() | _string_literals() | _computed_keys(catalogue)
    assert set(catalogue.texts["en"]) - used == set()
