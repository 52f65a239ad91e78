"""What every CheckPort does, the fake one of the page tests and the program's own alike."""

from __future__ import annotations

import pytest

from db.errors import InvalidInput
from tests.polling import eventually
from web.ui.check_port import CheckPort, CheckView, Cure


def finished(port: CheckPort) -> CheckView:
    return eventually(lambda: view if not (view := port.view()).is_running else None)


class CheckPortContract:
    """Subclasses give the fixture ``port``: a CheckPort whose checks never ran, of a server that is set up."""

    def test_before_the_first_run_nothing_is_known(self, port: CheckPort) -> None:
        view = port.view()
        assert (view.is_running, view.done, view.findings, view.finished_ms) == (False, 0, (), None)

    def test_a_run_finds_something_for_every_check(self, port: CheckPort) -> None:
        port.begin()
        view = finished(port)
        assert view.done == view.total == len(view.findings) > 0
        assert view.finished_ms is not None

    def test_a_second_run_begins_anew(self, port: CheckPort) -> None:
        port.begin()
        port.begin()
        finished(port)
        port.begin()
        view = finished(port)
        assert len({finding.name for finding in view.findings}) == len(view.findings) == view.total

    @pytest.mark.parametrize("cure", [Cure.FIREWALL_HELP, Cure.SHOW_CODE])
    def test_what_only_people_can_do_is_refused(self, port: CheckPort, cure: Cure) -> None:
        assert cure not in port.view().offered
        with pytest.raises(InvalidInput) as refusal:
            port.cure(cure)
        assert refusal.value.context["path"] == "cure"

    def test_after_a_cure_everything_is_checked_again(self, port: CheckPort) -> None:
        port.cure(Cure.START_SERVING)
        assert finished(port).finished_ms is not None

    def test_the_database_can_be_checked(self, port: CheckPort) -> None:
        port.cure(Cure.CHECK_DATABASE)
        assert finished(port).finished_ms is not None

    def test_no_phone_has_come_yet(self, port: CheckPort) -> None:
        assert port.view().phone_test.visits == ()
