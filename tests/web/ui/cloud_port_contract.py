"""What every CloudPort does, the fake one of the page tests and the program's own alike."""

from __future__ import annotations

from typing import Protocol

import pytest

from db.errors import CloudKeyRefused, InvalidInput, NotFound, OtherCloud
from tests.fakes.cloud_port import CLINICS, KEY, NAME, OTHER_URL, URL
from web.ui.cloud_port import CloudPort

MANY = 100
P1, P2, P3 = (f"5f0c8f3e-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))


class World(Protocol):
    """What happens around the port."""

    def join(self) -> None:
        """This computer is connected with the cloud at URL, as NAME, for CLINICS."""
        ...

    def stop_for(self, halt: str) -> None:
        """No round runs until somebody has decided."""
        ...

    def put_aside(self, table: str, record_id: str, reason: str) -> None:
        """The cloud does not keep a record."""
        ...

    def lose(self, table: str, record_id: str, *values: tuple[str, str, str]) -> int:
        """An edit of one column (column, current, lost) loses. Returns the number of the version."""
        ...


class CloudPortContract:
    """Subclasses give the fixtures ``cloud``, a port that is connected with nothing, and ``world`` around it."""

    def test_a_fresh_computer_is_connected_with_nothing(self, cloud: CloudPort) -> None:
        view = cloud.view()
        assert not view.is_connected
        assert (view.url, view.halt, view.is_paused, view.is_running) == ("", None, False, False)
        assert (view.to_send, view.set_aside, view.conflicts, view.last_success_ms) == (0, 0, 0, 0)
        assert (view.minutes, view.daily_limit_bytes) == (5, 0)
        assert cloud.list_aside(MANY) == cloud.list_conflicts(MANY) == ()

    def test_a_connection_is_told_and_ends(self, cloud: CloudPort, world: World) -> None:
        world.join()
        view = cloud.view()
        assert (view.is_connected, view.url, view.device_name, view.clinic_names) == (True, URL, NAME, CLINICS)
        cloud.disconnect()
        assert not cloud.view().is_connected
        assert cloud.view().url == ""

    def test_ending_a_connection_keeps_what_waits(self, cloud: CloudPort, world: World) -> None:
        world.join()
        world.put_aside("patients", P1, "other_clinic")
        world.lose("patients", P2, ("camp", "A", "B"))
        cloud.disconnect()
        assert (cloud.view().set_aside, cloud.view().conflicts) == (1, 1)

    def test_rounds_are_paused_and_run_again(self, cloud: CloudPort, world: World) -> None:
        world.join()
        cloud.pause()
        cloud.pause()
        assert cloud.view().is_paused
        cloud.resume()
        assert not cloud.view().is_paused

    @pytest.mark.parametrize("refill", [False, True])
    def test_after_a_decision_nothing_holds_the_rounds_up(self, cloud: CloudPort, world: World, refill: bool) -> None:
        world.join()
        world.stop_for("looks_empty")
        assert cloud.view().halt == "looks_empty"
        cloud.go_on(refill=refill)
        assert cloud.view().halt is None

    def test_minutes_and_the_daily_limit_are_remembered(self, cloud: CloudPort) -> None:
        cloud.choose_minutes(30)
        cloud.choose_daily_limit(50)
        assert (cloud.view().minutes, cloud.view().daily_limit_bytes) == (30, 50_000_000)
        cloud.choose_daily_limit(0)
        assert cloud.view().daily_limit_bytes == 0

    @pytest.mark.parametrize("minutes", [0, -5, 1441])
    def test_impossible_minutes_are_refused(self, cloud: CloudPort, minutes: int) -> None:
        with pytest.raises(InvalidInput) as refusal:
            cloud.choose_minutes(minutes)
        assert refusal.value.context["path"] == "minutes"
        assert cloud.view().minutes == 5

    @pytest.mark.parametrize("megabytes", [-1, 10**9])
    def test_an_impossible_limit_is_refused(self, cloud: CloudPort, megabytes: int) -> None:
        with pytest.raises(InvalidInput) as refusal:
            cloud.choose_daily_limit(megabytes)
        assert refusal.value.context["path"] == "megabytes"

    def test_what_is_set_aside_is_listed_and_tried_again(self, cloud: CloudPort, world: World) -> None:
        world.join()
        world.put_aside("patients", P1, "other_clinic")
        world.put_aside("patients", P2, "other_clinic")
        listed = cloud.list_aside(MANY)
        assert {(each.table, each.record_id, each.reason) for each in listed} == {
            ("patients", P1, "other_clinic"),
            ("patients", P2, "other_clinic"),
        }
        assert len(cloud.list_aside(1)) == 1
        cloud.retry("patients", P1)
        assert [each.record_id for each in cloud.list_aside(MANY)] == [P2]
        cloud.retry()
        assert cloud.view().set_aside == 0

    def test_what_is_set_aside_is_given_up(self, cloud: CloudPort, world: World) -> None:
        world.join()
        world.put_aside("patients", P1, "other_clinic")
        cloud.discard("patients", P1)
        assert cloud.list_aside(MANY) == ()
        with pytest.raises(NotFound):
            cloud.discard("patients", P1)

    def test_a_conflict_tells_both_values_and_is_settled(self, cloud: CloudPort, world: World) -> None:
        version = world.lose("patients", P1, ("camp", "North", "South"))
        (conflict,) = cloud.list_conflicts(MANY)
        assert (conflict.table, conflict.record_id, conflict.version) == ("patients", P1, version)
        assert [(each.column, each.current, each.other) for each in conflict.values] == [("camp", "North", "South")]
        assert not conflict.is_deleted
        cloud.settle(version)
        assert cloud.list_conflicts(MANY) == ()
        with pytest.raises(NotFound):
            cloud.settle(version)

    def test_a_conflict_that_is_restored_is_settled_too(self, cloud: CloudPort, world: World) -> None:
        version = world.lose("patients", P1, ("camp", "North", "South"))
        cloud.restore("patients", P1, version)
        assert cloud.view().conflicts == 0

    def test_an_unknown_version_cannot_be_restored(self, cloud: CloudPort, world: World) -> None:
        version = world.lose("patients", P1, ("camp", "North", "South"))
        with pytest.raises(NotFound):
            cloud.restore("patients", P1, version + 1)
        with pytest.raises(NotFound):
            cloud.restore("patients", "nobody", version)
        assert cloud.view().conflicts == 1


class ConnectingContract:
    """Subclasses give the fixture ``cloud``: a port that reaches clouds at URL and OTHER_URL; both know KEY."""

    def test_the_right_key_connects(self, cloud: CloudPort) -> None:
        cloud.connect(URL, KEY)
        view = cloud.view()
        assert (view.is_connected, view.url, view.device_name) == (True, URL, NAME)

    def test_what_paste_brought_along_is_no_part_of_address_and_key(self, cloud: CloudPort) -> None:
        cloud.connect(f"\u200f {URL}/\n", f" \ufeff{KEY}\t")
        assert cloud.view().url == URL

    @pytest.mark.parametrize(("url", "key", "path"), [("", KEY, "url"), ("ftp://x", KEY, "url"), (URL, "", "key")])
    def test_what_cannot_be_right_is_named(self, cloud: CloudPort, url: str, key: str, path: str) -> None:
        with pytest.raises(InvalidInput) as refusal:
            cloud.connect(url, key)
        assert refusal.value.context["path"] == path
        assert not cloud.view().is_connected

    def test_an_address_without_encryption_is_refused(self, cloud: CloudPort) -> None:
        with pytest.raises(InvalidInput):
            cloud.connect(URL.replace("https:", "http:"), KEY)

    def test_an_unknown_key_is_refused_and_the_connection_stays(self, cloud: CloudPort) -> None:
        cloud.connect(URL, KEY)
        with pytest.raises(CloudKeyRefused):
            cloud.connect(URL, "not-the-key")
        assert cloud.view().is_connected

    def test_another_cloud_is_asked_about_first(self, cloud: CloudPort) -> None:
        cloud.connect(URL, KEY)
        cloud.connect(URL, KEY)
        with pytest.raises(OtherCloud):
            cloud.connect(OTHER_URL, KEY)
        assert cloud.view().url == URL
        cloud.connect(OTHER_URL, KEY, may_replace=True)
        assert cloud.view().url == OTHER_URL
