"""The part of the Windows registry that holds for all users, read only.

Knows nothing of what is in it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Protocol


class Registry(Protocol):
    """HKEY_LOCAL_MACHINE."""

    def values(self, path: str) -> Mapping[str, str | int]:
        """Names and values under a key; empty where there is no such key or it may not be read."""
        ...


class LocalMachine:
    """See Registry. On other systems nothing is there."""

    def values(self, path: str) -> Mapping[str, str | int]:
        """See Registry."""
        found: dict[str, str | int] = {}
        if sys.platform == "win32":
            import winreg

            try:
                with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
                    for index in range(winreg.QueryInfoKey(key)[1]):
                        name, value, _ = winreg.EnumValue(key, index)
                        if isinstance(value, str | int):
                            found[name] = value
            except OSError:
                return {}
        return found
