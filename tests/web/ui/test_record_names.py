"""What records are called, and how many a list leaves out."""

from __future__ import annotations

import pytest

from db.permissions import PUSH_RULES
from web.i18n import LANGUAGES, load_catalogue
from web.ui.record_names import more_than_shown, record_kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_record_has_a_name_of_its_own(language: str) -> None:
    words = load_catalogue().translator(language)
    tables = [*PUSH_RULES, "a_table_of_tomorrow"]
    assert len({record_kind(table, words) for table in tables}) == len(tables)


@pytest.mark.parametrize(
    ("count", "told"), [(50, None), (3, None), (51, "There is 1 more."), (90, "There are 40 more.")]
)
def test_a_list_says_how_many_it_leaves_out(count: int, told: str | None) -> None:
    assert more_than_shown(count, 50, load_catalogue().translator("en")) == told
