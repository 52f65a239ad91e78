"""What every KioskPort does, the fake one of the page tests and the program's own alike."""

from __future__ import annotations

import pytest

from db.errors import HubError, InvalidInput
from web.ui.ports import FirstRunForm, KioskPort, Notice, ServingState

FORM = FirstRunForm(
    server_name="Al Noor, reception",
    staff_name="Amina Haddad",
    email="amina@clinic.org",
    password="a good password",
    clinic_name="Al Noor",
)
SERVING = (ServingState.SERVING, ServingState.NO_NETWORK)


class KioskPortContract:
    """Subclasses give the fixture ``port``: a KioskPort on an empty data folder whose phone port is free."""

    def test_an_empty_computer_waits_for_the_first_run(self, port: KioskPort) -> None:
        assert port.status().state is ServingState.FIRST_RUN

    def test_the_first_run_names_the_server_and_begins_to_serve(self, port: KioskPort) -> None:
        port.complete_first_run(FORM)
        status = port.status()
        assert status.state in SERVING
        assert status.server_name == FORM.server_name

    @pytest.mark.parametrize(
        ("field", "value"),
        [("server_name", ""), ("clinic_name", " "), ("staff_name", ""), ("email", "nobody"), ("password", "abc")],
    )
    def test_the_first_run_names_the_field_it_refuses(self, port: KioskPort, field: str, value: str) -> None:
        typed = {name: getattr(FORM, name) for name in FORM.__dataclass_fields__} | {field: value}
        with pytest.raises(InvalidInput) as refusal:
            port.complete_first_run(FirstRunForm(**typed))
        assert refusal.value.context["path"] == field
        assert port.status().state is ServingState.FIRST_RUN

    def test_serving_stops_and_starts_again(self, port: KioskPort) -> None:
        port.complete_first_run(FORM)
        port.stop_serving()
        assert port.status().state is ServingState.STOPPED
        port.stop_serving()
        port.start_serving()
        assert port.status().state in SERVING

    def test_no_language_is_chosen_until_somebody_does(self, port: KioskPort) -> None:
        assert port.status().language is None
        port.set_language("ar")
        assert port.status().language == "ar"

    def test_a_language_without_a_catalogue_is_refused(self, port: KioskPort) -> None:
        with pytest.raises(InvalidInput):
            port.set_language("fr")

    def test_an_address_the_computer_lacks_is_refused(self, port: KioskPort) -> None:
        port.complete_first_run(FORM)
        with pytest.raises(HubError):
            port.choose_address("203.0.113.77")

    def test_dismissing_what_is_not_shown_changes_nothing(self, port: KioskPort) -> None:
        before = port.status().notices
        absent = set(Notice) - {view.notice for view in before}
        for notice in absent:
            port.dismiss(notice)
        assert port.status().notices == before

    def test_a_dismissed_notice_is_gone(self, port: KioskPort) -> None:
        for view in port.status().notices:
            port.dismiss(view.notice)
        assert port.status().notices == ()

    def test_a_fresh_server_holds_nothing_and_has_met_nobody(self, port: KioskPort) -> None:
        port.complete_first_run(FORM)
        status = port.status()
        assert {status.counts[name] for name in ("patients", "visits", "events")} == {0}
        assert status.phones == ()
