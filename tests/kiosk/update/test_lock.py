from __future__ import annotations

import pytest

from db.update_errors import UpdateRunning
from kiosk.update.lock import is_updating, update_lock
from kiosk.update.place import UpdatePlace


def test_an_update_is_under_way_while_its_process_lives(place: UpdatePlace) -> None:
    assert not is_updating(place.folder)
    with update_lock(place.folder):
        assert is_updating(place.folder)
        with pytest.raises(UpdateRunning), update_lock(place.folder):
            pass
    assert not is_updating(place.folder)
