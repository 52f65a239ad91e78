from __future__ import annotations

from pathlib import Path

from db.latest_change import latest_change
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import opened_clinic


def test_every_change_is_later_than_what_was_there(tmp_path: Path) -> None:
    clinic = opened_clinic(tmp_path / "data", AdjustableClock())
    database = clinic.store.database
    seen = []
    for names in (("amal",), ("badr",)):
        clinic.add_patients(*names)
        with database.read() as snapshot:
            seen.append(latest_change(snapshot))
    database.close()
    assert 0 < seen[0] < seen[1]
