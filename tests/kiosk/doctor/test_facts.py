"""Facts cross threads: nobody changes them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, is_dataclass

import pytest

from kiosk.doctor import facts


def test_facts_cannot_be_changed() -> None:
    kinds = [kind for name, kind in vars(facts).items() if name.endswith("Facts") and is_dataclass(kind)]
    assert len(kinds) > 10
    for kind in kinds:
        with pytest.raises(FrozenInstanceError):
            kind.__setattr__(object.__new__(kind), "anything", 1)
