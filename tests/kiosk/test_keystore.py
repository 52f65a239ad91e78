from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend

from db.errors import KeyMissing, WrongKey
from kiosk.keystore import DatabaseKey, KeyPlace, Keystore, KeystoreChoice, choice_from
from kiosk.paths import DataFolder
from tests.fakes.keyring_backends import BrokenKeystore, HangingKeystore, LockedKeystore, MemoryKeystore

Install = Callable[[KeyringBackend], None]


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


@pytest.fixture
def install() -> Iterator[Install]:
    former = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(former)


def make_database(folder: DataFolder) -> None:
    folder.database_file.write_bytes(b"encrypted")


def fits(key: DatabaseKey) -> Callable[[bytes], bool]:
    return lambda secret: secret == key.secret


def test_where_the_system_has_a_keystore_the_key_goes_there_and_no_file_holds_it(
    folder: DataFolder, install: Install
) -> None:
    install(MemoryKeystore())
    key = Keystore(folder).open()
    assert (len(key.secret), key.place, key.is_new) == (32, KeyPlace.OS, True)
    assert not any(key.secret.hex().encode() in path.read_bytes() for path in folder.root.iterdir())
    make_database(folder)
    again = Keystore(folder).open()
    assert (again.secret, again.place, again.is_new) == (key.secret, KeyPlace.OS, False)


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, LockedKeystore, BrokenKeystore])
def test_without_a_usable_keystore_the_key_goes_into_a_file_and_the_result_says_so(
    folder: DataFolder, install: Install, backend: type[KeyringBackend]
) -> None:
    install(backend())
    key = Keystore(folder).open()
    assert (key.place, key.is_new) == (KeyPlace.FILE, True)
    make_database(folder)
    assert Keystore(folder).open().secret == key.secret
    if sys.platform != "win32":
        assert stat.S_IMODE(folder.key_file.stat().st_mode) == 0o600


def test_a_keystore_that_hangs_does_not_hold_up_the_start_for_ever(folder: DataFolder, install: Install) -> None:
    backend = HangingKeystore()
    install(backend)
    try:
        assert Keystore(folder, limit_s=0.1).open().place is KeyPlace.FILE
    finally:
        backend.let_go.set()


def test_two_folders_have_two_keys_in_one_keystore(tmp_path: Path, install: Install) -> None:
    install(MemoryKeystore())
    folders = [DataFolder(tmp_path / name) for name in ("first", "second")]
    for folder in folders:
        folder.prepare()
    first, second = (Keystore(folder).open() for folder in folders)
    assert first.secret != second.secret
    assert Keystore(folders[0]).open().secret == first.secret


def test_a_folder_that_was_moved_keeps_its_key(tmp_path: Path, install: Install) -> None:
    install(MemoryKeystore())
    before = DataFolder(tmp_path / "before")
    before.prepare()
    key = Keystore(before).open()
    make_database(before)
    before.root.rename(tmp_path / "after")
    assert Keystore(DataFolder(tmp_path / "after")).open().secret == key.secret


def test_a_key_is_never_made_for_a_database_that_exists(folder: DataFolder, install: Install) -> None:
    install(MemoryKeystore())
    make_database(folder)
    before = sorted(folder.root.iterdir())
    for choice in KeystoreChoice:
        with pytest.raises(KeyMissing) as caught:
            Keystore(folder, choice).open()
        assert caught.value.context == {"reason": "not_found"}
    assert sorted(folder.root.iterdir()) == before


@pytest.mark.parametrize(("backend", "reason"), [(LockedKeystore, "locked"), (BrokenKeystore, "failed")])
def test_when_the_keystore_with_the_key_cannot_be_asked_the_reason_is_given(
    folder: DataFolder, install: Install, backend: type[KeyringBackend], reason: str
) -> None:
    install(MemoryKeystore())
    Keystore(folder).open()
    make_database(folder)
    install(backend())
    with pytest.raises(KeyMissing) as caught:
        Keystore(folder).open()
    assert caught.value.context == {"reason": reason}


@pytest.mark.parametrize("content", [b"", b"\n", b"abc", b"0" * 63, b"\xff" * 64, b"z" * 64])
def test_a_damaged_key_file_of_an_existing_database_is_an_error_and_stays(folder: DataFolder, content: bytes) -> None:
    folder.key_file.write_bytes(content)
    make_database(folder)
    with pytest.raises(WrongKey) as caught:
        Keystore(folder, KeystoreChoice.FILE).open()
    assert caught.value.context == {"reason": "damaged"}
    assert folder.key_file.read_bytes() == content


def test_a_damaged_key_without_a_database_is_set_aside_and_a_new_one_made(folder: DataFolder) -> None:
    folder.key_file.write_bytes(b"half a ke")
    assert Keystore(folder, KeystoreChoice.FILE).open().is_new
    assert [path.read_bytes() for path in folder.root.glob("key.damaged-*")] == [b"half a ke"]


def test_a_half_written_temporary_file_beside_the_key_changes_nothing(folder: DataFolder) -> None:
    key = Keystore(folder, KeystoreChoice.FILE).open()
    (folder.root / ".key.x1y2.part").write_bytes(b"00")
    assert Keystore(folder, KeystoreChoice.FILE).open().secret == key.secret


