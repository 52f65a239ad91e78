from __future__ import annotations

import errno

from db.errors import DiskFull, HubError, StorageFailed, WrongKey
from kiosk.failures import meaning_of


def test_an_error_of_the_program_stays_what_it_is() -> None:
    failure = WrongKey(reason="damaged")
    assert meaning_of(failure) is failure


def test_a_full_disk_is_told_apart_from_other_refusals() -> None:
    assert type(meaning_of(OSError(errno.ENOSPC, "No space left on device"))) is DiskFull
    assert type(meaning_of(PermissionError(errno.EACCES, "Permission denied"))) is StorageFailed


def test_what_nobody_expected_is_internal_and_named_by_its_kind() -> None:
    meaning = meaning_of(LookupError("Amina Haddad"))
    assert (meaning.code, meaning.context) == (HubError.code, {"request_id": "LookupError"})


def test_the_systems_own_text_is_dropped() -> None:
    meaning = meaning_of(FileNotFoundError(errno.ENOENT, "No such file", "/clinic/Amina Haddad"))
    assert "Amina" not in str(meaning)
    assert str(meaning) == "storage_failed (kind=FileNotFoundError)"
