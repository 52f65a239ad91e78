"""What every KeysPort does, the fake one of the page tests and the program's own alike."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from db.errors import AlreadyExists, InvalidInput, RecoveryCodeUnseen, WrongPassphrase
from web.ui.keys_port import KeysPort

NAME = "North Clinic"
OLD, NEW = "correct horse", "battery staple"


class World(Protocol):
    """What happens around the port."""

    def see_code(self) -> None:
        """Somebody looks at the recovery code."""
        ...

    def is_serving(self) -> bool:
        """Whether phones are served."""
        ...

    def erasure(self) -> tuple[str | None, bool] | None:
        """What is to be erased: the backup that is kept, and whether others go."""
        ...


class KeysPortContract:
    """Subclasses give the fixtures ``keys``, of a serving server called NAME without a passphrase whose recovery code
    nobody has seen, and ``world`` around it."""

    def test_a_passphrase_is_set_changed_and_removed(self, keys: KeysPort, world: World) -> None:
        world.see_code()
        with pytest.raises(InvalidInput):
            keys.set_passphrase("short")
        assert not keys.has_passphrase()
        keys.set_passphrase(OLD)
        with pytest.raises(AlreadyExists):
            keys.set_passphrase(NEW)
        with pytest.raises(WrongPassphrase):
            keys.change_passphrase(NEW, NEW)
        keys.change_passphrase(OLD, NEW)
        with pytest.raises(WrongPassphrase):
            keys.remove_passphrase(OLD)
        assert keys.has_passphrase()
        keys.remove_passphrase(NEW)
        assert not keys.has_passphrase()

    def test_nothing_that_needs_the_recovery_code_is_done_before_somebody_has_seen_it(
        self, keys: KeysPort, world: World
    ) -> None:
        with pytest.raises(RecoveryCodeUnseen):
            keys.set_passphrase(OLD)
        with pytest.raises(RecoveryCodeUnseen):
            keys.make_last_backup(NAME)
        assert not keys.has_passphrase()
        assert world.is_serving()

    def test_after_the_last_backup_nothing_comes_in(self, keys: KeysPort, world: World) -> None:
        world.see_code()
        with pytest.raises(InvalidInput):
            keys.make_last_backup("South Clinic")
        assert world.is_serving()
        made = keys.make_last_backup(f" {NAME.upper()}")
        assert Path(made.file).name.startswith("North Clinic") or made.file
        assert not world.is_serving()

    def test_only_whoever_types_the_name_erases(self, keys: KeysPort, world: World) -> None:
        for wrong in ("", "South Clinic"):
            with pytest.raises(InvalidInput):
                keys.erase(wrong, kept_backup=None, with_backups=True)
        assert world.erasure() is None
        keys.erase(NAME, kept_backup="last", with_backups=True)
        assert world.erasure() == ("last", True)
