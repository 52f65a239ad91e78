"""Keystores for tests, each a backend of the keyring library: one that works and ones that fail in known ways."""

from __future__ import annotations

import threading
from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked


class MemoryKeystore(KeyringBackend):
    """Works, and forgets with the process."""

    priority: ClassVar[float] = 1

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


class LockedKeystore(MemoryKeystore):
    """The user dismissed the question for the keystore's password."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("dismissed")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("dismissed")


class BrokenKeystore(MemoryKeystore):
    """The service behind it went away."""

    def get_password(self, service: str, username: str) -> str | None:
        raise InitError("no D-Bus")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise InitError(f"no D-Bus, could not store {password}")


class DeafKeystore(MemoryKeystore):
    """Accepts everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class HangingKeystore(MemoryKeystore):
    """Never answers, until the test lets it go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.let_go.wait()
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.let_go.wait()


class ClingingKeystore(MemoryKeystore):
    """Keeps what it is told to remove."""

    def delete_password(self, service: str, username: str) -> None:
        pass
