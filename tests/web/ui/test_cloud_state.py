"""The sentence about the cloud in each state, and what can be done then."""

from __future__ import annotations

import pytest

from db.cloud.state import Halt
from tests.fakes.cloud_port import MINUTE, FakeCloud
from tests.fakes.kiosk_port import START_MS, FakeKioskPort
from web.i18n import LANGUAGES, load_catalogue
from web.ui.cloud_state import CloudState, cloud_state
from web.ui.cloud_troubles import Trouble

HOUR = 60 * MINUTE
PHASES = ("checking", "pulling", "pushing", "confirming")


@pytest.fixture
def cloud() -> FakeCloud:
    """Connected; 12,431 records are here and everything is in the cloud."""
    cloud = FakeKioskPort().cloud
    cloud.join()
    cloud.hold(12_431, 0)
    cloud.round_ends(ago_ms=5 * MINUTE)
    return cloud


def state(cloud: FakeCloud, language: str = "en") -> CloudState:
    return cloud_state(cloud.view(), START_MS, load_catalogue().translator(language))


def choices(told: CloudState) -> list[str]:
    return [choice.address for choice in told.choices]


def test_without_a_connection_there_is_one_sentence_and_a_way_to_connect() -> None:
    told = state(FakeKioskPort().cloud)
    assert told.headline == "Not connected to a cloud"
    assert len(told.sentences) == 1
    assert [(each.address, each.is_link) for each in told.choices] == [("/cloud/connect", True)]


def test_right_after_connecting_the_first_round_is_awaited(cloud: FakeCloud) -> None:
    cloud.disconnect()
    cloud.join()
    assert state(cloud).headline == "The first sync with the cloud is about to start"


def test_when_nothing_waits_everything_is_in_the_cloud(cloud: FakeCloud) -> None:
    told = state(cloud)
    assert (told.tone, told.headline) == ("good", "Everything is in the cloud")
    assert told.sentences == ("Next sync in 4 minutes.",)
    assert choices(told) == ["/cloud/sync"]


@pytest.mark.parametrize(
    ("waiting", "headline"),
    [(1, "1 record waits to be uploaded"), (1_200, "1,200 records wait to be uploaded")],
)
def test_what_waits_is_a_number(cloud: FakeCloud, waiting: int, headline: str) -> None:
    cloud.hold(12_431, waiting)
    assert state(cloud).headline == headline


def test_what_is_set_aside_is_never_called_uploaded(cloud: FakeCloud) -> None:
    cloud.put_aside("patients", "p1")
    assert state(cloud).headline == "Everything else is in the cloud"


def test_being_offline_is_told_calmly_with_what_waits_and_the_next_try(cloud: FakeCloud) -> None:
    cloud.hold(12_431, 12)
    cloud.round_ends("cloud_offline")
    told = state(cloud)
    assert told.tone == "off"
    assert " ".join((f"{told.headline}.", *told.sentences)) == (
        "No internet just now. 12 records wait here. Next try in 4 minutes."
    )


def test_a_failure_of_another_release_is_told_as_one_that_passes(cloud: FakeCloud) -> None:
    cloud.round_ends("not_invented_yet")
    told = state(cloud)
    assert (told.tone, told.headline) == ("off", "The cloud is not ready just now")
    assert "tried again by itself" in told.sentences[0]


@pytest.mark.parametrize(
    ("result", "advice"),
    [
        ("not_the_cloud", "open any web page in a browser and sign in there"),
        ("cloud_not_trusted", "Check the date and time of this computer"),
        ("cloud_push_too_large", "call support"),
        ("disk_full", "Free some space"),
        ("internal", "call support"),
    ],
)
def test_what_somebody_has_to_do_is_said(cloud: FakeCloud, result: str, advice: str) -> None:
    cloud.round_ends(result)
    told = state(cloud)
    assert told.tone == "warn"
    assert advice in told.sentences[0]
    assert choices(told) == ["/cloud/sync"]


@pytest.mark.parametrize("phase", PHASES)
def test_a_round_under_way_tells_its_phase_and_counts(cloud: FakeCloud, phase: str) -> None:
    cloud.round_runs(phase, 1_200, 5_000)
    told = state(cloud)
    assert told.progress is not None
    assert (told.tone, told.progress.count, told.progress.done, told.progress.total) == (
        *("busy", "1,200 of 5,000"),
        *(1_200, 5_000),
    )


def test_a_round_may_not_know_how_much_there_will_be(cloud: FakeCloud) -> None:
    cloud.round_runs("pulling")
    told = state(cloud).progress
    assert told is not None
    assert (told.phase, told.count, told.total) == ("Receiving what is new", "", None)
    cloud.round_runs("pulling", 340)
    told = state(cloud).progress
    assert told is not None
    assert told.count == "340 records so far"


def test_a_round_that_does_more_than_it_thought_never_says_so(cloud: FakeCloud) -> None:
    cloud.round_runs("pushing", 12, 10)
    told = state(cloud).progress
    assert told is not None
    assert told.count == "10 of 10"


def test_during_a_round_another_one_can_be_asked_for(cloud: FakeCloud) -> None:
    before = state(cloud).choices[0]
    cloud.round_runs("pulling")
    after = state(cloud).choices[0]
    assert (before.id, before.address) == (after.id, after.address)
    assert (before.label, after.label) == ("Sync now", "Once more after this")


def test_a_pause_says_how_it_ends(cloud: FakeCloud) -> None:
    cloud.hold(12_431, 3)
    cloud.pause()
    told = state(cloud)
    assert told.headline == "Syncing with the cloud is paused"
    assert told.sentences[0] == "3 records wait here."
    assert choices(told) == ["/cloud/resume", "/cloud/sync"]


@pytest.mark.parametrize("halt", [Halt.LOOKS_EMPTY, Halt.OTHER_CLOUD])
def test_a_cloud_that_is_not_as_before_waits_for_a_decision(cloud: FakeCloud, halt: Halt) -> None:
    cloud.stop_for(halt.value)
    told = state(cloud)
    assert told.tone == "bad"
    assert choices(told) == ["/cloud/go-on", "/cloud/refill"]
    assert told.choices[1].is_link  # a question comes before everything is sent


def test_a_refused_key_asks_for_a_new_one_however_it_is_found(cloud: FakeCloud) -> None:
    cloud.round_ends("cloud_key_refused")
    found = state(cloud)
    cloud.stop_for("key_refused")
    assert state(cloud) == found
    assert choices(found) == ["/cloud/connect"]


@pytest.mark.parametrize(("ahead_ms", "is_told"), [(0, False), (-9 * MINUTE, False), (-HOUR, True), (HOUR, True)])
def test_a_wrong_clock_is_told_whatever_the_state(cloud: FakeCloud, ahead_ms: int, is_told: bool) -> None:
    cloud.set_clock_ahead(ahead_ms)
    assert any("The date or time" in sentence for sentence in state(cloud).sentences) is is_told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_halt_and_trouble_has_a_headline_of_its_own(language: str) -> None:
    words = load_catalogue().translator(language)
    keys = [f"cloud.halt.{halt.value}" for halt in Halt]
    keys += [f"cloud.trouble.{trouble.value}" for trouble in Trouble if trouble is not Trouble.KEY]
    assert len({words.text(key) for key in keys}) == len(keys)
