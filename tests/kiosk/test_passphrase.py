"""The passphrase of the start: while it is set the key is nowhere else, and a change never leaves none in force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from db.errors import InvalidInput, WrongKey, WrongPassphrase
from kiosk.keystore import Keystore, KeystoreChoice
from kiosk.passphrase import (
    change_passphrase,
    is_passphrase_set,
    open_with_passphrase,
    remove_passphrase,
    set_passphrase,
)
from kiosk.paths import DataFolder
from tests.fakes.keyring_backends import LockedKeystore, MemoryKeystore

OLD, NEW = "correct horse", "battery staple"
CHEAP = 2


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


@pytest.fixture
def install() -> Iterator[Callable[[KeyringBackend], None]]:
    former = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(former)


@pytest.fixture(params=list(KeystoreChoice))
def keystore(request: pytest.FixtureRequest, folder: DataFolder, install: Callable[[KeyringBackend], None]) -> Keystore:
    install(MemoryKeystore())
    return Keystore(folder, request.param)


@pytest.fixture
def key(keystore: Keystore, folder: DataFolder) -> bytes:
    """Of a folder whose start needs OLD."""
    made = keystore.open().secret
    set_passphrase(folder, keystore, made, OLD, cost=CHEAP)
    return made


def test_while_it_is_set_the_key_is_nowhere_else(folder: DataFolder, keystore: Keystore, key: bytes) -> None:
    assert is_passphrase_set(folder)
    assert keystore.found() == []
    assert not folder.key_file.exists()
    assert not folder.key_name_file.exists()
    backend = keyring.get_keyring()
    assert isinstance(backend, MemoryKeystore)
    assert backend.entries == {}
    assert not any(key.hex().encode() in path.read_bytes() for path in folder.root.iterdir())
    assert open_with_passphrase(folder, keystore, OLD) == key


@pytest.mark.parametrize("typed", ["", "correct horsE", "correct horse "])
def test_another_passphrase_opens_nothing(folder: DataFolder, keystore: Keystore, key: bytes, typed: str) -> None:
    with pytest.raises(WrongPassphrase):
        open_with_passphrase(folder, keystore, typed)
    assert open_with_passphrase(folder, keystore, OLD) == key


def test_after_a_change_the_new_one_opens_and_the_old_one_does_not(
    folder: DataFolder, keystore: Keystore, key: bytes
) -> None:
    change_passphrase(folder, OLD, NEW, cost=CHEAP)
    assert open_with_passphrase(folder, keystore, NEW) == key
    with pytest.raises(WrongPassphrase):
        open_with_passphrase(folder, keystore, OLD)


def test_it_is_not_changed_by_who_does_not_know_it(folder: DataFolder, keystore: Keystore, key: bytes) -> None:
    with pytest.raises(WrongPassphrase):
        change_passphrase(folder, NEW, NEW, cost=CHEAP)
    with pytest.raises(WrongPassphrase):
        remove_passphrase(folder, keystore, NEW)
    assert open_with_passphrase(folder, keystore, OLD) == key


@pytest.mark.parametrize("short", ["", "seven77"])
def test_a_short_one_is_refused_and_changes_nothing(
    folder: DataFolder, keystore: Keystore, key: bytes, short: str
) -> None:
    with pytest.raises(InvalidInput):
        change_passphrase(folder, OLD, short, cost=CHEAP)
    with pytest.raises(InvalidInput):
        set_passphrase(folder, keystore, key, short, cost=CHEAP)
    assert open_with_passphrase(folder, keystore, OLD) == key


def test_after_it_is_removed_the_keystore_has_the_key_again(folder: DataFolder, keystore: Keystore, key: bytes) -> None:
    remove_passphrase(folder, keystore, OLD)
    assert not is_passphrase_set(folder)
    assert [found.secret for found in keystore.found()] == [key]


def test_setting_it_that_was_cut_short_is_brought_to_its_end(
    folder: DataFolder, keystore: Keystore, key: bytes
) -> None:
    keystore.keep(key)  # as it was before the key was forgotten
    assert open_with_passphrase(folder, keystore, OLD) == key
    assert keystore.found() == []


def test_a_keystore_that_is_locked_now_forgets_the_key_later(
    folder: DataFolder, install: Callable[[KeyringBackend], None]
) -> None:
    backend = MemoryKeystore()
    install(backend)
    keystore = Keystore(folder, KeystoreChoice.OS)
    key = keystore.open().secret
    install(LockedKeystore())
    set_passphrase(folder, keystore, key, OLD, cost=CHEAP)
    assert backend.entries
    install(backend)
    assert open_with_passphrase(folder, keystore, OLD) == key
    assert backend.entries == {}


def test_the_same_letters_are_the_same_passphrase_on_every_keyboard(
    folder: DataFolder, keystore: Keystore, key: bytes
) -> None:
    change_passphrase(folder, OLD, "contrase\u00f1a larga", cost=CHEAP)
    assert open_with_passphrase(folder, keystore, "contrasen\u0303a larga") == key


@pytest.mark.parametrize("content", [b"", b"half a cop"])
def test_a_damaged_file_is_an_error_and_stays(
    folder: DataFolder, keystore: Keystore, key: bytes, content: bytes
) -> None:
    folder.passphrase_file.write_bytes(content)
    with pytest.raises(WrongKey):
        open_with_passphrase(folder, keystore, OLD)
    assert folder.passphrase_file.read_bytes() == content
