"""The rule of merging one pushed row with the stored one, line by line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.merge import Merge, differing, holds_same, merge_row

_DEFAULTS = {"name": "", "phone": "", "camp": None, "is_deleted": False, "updated_at": 0}
_ROWS = st.fixed_dictionaries(
    {"id": st.just("a")},
    optional={
        "name": st.sampled_from(["", "x", "y"]),
        "phone": st.sampled_from(["", "1", "2"]),
        "camp": st.sampled_from([None, "c"]),
        "is_deleted": st.booleans(),
        "updated_at": st.integers(0, 3),
    },
)


def _row(**columns: Any) -> dict[str, Any]:
    return {"id": "a", "name": "old", "phone": "0", "updated_at": 10, **columns}


def _merge(
    stored: dict[str, Any],
    sent: dict[str, Any],
    *,
    is_current: bool = False,
    base: dict[str, Any] | None = None,
    says: set[str] | None = None,
) -> Merge:
    changed = None if says is None else frozenset(says)
    return merge_row(stored, sent, is_current=is_current, base=base, says=changed, defaults=_DEFAULTS)


def test_a_sender_that_saw_the_stored_row_gives_all_its_columns() -> None:
    merge = _merge(_row(), _row(name="new", phone="1", updated_at=5), is_current=True, says={"name"})
    assert merge == Merge(
        _row(name="new", phone="1", updated_at=5), frozenset({"name", "phone", "updated_at"}), frozenset()
    )


def test_a_sender_that_says_what_it_changed_gives_those_columns_only() -> None:
    merge = _merge(_row(phone="theirs"), _row(name="new"), says={"name"}, base=_row())
    assert merge.data == _row(name="new", phone="theirs")
    assert merge.changed == {"name"}
    assert merge.conflicts == set()


def test_a_sender_that_does_not_say_gives_what_differs_from_the_version_it_saw() -> None:
    merge = _merge(_row(phone="theirs"), _row(name="new"), base=_row())
    assert merge.data == _row(name="new", phone="theirs")
    assert merge.conflicts == set()


def test_an_empty_list_of_changes_counts_as_not_saying() -> None:
    assert _merge(_row(phone="theirs"), _row(name="new"), says=set(), base=_row()).data["name"] == "new"


def test_of_a_sender_of_whom_nothing_is_known_all_columns_are_taken() -> None:
    merge = _merge(_row(phone="theirs"), _row(name="new"))
    assert merge.data == _row(name="new")
    assert merge.conflicts == {"name", "phone"}


@pytest.mark.parametrize("says", [None, {"name"}])
def test_a_column_changed_on_both_sides_goes_to_the_sender_and_is_a_conflict(says: set[str] | None) -> None:
    merge = _merge(_row(name="theirs"), _row(name="mine"), base=_row(), says=says)
    assert merge.data["name"] == "mine"
    assert merge.conflicts == {"name"}


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    merge = _merge(_row(name="new"), _row(name="new"), base=_row(), says={"name"})
    assert merge == Merge(_row(name="new"), frozenset(), frozenset())


def test_times_of_change_are_never_a_conflict() -> None:
    merge = _merge(_row(updated_at=20, created_at=1), _row(updated_at=30, created_at=2, name="new"), base=_row())
    assert {"name", "updated_at", "created_at"} == merge.changed
    assert merge.conflicts == set()


def test_columns_that_the_sender_does_not_know_keep_their_values() -> None:
    merge = _merge(_row(shoe_size=43), {"id": "a", "name": "new"}, is_current=True)
    assert merge.data == _row(name="new", shoe_size=43)


def test_a_column_that_the_sender_says_it_changed_but_did_not_send_is_left_alone() -> None:
    assert _merge(_row(), {"id": "a", "name": "new"}, says={"name", "phone"}).data == _row(name="new")


@pytest.mark.parametrize("is_current", [True, False])
@pytest.mark.parametrize("base", [None, _row()])
def test_a_missing_column_equals_its_default(is_current: bool, base: dict[str, Any] | None) -> None:
    merge = _merge(_row(), _row(camp=None, is_deleted=False), is_current=is_current, base=base)
    assert merge.changed == set()
    assert merge.conflicts == set()


def test_a_default_that_the_phone_filled_in_does_not_win_over_a_value_added_since() -> None:
    merge = _merge(_row(camp="B"), _row(camp=None, name="new"), base=_row())
    assert merge.data["camp"] == "B"
    assert merge.conflicts == set()


def test_the_id_cannot_be_changed() -> None:
    assert _merge(_row(), {"id": "b", "name": "new"}, is_current=True).data["id"] == "a"


@pytest.mark.parametrize(("ours", "theirs"), [(20, 30), (30, 20)])
def test_a_merged_row_has_the_newer_time_of_change(ours: int, theirs: int) -> None:
    merge = _merge(_row(phone="theirs", updated_at=ours), _row(name="new", updated_at=theirs), base=_row())
    assert merge.data["updated_at"] == 30


def test_a_row_that_ends_as_the_sender_holds_it_has_the_senders_time() -> None:
    merge = _merge(_row(name="theirs", updated_at=30), _row(name="mine", updated_at=20), says={"name"}, base=_row())
    assert merge.data == _row(name="mine", updated_at=20)


def test_a_time_that_is_no_number_is_left_as_it_is() -> None:
    assert _merge(_row(updated_at=None), _row(name="new"), says={"name"}).data["updated_at"] is None


@pytest.mark.parametrize(
    ("sent", "is_same"),
    [
        (_row(), True),
        (_row(updated_at=99), True),
        ({"id": "a"}, True),
        (_row(camp=None, is_deleted=False), True),
        (_row(camp="B"), False),
        (_row(is_deleted=0), False),
        (_row(updated_at=10.0, phone="0"), True),
        (_row(shoe_size=None), False),
    ],
)
def test_a_sender_holds_the_same_when_all_it_sent_is_equal(sent: dict[str, Any], is_same: bool) -> None:
    assert holds_same(_row(), sent, _DEFAULTS) is is_same


def test_two_versions_differ_where_one_has_what_the_other_lacks() -> None:
    assert differing({"a": 1, "b": True, "c": None}, {"a": 1.0, "b": 1, "d": 0}) == {"b", "c", "d"}


@given(stored=_ROWS, sent=_ROWS, base=st.none() | _ROWS, is_current=st.booleans(), says=st.none() | st.just({"name"}))
def test_merging_the_outcome_again_changes_nothing(
    stored: dict[str, Any], sent: dict[str, Any], base: dict[str, Any] | None, is_current: bool, says: set[str] | None
) -> None:
    first = _merge(stored, sent, is_current=is_current, base=base, says=says)
    again = _merge(first.data, sent, is_current=is_current, base=base, says=says)
    assert again.changed == set()
    assert again.conflicts == set()


@given(stored=_ROWS, sent=_ROWS, base=st.none() | _ROWS, says=st.none() | st.just({"name"}))
def test_every_value_that_loses_against_an_unseen_edit_is_a_conflict(
    stored: dict[str, Any], sent: dict[str, Any], base: dict[str, Any] | None, says: set[str] | None
) -> None:
    merge = _merge(stored, sent, base=base, says=says)
    assert merge.conflicts <= merge.changed
    for name in stored.keys() - {"id", "updated_at"}:
        seen = _DEFAULTS[name] if base is None or name not in base else base[name]
        was_lost = merge.data[name] != stored[name]
        was_unseen = base is None or stored[name] != seen
        assert (name in merge.conflicts) == (was_lost and was_unseen)
