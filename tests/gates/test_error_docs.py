"""Each code a person or client can meet has a row in docs/errors.md, and each row a code (DESIGN §9)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from db.errors import HubError
from kiosk import supervisor
from tests.gates.sources import ROOT

ROW = re.compile(r"^\|\s*`([a-z0-9_]+)`\s*\|", re.MULTILINE)


def known_codes() -> set[str]:
    """Of the error classes, and of the window's own failures, which never cross the wire."""
    return {kind.code for kind in _with_subclasses(HubError) if kind.__module__.startswith("db.")} | {
        supervisor.NOT_READY,
        supervisor.START_FAILED,
        supervisor.KEEPS_STOPPING,
    }


def documented_codes() -> list[str]:
    return ROW.findall((ROOT / "docs" / "errors.md").read_text(encoding="utf-8"))


def _with_subclasses(kind: type[HubError]) -> Iterator[type[HubError]]:
    yield kind
    for subclass in kind.__subclasses__():
        yield from _with_subclasses(subclass)


def test_every_code_has_a_row() -> None:
    assert known_codes() - set(documented_codes()) == set()


def test_every_row_has_a_code() -> None:
    assert set(documented_codes()) - known_codes() == set()


def test_no_code_has_two_rows() -> None:
    rows = documented_codes()
    assert sorted(rows) == sorted(set(rows))


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in _with_subclasses(HubError) if kind.__module__.startswith("db.")]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("line", ["| `wrong_key` | 503 | … |", "|`wrong_key`|503|"])
def test_a_row_is_recognised(line: str) -> None:
    assert ROW.findall(f"text\n{line}\n") == ["wrong_key"]
