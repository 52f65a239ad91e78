"""After a long time offline, over a line that is cut now and then: all arrives, once, and every try gets further."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

from db.errors import CloudFailure
from kiosk.cloud.round import CONFIRM_EVERY, LARGEST_BATCH
from tests.fakes.bad_line import LineQuality, bad_line
from tests.fakes.cloud import Call, Cloud
from tests.kiosk.cloud.computer import Computer, patients

MANY = 400
TRIES = 60
BAD = LineQuality(latency_s=0.01, bytes_per_s=2_000_000, cuts=0.3)


def test_what_waited_arrives_once_though_the_line_is_cut_again_and_again(computer: Computer, cloud: Cloud) -> None:
    cloud.change(is_rate_limited=False)
    ids = computer.put("patients", *patients(MANY))
    with bad_line(urlsplit(cloud.url).port or 0, BAD, seed=7) as line:
        computer.move_to(line.url)
        left = [MANY]
        while left[-1] and len(left) < TRIES:
            with contextlib.suppress(CloudFailure):
                computer.sync()
            left.append(len(computer.waiting()))
        assert line.cuts > 0
    assert left[-1] == 0, left
    assert sorted(row["id"] for row in cloud.live("patients")) == sorted(ids)


def test_of_very_many_changes_the_cloud_is_asked_in_between_what_it_kept(computer: Computer, cloud: Cloud) -> None:
    """A reply with all of them would be one that a bad line never gets to its end."""
    computer.put("patients", *patients(CONFIRM_EVERY + LARGEST_BATCH + 1))
    cloud.forget_received()
    computer.sync()
    calls = [received.call for received in cloud.received]
    pulls = [at for at, call in enumerate(calls) if call is Call.PULL]
    assert len(pulls) == 3
    assert pulls[0] == 0
    assert pulls[-1] == len(calls) - 1
    assert computer.waiting() == set()
