"""The operating system's keystore as a place for one key: Credential Manager, Keychain or Secret Service.

Knows nothing of databases or files. The keyring library is loaded only when this place is used.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

SERVICE = "Hikma Health Local Server"

# Long enough for a person to type the password of a locked keystore, short enough for a keystore that hangs.
DEFAULT_LIMIT_S = 20.0

# Backends of the keyring library that keep nothing, or keep it in a plain file of their own.
NOT_KEYSTORES = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

# What backends let through unwrapped, by the module that defines it. A module that was not loaded raised nothing.
BACKEND_ERRORS = (
    ("secretstorage.exceptions", "SecretStorageException"),
    ("jeepney.wrappers", "DBusErrorResponse"),
    ("jeepney.io.common", "RouterClosed"),
    ("jeepney.io.threading", "ReceiveStopped"),
    ("dbus.exceptions", "DBusException"),
    ("win32ctypes.pywin32.pywintypes", "error"),
    ("pywintypes", "error"),
)
LOCKED_ERRORS = frozenset({"KeyringLocked", "LockedException", "PromptDismissedException"})

Result = TypeVar("Result")


class VaultUnusable(Exception):
    """The keystore cannot be used here: ``reason`` is "no_keystore", "locked", "failed" or "timeout"."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class OsVault:
    """One entry of the keystore of the user who runs this process, named ``account``."""

    def __init__(self, account: str, limit_s: float = DEFAULT_LIMIT_S) -> None:
        self._account = account
        self._limit_s = limit_s

    def load(self) -> str | None:
        """The text of the entry, or None if the keystore works and has no such entry. Raises VaultUnusable."""
        return self._within_limit(self._read)

    def store(self, text: str) -> None:
        """Writes the entry and reads it back. Raises VaultUnusable, also if it was not kept."""
        self._within_limit(lambda: self._write_and_check(text))

    def remove(self) -> None:
        """Deletes the entry, if there is one. Raises VaultUnusable, also if it is still there."""
        self._within_limit(self._delete_and_check)

    def _read(self) -> str | None:
        found: str | None = _backend().get_password(SERVICE, self._account)
        return found

    def _write_and_check(self, text: str) -> None:
        _backend().set_password(SERVICE, self._account, text)
        if self._read() != text:
            raise VaultUnusable("failed")

    def _delete_and_check(self) -> None:
        if self._read() is None:  # backends complain about what they do not have
            return
        _backend().delete_password(SERVICE, self._account)
        if self._read() is not None:
            raise VaultUnusable("failed")

    def _within_limit(self, work: Callable[[], Result]) -> Result:
        """Runs ``work`` in a thread of its own: a keystore that never answers costs ``limit_s``, not the start."""
        results: list[Result] = []
        reasons: list[str] = []

        def run() -> None:
            try:
                results.append(work())
            except VaultUnusable as unusable:
                reasons.append(unusable.reason)
            except _expected_errors() as error:  # the text is dropped: it may name what was being stored
                reasons.append("locked" if type(error).__name__ in LOCKED_ERRORS else "failed")

        worker = threading.Thread(target=run, name="keystore", daemon=True)
        worker.start()
        worker.join(self._limit_s)
        if results:
            return results[0]
        if worker.is_alive():
            raise VaultUnusable("timeout")
        raise VaultUnusable(reasons[0] if reasons else "failed")


def _backend() -> Any:
    """The keyring backend that would be used here. Raises VaultUnusable if it keeps no secrets."""
    import keyring  # here, because loading it costs start-up time that a key in a file does not need

    backend = keyring.get_keyring()
    candidates = getattr(backend, "backends", [backend])  # a chain of backends, which may be empty
    if not any(_keeps_secrets(candidate) for candidate in candidates):
        raise VaultUnusable("no_keystore")
    return backend


def _keeps_secrets(backend: object) -> bool:
    return not type(backend).__module__.startswith(NOT_KEYSTORES)


def _expected_errors() -> tuple[type[BaseException], ...]:
    """Evaluated when something was raised: by then the module that defines it is loaded."""
    # RuntimeError, ImportError, AttributeError: a keyring configuration that names a backend not usable here.
    expected: list[type[BaseException]] = [RuntimeError, ImportError, AttributeError, OSError, ValueError]
    for module_name, error_name in (("keyring.errors", "KeyringError"), *BACKEND_ERRORS):
        error = getattr(sys.modules.get(module_name), error_name, None)
        if isinstance(error, type) and issubclass(error, Exception):
            expected.append(error)
    return tuple(expected)
