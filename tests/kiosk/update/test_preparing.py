"""Whatever is wrong with a file is found while the server still serves, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db.errors import DiskFull, HubError
from db.update_errors import (
    UpdateDamaged,
    UpdateFailed,
    UpdateNeedsNoPassphrase,
    UpdateNotNewer,
    UpdateNotTrusted,
    UpdateOfOtherSystem,
    UpdateTooFarAhead,
)
from kiosk import __version__
from kiosk.free_space import free_bytes
from kiosk.update.place import Plan, UpdatePlace
from kiosk.update.preparing import prepare, serve_words
from tests.updates import BROKEN, NEXT, START, Publisher
from web.ui.update_port import Stage

SERVE = ("--port", "4001")


def prepared(place: UpdatePlace, file: Path, publisher: Publisher, free: int = 10**12) -> Plan:
    return prepare(place, file, [publisher.public], SERVE, lambda stage, done: None, lambda folder: free)


def test_a_program_lies_ready_and_has_no_effect_yet(place: UpdatePlace, publisher: Publisher) -> None:
    stages: list[Stage] = []
    watch = lambda stage, done: stages.append(stage)  # noqa: E731 - two arguments, one line
    plan = prepare(place, publisher.small_update(), [publisher.public], SERVE, watch)
    assert plan == Plan(version=NEXT, start=f"program/{NEXT}/{START}", serve=SERVE)
    assert (place.folder.root / plan.start).is_file()
    assert list(dict.fromkeys(stages)) == [Stage.CHECKING, Stage.UNPACKING, Stage.TESTING]
    assert place.pointer() is None


def test_a_second_try_begins_anew(place: UpdatePlace, publisher: Publisher) -> None:
    file = publisher.small_update()
    assert prepared(place, file, publisher) == prepared(place, file, publisher)


def refusals(publisher: Publisher) -> list[tuple[Path, type[HubError]]]:
    stranger = Publisher(publisher.folder, Ed25519PrivateKey.generate())
    damaged = publisher.small_update()
    content = bytearray(damaged.read_bytes())
    content[-700] ^= 4
    damaged.write_bytes(content)
    return [
        (damaged, UpdateDamaged),
        (stranger.small_update(), UpdateNotTrusted),
        (publisher.small_update("0.0.1"), UpdateNotNewer),
        (publisher.small_update(__version__), UpdateNotNewer),
        (publisher.small_update(platform="plan9-vax"), UpdateOfOtherSystem),
        (publisher.small_update(minimum_version="98.0.0"), UpdateTooFarAhead),
        (publisher.small_update(text=BROKEN), UpdateFailed),
    ]


def test_what_does_not_fit_is_refused_and_nothing_is_left(place: UpdatePlace, publisher: Publisher) -> None:
    for file, kind in refusals(publisher):
        with pytest.raises(kind):
            prepared(place, file, publisher)
        assert list(place.folder.program.iterdir()) == []


def test_while_a_passphrase_is_needed_nobody_could_try_the_new_program(
    place: UpdatePlace, publisher: Publisher
) -> None:
    place.folder.passphrase_file.write_bytes(b"{}")
    with pytest.raises(UpdateNeedsNoPassphrase):
        prepared(place, publisher.small_update("9.0.0"), publisher)
    assert not place.program("9.0.0").exists()


def test_on_a_full_disk_nothing_is_unpacked(place: UpdatePlace, publisher: Publisher) -> None:
    with pytest.raises(DiskFull):
        prepared(place, publisher.small_update(), publisher, free=10**6)
    assert list(place.folder.program.iterdir()) == []
    assert free_bytes(place.folder.root) > 0


def test_a_server_is_started_again_as_it_was() -> None:
    assert serve_words("0.0.0.0", None, is_attended=True) == ("--host", "0.0.0.0", "--attended")
    assert serve_words("127.0.0.1", 4001, is_attended=False) == ("--host", "127.0.0.1", "--port", "4001")
