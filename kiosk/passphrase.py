"""The optional passphrase of the start: while it is set, the key is kept nowhere but in a copy that it opens (ADR 9).

Knows nothing of screens or of how keys are wrapped (db/wrapped_key.py). What decides is whether the file is there:
it is written whole before the key is removed from the keystore, and removed after the key is back there.
"""

from __future__ import annotations

import unicodedata

from db.durability import sync_folder
from db.errors import InvalidInput, WrongPassphrase
from db.wrapped_key import COST, Purpose, WrappedKey, decode, encode, unwrap, wrap
from kiosk.keystore import Keystore
from kiosk.paths import DataFolder
from kiosk.private_file import write_private

SHORTEST = 8
"""Characters."""


def is_passphrase_set(folder: DataFolder) -> bool:
    """Whether the database opens only with a passphrase."""
    return folder.passphrase_file.exists()


def set_passphrase(folder: DataFolder, keystore: Keystore, key: bytes, passphrase: str, *, cost: int = COST) -> None:
    """From the next start on ``passphrase`` is needed. Raises InvalidInput (``path``: "passphrase") when it is too
    short, OSError."""
    write_private(folder.passphrase_file, encode(passphrase_copy(key, passphrase, cost=cost)))
    keystore.forget()


def change_passphrase(folder: DataFolder, present: str, new: str, *, cost: int = COST) -> None:
    """Replaces the passphrase in one step: a crash leaves one of the two in force, never none.

    Raises WrongPassphrase, InvalidInput, WrongKey, OSError.
    """
    write_private(folder.passphrase_file, encode(passphrase_copy(_unlocked(folder, present), new, cost=cost)))


def remove_passphrase(folder: DataFolder, keystore: Keystore, present: str) -> None:
    """From the next start on the key comes from the keystore again. Raises WrongPassphrase, KeyMissing, OSError."""
    give_up_passphrase(folder, keystore, _unlocked(folder, present))


def give_up_passphrase(folder: DataFolder, keystore: Keystore, key: bytes) -> None:
    """The same for whoever has the key by other means, such as the recovery code. Raises KeyMissing, OSError."""
    keystore.keep(key)
    folder.passphrase_file.unlink(missing_ok=True)
    sync_folder(folder.root)


def open_with_passphrase(folder: DataFolder, keystore: Keystore, passphrase: str) -> bytes:
    """The key. Where setting the passphrase was interrupted, or removing it, the key is forgotten elsewhere.

    Raises WrongPassphrase, WrongKey (the file is damaged), OSError.
    """
    key = _unlocked(folder, passphrase)
    keystore.forget()
    return key


def passphrase_copy(key: bytes, passphrase: str, *, cost: int = COST) -> WrappedKey:
    """The copy of a key that ``passphrase`` opens. Raises InvalidInput."""
    if len(passphrase) < SHORTEST:
        raise InvalidInput(path="passphrase")
    return wrap(key, _secret(passphrase), Purpose.PASSPHRASE, cost=cost)


def _unlocked(folder: DataFolder, passphrase: str) -> bytes:
    copy = decode(folder.passphrase_file.read_bytes())
    key = unwrap(copy, _secret(passphrase)) if copy.purpose is Purpose.PASSPHRASE else None
    if key is None:
        raise WrongPassphrase
    return key


def _secret(passphrase: str) -> bytes:
    """The same letters are the same passphrase on every keyboard."""
    return unicodedata.normalize("NFKC", passphrase).encode()