def test_a_key_whose_database_was_never_made_is_used_again(folder: DataFolder, install: Install) -> None:
    install(MemoryKeystore())
    assert Keystore(folder).open().secret == Keystore(folder).open().secret


def test_with_keys_in_both_places_the_one_that_opens_the_database_is_used(folder: DataFolder, install: Install) -> None:
    install(MemoryKeystore())
    in_vault = Keystore(folder, KeystoreChoice.OS).open()
    in_file = Keystore(folder, KeystoreChoice.FILE).open()
    assert in_vault.secret != in_file.secret
    make_database(folder)
    assert Keystore(folder).open(fits(in_vault)).place is KeyPlace.OS
    assert Keystore(folder).open(fits(in_file)).place is KeyPlace.FILE
    with pytest.raises(WrongKey) as caught:
        Keystore(folder).open(lambda _: False)
    assert caught.value.context == {"reason": "other_database"}


def test_with_a_damaged_file_the_key_in_the_keystore_still_counts(folder: DataFolder, install: Install) -> None:
    install(MemoryKeystore())
    key = Keystore(folder, KeystoreChoice.OS).open()
    folder.key_file.write_bytes(b"")
    make_database(folder)
    assert Keystore(folder).open().secret == key.secret


def test_a_file_key_that_does_not_fit_and_a_locked_keystore_mean_try_again(
    folder: DataFolder, install: Install
) -> None:
    install(MemoryKeystore())
    Keystore(folder, KeystoreChoice.OS).open()
    Keystore(folder, KeystoreChoice.FILE).open()
    make_database(folder)
    install(LockedKeystore())
    with pytest.raises(KeyMissing):
        Keystore(folder).open(lambda _: False)


def test_whoever_insists_on_the_keystore_gets_no_file(folder: DataFolder, install: Install) -> None:
    install(BrokenKeystore())
    with pytest.raises(KeyMissing):
        Keystore(folder, KeystoreChoice.OS).open()
    assert not folder.key_file.exists()


def test_starts_at_the_same_moment_agree_on_one_key(folder: DataFolder) -> None:
    def start(_: int) -> bytes:
        return Keystore(folder, KeystoreChoice.FILE).open().secret

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1


def test_the_key_is_not_in_the_representation_of_what_holds_it(folder: DataFolder) -> None:
    key = Keystore(folder, KeystoreChoice.FILE).open()
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


def test_a_key_in_a_file_is_found_without_loading_the_keystore_library(folder: DataFolder) -> None:
    Keystore(folder, KeystoreChoice.FILE).open()
    make_database(folder)
    program = (
        "import sys, pathlib; from kiosk.keystore import Keystore; from kiosk.paths import DataFolder;"
        "Keystore(DataFolder(pathlib.Path(sys.argv[1]))).open(); sys.exit('keyring' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(folder.root)], check=False).returncode == 0


@pytest.mark.parametrize(
    ("value", "choice"),
    [("file", KeystoreChoice.FILE), (" OS ", KeystoreChoice.OS), ("", KeystoreChoice.BEST), ("x", KeystoreChoice.BEST)],
)
def test_the_environment_may_force_the_place(value: str, choice: KeystoreChoice) -> None:
    assert choice_from({"HIKMA_KEYSTORE": value}) is choice
    assert choice_from({}) is KeystoreChoice.BEST


@pytest.mark.parametrize("choice", KeystoreChoice)
def test_a_key_can_be_kept_for_an_exchange_of_files_without_replacing_the_one_in_force(
    folder: DataFolder, install: Install, tmp_path: Path, choice: KeystoreChoice
) -> None:
    install(MemoryKeystore())
    keystore = Keystore(folder, choice)
    key = keystore.open()
    staging = tmp_path / "staging"
    staging.mkdir()
    place = keystore.keep(b"n" * 32, staging)
    assert place is key.place
    assert [found.secret for found in keystore.found()] == [key.secret]
    (made,) = staging.iterdir()
    made.replace(folder.root / made.name)
    assert [found.secret for found in keystore.found()] == [b"n" * 32]


def test_where_no_key_is_kept_none_is_found_and_none_made(folder: DataFolder, install: Install) -> None:
    install(MemoryKeystore())
    assert Keystore(folder).found() == []
    folder.key_file.write_bytes(b"half a ke")
    assert Keystore(folder).found() == []
    assert [path.name for path in folder.root.iterdir()] == ["key"]


def test_keys_in_both_places_are_found(folder: DataFolder, install: Install) -> None:
    install(MemoryKeystore())
    keys = {Keystore(folder, choice).open().secret for choice in (KeystoreChoice.OS, KeystoreChoice.FILE)}
    assert {key.secret for key in Keystore(folder).found()} == keys


@pytest.mark.parametrize("choice", KeystoreChoice)
def test_a_forgotten_key_is_nowhere(folder: DataFolder, install: Install, choice: KeystoreChoice) -> None:
    backend = MemoryKeystore()
    install(backend)
    keystore = Keystore(folder, choice)
    keystore.open()
    keystore.forget()
    keystore.forget()
    assert keystore.found() == []
    assert backend.entries == {}
