"""The environment in which one frozen program may start another.

Knows nothing of why it does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

HANDED_OVER = "HIKMA_HANDED_OVER"
"""The version that was handed over to: a program that does not call itself so must not be handed over to for ever."""
_LIBRARIES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


def outside_of_bundle(environ: Mapping[str, str] = os.environ, *, frozen: bool | None = None) -> dict[str, str]:
    """Without what the frozen program put there for its own libraries, and without what its start noted."""
    values = {name: value for name, value in environ.items() if name != HANDED_OVER}
    if not (getattr(sys, "frozen", False) if frozen is None else frozen):
        return values
    for name in _LIBRARIES:
        values.pop(name, None)
        original = values.pop(f"{name}_ORIG", None)
        if original is not None:
            values[name] = original
    return values | {"PYINSTALLER_RESET_ENVIRONMENT": "1"}
