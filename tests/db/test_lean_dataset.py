"""dataset works without what it would load for nothing, and Alembic can be loaded all the same when tables change."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.e2e.server import PROJECT


def _said(program: str) -> str:
    run = [sys.executable, "-c", program]
    return subprocess.run(run, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=60).stdout.strip()


def test_a_database_is_opened_without_alembic() -> None:
    program = (
        "import sys; from db.lean_dataset import dataset; dataset.Database('sqlite://').query('SELECT 1'); "
        "print([name for name in sys.modules if name.partition('.')[0] in ('alembic', 'mako')])"
    )
    assert _said(program) == "[]"


@pytest.mark.parametrize("before", ["", "import alembic.migration; ", "import dataset; "])
def test_alembic_is_itself_afterwards(before: str) -> None:
    program = (
        f"{before}from db.lean_dataset import dataset; from alembic import command; print(command.upgrade.__name__)"
    )
    assert _said(program) == "upgrade"


def test_the_way_of_changing_tables_that_is_not_used_says_so() -> None:
    program = (
        "from db.lean_dataset import dataset\n"
        "try:\n    dataset.Database('sqlite://').op\nexcept Exception as failure:\n    print(failure)"
    )
    assert "migration scripts alone" in _said(program)
