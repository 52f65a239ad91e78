from __future__ import annotations

from collections.abc import Callable, Iterator

import keyring
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend

from kiosk.os_vault import SERVICE, OsVault, VaultUnusable
from tests.fakes.keyring_backends import (
    BrokenKeystore,
    ClingingKeystore,
    DeafKeystore,
    HangingKeystore,
    LockedKeystore,
    MemoryKeystore,
)

Install = Callable[[KeyringBackend], None]


@pytest.fixture
def install() -> Iterator[Install]:
    former = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(former)


def reason_of(action: Callable[[], object]) -> str:
    with pytest.raises(VaultUnusable) as caught:
        action()
    return caught.value.reason


def test_what_was_stored_is_found_again_under_this_programs_name(install: Install) -> None:
    backend = MemoryKeystore()
    install(backend)
    OsVault("clinic").store("text")
    assert OsVault("clinic").load() == "text"
    assert OsVault("other").load() is None
    assert list(backend.entries) == [(SERVICE, "clinic")]


@pytest.mark.parametrize("kind", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring])
def test_a_backend_that_keeps_nothing_is_no_keystore(install: Install, kind: type[KeyringBackend]) -> None:
    install(kind())
    assert reason_of(OsVault("clinic").load) == "no_keystore"
    assert reason_of(lambda: OsVault("clinic").store("text")) == "no_keystore"


def test_a_chain_of_no_backends_is_no_keystore(install: Install) -> None:
    class EmptyChain(MemoryKeystore):
        backends: tuple[KeyringBackend, ...] = ()

    install(EmptyChain())
    assert reason_of(OsVault("clinic").load) == "no_keystore"


def test_a_locked_keystore_says_so(install: Install) -> None:
    install(LockedKeystore())
    assert reason_of(OsVault("clinic").load) == "locked"
    assert reason_of(lambda: OsVault("clinic").store("text")) == "locked"


def test_a_keystore_that_fails_does_not_tell_what_was_being_stored(install: Install) -> None:
    install(BrokenKeystore())
    with pytest.raises(VaultUnusable) as caught:
        OsVault("clinic").store("the-key-itself")
    assert caught.value.reason == "failed"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_keystore_that_accepts_and_forgets_is_noticed(install: Install) -> None:
    install(DeafKeystore())
    assert reason_of(lambda: OsVault("clinic").store("text")) == "failed"


def test_a_keystore_that_never_answers_costs_only_the_time_limit(install: Install) -> None:
    backend = HangingKeystore()
    install(backend)
    try:
        assert reason_of(OsVault("clinic", limit_s=0.1).load) == "timeout"
        assert reason_of(lambda: OsVault("clinic", limit_s=0.1).store("text")) == "timeout"
    finally:
        backend.let_go.set()


def test_a_removed_entry_is_gone_and_one_that_was_never_there_can_be_removed(install: Install) -> None:
    install(MemoryKeystore())
    OsVault("clinic").store("text")
    OsVault("other").store("other text")
    for _ in range(2):
        OsVault("clinic").remove()
    assert OsVault("clinic").load() is None
    assert OsVault("other").load() == "other text"


def test_a_keystore_that_does_not_remove_is_noticed(install: Install) -> None:
    install(ClingingKeystore())
    OsVault("clinic").store("text")
    assert reason_of(OsVault("clinic").remove) == "failed"
