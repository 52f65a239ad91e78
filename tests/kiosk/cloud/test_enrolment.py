"""A key is checked before it is remembered, and another cloud is asked about (CLOUD §1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.cloud.state import Halt
from db.errors import CloudKeyRefused, CloudOffline, InvalidInput, OtherCloud
from kiosk.cloud.enrolment import end_enrolment
from tests.fakes.cloud import Cloud
from tests.fakes.cloud.organisation import CLINIC_A, CLINIC_B, HUB
from tests.kiosk.cloud.computer import Computer, patients


def test_a_right_key_is_remembered_with_what_it_is_for(make_computer: Callable[..., Computer], cloud: Cloud) -> None:
    computer = make_computer()
    computer.enrol(cloud, f"  {cloud.api_key}\n")
    access = computer.access
    assert access is not None
    assert (access.key, access.device_id, access.device_name, access.clinic_ids) == (
        cloud.api_key,
        HUB,
        "hub-a",
        (CLINIC_A,),
    )


@pytest.mark.parametrize(("key", "failure"), [("hh_wrong", CloudKeyRefused), (" ", InvalidInput)])
def test_a_wrong_key_is_not(
    make_computer: Callable[..., Computer], cloud: Cloud, key: str, failure: type[Exception]
) -> None:
    computer = make_computer()
    with pytest.raises(failure):
        computer.enrol(cloud, key)
    assert computer.access is None


def test_without_the_cloud_nothing_is_remembered(make_computer: Callable[..., Computer], cloud: Cloud) -> None:
    computer = make_computer()
    cloud.go_offline()
    with pytest.raises(CloudOffline):
        computer.enrol(cloud)
    assert computer.access is None


def test_another_computer_s_key_is_asked_about_and_then_everything_goes_to_it(computer: Computer, cloud: Cloud) -> None:
    computer.put("patients", *patients(2))
    computer.sync()
    assert computer.waiting() == set()
    cloud.seed_device("hh_other", [CLINIC_A, CLINIC_B])
    with pytest.raises(OtherCloud):
        computer.enrol(cloud, "hh_other")
    computer.enrol(cloud, "hh_other", may_replace=True)
    assert len(computer.waiting()) == 2
    computer.sync()
    assert computer.waiting() == set()
    assert len(cloud.live("patients")) == 2


def test_the_same_cloud_again_goes_on_where_it_was(computer: Computer, cloud: Cloud) -> None:
    computer.put("patients", *patients(1))
    computer.sync()
    end_enrolment(computer.database)
    assert computer.access is None
    computer.enrol(cloud)
    assert computer.waiting() == set()
    assert computer.state.is_full_pull_due


def test_a_new_key_ends_the_halt_of_a_refused_one(computer: Computer, cloud: Cloud) -> None:
    cloud.edit("devices", HUB, is_deleted=True)
    with pytest.raises(CloudKeyRefused):
        computer.sync()
    assert computer.state.halt == Halt.KEY_REFUSED
    cloud.edit("devices", HUB, is_deleted=False)
    computer.enrol(cloud)
    assert computer.state.halt == ""
