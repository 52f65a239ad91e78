from __future__ import annotations

from db import update_errors
from db.errors import HubError


def test_each_has_a_code_that_says_it_is_about_updates() -> None:
    kinds = [kind for kind in HubError.__subclasses__() if kind.__module__ == update_errors.__name__]
    assert kinds
    assert all(kind.code.startswith("update_") for kind in kinds)
