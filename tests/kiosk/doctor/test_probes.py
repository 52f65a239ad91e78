"""The protocol of the facts. Who keeps it is held to it in test_local_probes.py; here, that checks need all of it."""

from __future__ import annotations

from kiosk.doctor.checklist import CHECKS
from kiosk.doctor.probes import Probes
from tests.fakes.probes import FakeProbes


class Recording(FakeProbes):
    """Notes what it is asked for."""

    def __getattribute__(self, name: str) -> object:
        if name in METHODS:
            ASKED.add(name)
        return super().__getattribute__(name)


METHODS = frozenset(name for name in vars(Probes) if not name.startswith("_"))
ASKED: set[str] = set()


def test_every_fact_is_needed_by_a_check() -> None:
    probes = Recording()
    for check in CHECKS:
        check.run(probes)
    assert ASKED == METHODS
