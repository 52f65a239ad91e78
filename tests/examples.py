"""How many examples a property is held to: some in every run of the suite, many with HIKMA_LONG=1.

Knows nothing of the properties.
"""

from __future__ import annotations

import os

IS_LONG = bool(os.environ.get("HIKMA_LONG"))


def examples(some: int, many: int = 2_000) -> int:
    """The number for this run."""
    return many if IS_LONG else some
