"""Every procedure there is, in one registry. Knows nothing of what any of them does."""

from __future__ import annotations

from web.rpc.procedures import (
    appointments,
    clinics,
    dispensing,
    drugs,
    events,
    forms,
    inventory,
    patients,
    prescription_items,
    prescriptions,
    problems,
    registration,
    session,
    sync,
    visits,
    vitals,
)
from web.rpc.registry import Registry


def all_procedures() -> Registry:
    """The registry that a server answers from."""
    return Registry(
        (
            *appointments.PROCEDURES,
            *clinics.PROCEDURES,
            *dispensing.PROCEDURES,
            *drugs.PROCEDURES,
            *events.PROCEDURES,
            *forms.PROCEDURES,
            *inventory.PROCEDURES,
            *patients.PROCEDURES,
            *prescription_items.PROCEDURES,
            *prescriptions.PROCEDURES,
            *problems.PROCEDURES,
            *registration.PROCEDURES,
            *session.PROCEDURES,
            *sync.PROCEDURES,
            *visits.PROCEDURES,
            *vitals.PROCEDURES,
        )
    )
