"""The database key: where it lies (the operating system's keystore, or a file) and how it comes to be.

Knows nothing of the database beyond whether its file exists and whether a key opens it (DESIGN §8).
"""

from __future__ import annotations

import contextlib
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from filelock import FileLock

from db.errors import KeyMissing, WrongKey
from kiosk.os_vault import DEFAULT_LIMIT_S, OsVault, VaultUnusable
from kiosk.paths import DataFolder
from kiosk.private_file import write_private

KEY_BYTES = 32
CHOICE_VARIABLE = "HIKMA_KEYSTORE"

log = logging.getLogger(__name__)


class KeyPlace(StrEnum):
    """Where a key is kept."""

    OS = "os"  # the operating system's keystore
    FILE = "file"  # a file only its owner can read; the page warns about it
    PASSPHRASE = "passphrase"  # noqa: S105 - nowhere: it is unlocked at each start (kiosk/passphrase.py)


class KeystoreChoice(StrEnum):
    """Which places may be used (environment variable HIKMA_KEYSTORE)."""

    BEST = "best"  # the operating system's keystore where there is one, else the file
    OS = "os"
    FILE = "file"


@dataclass(frozen=True)
class DatabaseKey:
    """The 32 bytes that open the database, and where they were found or put."""

    secret: bytes = field(repr=False)
    place: KeyPlace
    is_new: bool = False


def choice_from(environ: Mapping[str, str]) -> KeystoreChoice:
    """Reads HIKMA_KEYSTORE; anything but "os" and "file" means the best there is."""
    value = environ.get(CHOICE_VARIABLE, "").strip().lower()
    return KeystoreChoice(value) if value in {"os", "file"} else KeystoreChoice.BEST


def parse_key(text: str) -> bytes:
    """Reads the 64 hexadecimal digits of a stored key. Raises WrongKey if it is anything else."""
    digits = text.strip()
    if not re.fullmatch(r"[0-9a-fA-F]{64}", digits):
        raise WrongKey(reason="damaged")
    return bytes.fromhex(digits)


