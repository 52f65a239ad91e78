"""The new program with a copy of the records."""

from __future__ import annotations

import pytest

from db.errors import KeyMissing
from kiosk import __version__
from kiosk.update.trial import try_out
from tests.kiosk.backups import OpenClinic, patients_in


def test_it_serves_on_loopback_with_the_records_that_are_there(clinic: OpenClinic) -> None:
    clinic.store.close()
    said = try_out(clinic.config)
    assert (said["ok"], said["version"]) == (True, __version__)
    assert said["records"]["patients"] == 1
    assert patients_in(clinic.config, clinic.clock) == {"amal"}


def test_what_keeps_it_from_opening_them_is_raised(clinic: OpenClinic) -> None:
    clinic.store.close()
    clinic.folder.key_file.unlink()
    with pytest.raises(KeyMissing):
        try_out(clinic.config)