class Keystore:
    """Finds or makes the key of one data folder."""

    def __init__(
        self,
        folder: DataFolder,
        choice: KeystoreChoice = KeystoreChoice.BEST,
        limit_s: float = DEFAULT_LIMIT_S,
    ) -> None:
        self._folder = folder
        self._choice = choice
        self._limit_s = limit_s

    def open(self, opens: Callable[[bytes], bool] | None = None) -> DatabaseKey:
        """Returns the key of this folder's database; makes one only where there is no database yet.

        ``opens`` tells whether a key opens the existing database. With it, a key that does not fit (a folder
        copied from another computer) does not hide one that does.

        The file comes first, so that a start with a key in a file never waits for a keystore.
        Raises KeyMissing (``reason``: "not_found", or why the keystore could not be asked), WrongKey
        (``reason``: "damaged" or "other_database") and OSError.
        """
        if self._folder.database_file.exists():
            return self._existing(opens)
        with FileLock(self._folder.root / "key.lock"):  # two processes must not make two keys
            return self._for_new_database()

    def found(self) -> list[DatabaseKey]:
        """The keys that are kept for this folder, whether they open anything or not. Makes none. Raises OSError."""
        keys = []
        for look in (self._in_file, self._in_vault):
            with contextlib.suppress(KeyMissing, WrongKey):
                keys.append(look())
        return keys

    def keep(self, secret: bytes, folder: Path | None = None) -> KeyPlace:
        """Keeps a key: what ``open`` finds it by goes into ``folder`` (default: this data folder), the key beside it
        or into the operating system's keystore, under a new name. Raises KeyMissing, OSError."""
        return self._keep(secret, folder or self._folder.root)

    def forget(self) -> None:
        """Removes the key of this folder wherever it is kept. A keystore that cannot be asked is asked again next
        time: the name of the key stays. Raises OSError."""
        self._folder.key_file.unlink(missing_ok=True)
        name = self._key_name()
        if name is not None:
            try:
                self._vault(name).remove()
            except VaultUnusable as unusable:
                log.warning("the key stays in the keystore", extra={"code": unusable.reason})
            else:
                self._folder.key_name_file.unlink(missing_ok=True)

    def abandon(self) -> None:
        """The same, but no later database is ever given this key: what a keystore keeps that cannot be asked now is
        removed by ``forget_abandoned``. Raises OSError."""
        self.forget()
        if self._folder.key_name_file.exists():
            self._folder.key_name_file.replace(self._abandoned_file)

    def forget_abandoned(self) -> None:
        """Removes what could not be removed when it was abandoned, if there is any. Raises OSError."""
        try:
            name = self._abandoned_file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return
        try:
            self._vault(name).remove()
        except VaultUnusable as unusable:
            log.warning("an abandoned key stays in the keystore", extra={"code": unusable.reason})
        else:
            self._abandoned_file.unlink(missing_ok=True)

    @property
    def _abandoned_file(self) -> Path:
        return self._folder.root / f"{self._folder.key_name_file.name}.abandoned"

    def _existing(self, opens: Callable[[bytes], bool] | None) -> DatabaseKey:
        reasons: list[str] = []
        for look in (self._in_file, self._in_vault):
            try:
                key = look()
            except (KeyMissing, WrongKey) as error:
                reasons.append(str(error.context["reason"]))
                continue
            if opens is None or opens(key.secret):
                return key
            reasons.append("other_database")
        if reasons[-1] in {"locked", "timeout"}:  # the right key may well be there: trying again can help
            raise KeyMissing(reason=reasons[-1])
        for wrong in ("damaged", "other_database"):
            if wrong in reasons:
                raise WrongKey(reason=wrong)
        raise KeyMissing(reason=reasons[-1])

    def _for_new_database(self) -> DatabaseKey:
        """A key whose database was never made (the power failed in between) is used again."""
        try:
            return self._in_file()
        except KeyMissing:
            pass
        except WrongKey:
            self._set_aside()
        try:
            return self._in_vault()
        except (KeyMissing, WrongKey):
            return self._make()

    def _make(self) -> DatabaseKey:
        secret = secrets.token_bytes(KEY_BYTES)
        return DatabaseKey(secret, self._keep(secret, self._folder.root), is_new=True)

    def _keep(self, secret: bytes, folder: Path) -> KeyPlace:
        if self._choice is not KeystoreChoice.FILE:
            name = secrets.token_hex(8)
            try:
                self._vault(name).store(secret.hex())
            except VaultUnusable as unusable:
                if self._choice is KeystoreChoice.OS:
                    raise KeyMissing(reason=unusable.reason) from None
                log.warning("no usable keystore, the key goes into a file", extra={"code": unusable.reason})
            else:
                write_private(folder / self._folder.key_name_file.name, f"{name}\n".encode("ascii"))
                return KeyPlace.OS
        write_private(folder / self._folder.key_file.name, f"{secret.hex()}\n".encode("ascii"))
        return KeyPlace.FILE

    def _in_file(self) -> DatabaseKey:
        """Raises KeyMissing or WrongKey, each with ``reason``."""
        if self._choice is KeystoreChoice.OS or not self._folder.key_file.exists():
            raise KeyMissing(reason="not_found")
        text = self._folder.key_file.read_bytes().decode("ascii", errors="replace")
        return DatabaseKey(parse_key(text), KeyPlace.FILE)

    def _in_vault(self) -> DatabaseKey:
        """Raises KeyMissing or WrongKey, each with ``reason``."""
        name = self._key_name()
        if self._choice is KeystoreChoice.FILE or name is None:
            raise KeyMissing(reason="not_found")
        try:
            text = self._vault(name).load()
        except VaultUnusable as unusable:
            raise KeyMissing(reason=unusable.reason) from None
        if text is None:
            raise KeyMissing(reason="not_found")
        return DatabaseKey(parse_key(text), KeyPlace.OS)

    def _vault(self, name: str) -> OsVault:
        return OsVault(name, self._limit_s)

    def _key_name(self) -> str | None:
        """The keystore entry of this folder. It lies in the folder, so that it survives a move of the folder."""
        try:
            return self._folder.key_name_file.read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def _set_aside(self) -> None:
        """Without a database a damaged key protects nothing here; it is kept all the same."""
        self._folder.key_file.rename(self._folder.root / f"key.damaged-{secrets.token_hex(4)}")
