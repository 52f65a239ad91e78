"""The double answers as the real cloud did: every recorded exchange is asked again and the answers are compared.

Compared are status, content type, Retry-After and the whole body with the order of its keys; see recordings.py for what
is left out of a comparison. What had to happen before an exchange without being recorded is in arrangements.py.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fakes.clock import AdjustableClock
from tests.fakes.cloud import Cloud, running_cloud
from tests.fakes.cloud.arrangements import AT_THAT_MOMENT, BEFORE, nothing, organisation
from tests.fakes.cloud.recordings import Recording, comparable, names, recording

SCENARIOS: Mapping[str, range] = MappingProxyType(
    {
        "keys, sign-in and first pulls (CLOUD §1, §3)": range(1, 40),
        "pushes come back, twice the same changes nothing but problems (CLOUD §3, §4)": range(40, 46),
        "all columns there and back (CLOUD §3, §4)": range(46, 50),
        "last write wins, attributes collapse (CLOUD §4)": range(50, 60),
        "deletes and what they do to children (CLOUD §4)": range(60, 80),
        "bad references and bad values (CLOUD §4)": range(80, 100),
        "partial application, unknown tables, clinic scope (CLOUD §3, §4)": range(100, 120),
        "malformed bodies and watermarks, too many requests, wrong paths (CLOUD §1, §2)": range(120, 160),
        "lost updates, changes of scope, an item that fails (CLOUD §3, §4)": range(160, 180),
        "the database is down (CLOUD §2)": range(180, 190),
        "tombstones from 1 on, upserts after deletes (CLOUD §3, §4)": range(190, 200),
    }
)
NOT_LITERAL: Mapping[str, str] = MappingProxyType(
    {
        "30_login_ok": "the token is random",
        "32_sign_in_ok": "the token is random",
        **dict.fromkeys(
            ("135_put", "151_DELETE_api_v2_sync"), "a page of the web app: only that it is one, and which, is compared"
        ),
        **dict.fromkeys(
            ("151_GET_api_v2_nope", "151_GET_health", "151_POST_api_v2_nope"),
            "a page of the web app: only that it is one, and which, is compared",
        ),
        "191_pull_since_1_returns_all_tombstones": "its rows are seeded from itself: what made them was not recorded",
        "116_hub_pull_sees_foreign_clinic_events": "its foreign rows are seeded from itself",
    }
)
"""Recordings that prove less than others, and why. In all others only the server's own times are not compared."""


def number(name: str) -> int:
    return int(re.split(r"\D", name, maxsplit=1)[0])


def in_order(numbers: range) -> list[Recording]:
    found = [recording(name) for name in names() if number(name) in numbers]
    return sorted(found, key=lambda each: (number(each.name), each.earliest_ms, each.name))


def ask(cloud: Cloud, wanted: Recording) -> tuple[http.client.HTTPResponse, Any]:
    connection = http.client.HTTPConnection(urlsplit(cloud.url).netloc)
    connection.request(wanted.method, wanted.target, wanted.sent, dict(wanted.headers))
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    is_json = (response.getheader("Content-Type") or "").startswith("application/json")
    return response, json.loads(text) if is_json else text


def which_page(text: str) -> tuple[bool, bool]:
    return text.startswith("<!DOCTYPE html>") and "<title>Hikma Health EHR</title>" in text, "<p>Not Found</p>" in text


@pytest.mark.parametrize("numbers", SCENARIOS.values(), ids=list(SCENARIOS))
def test_each_recorded_exchange_is_answered_as_the_real_cloud_did(numbers: range) -> None:
    recordings = in_order(numbers)
    clock = AdjustableClock(recordings[0].earliest_ms - 60_000)
    with running_cloud(clock, is_seeded=False) as cloud:
        organisation(cloud)
        for wanted in recordings:
            BEFORE.get(wanted.name, nothing)(cloud, wanted)
            clock.advance(max(wanted.earliest_ms - clock.now_ms(), 0))
            AT_THAT_MOMENT.get(wanted.name, nothing)(cloud, wanted)
            response, body = ask(cloud, wanted)
            said = {name: response.getheader(name) for name in ("content-type", "retry-after", "content-length")}
            assert (wanted.name, response.status) == (wanted.name, wanted.status)
            assert said == {name: wanted.answer_headers.get(name) for name in said}, wanted.name
            if isinstance(wanted.body, str) and wanted.body.startswith("<!DOCTYPE"):
                assert which_page(body) == which_page(wanted.body)
            else:
                assert comparable(body) == comparable(wanted.body), wanted.name


def test_every_recording_is_asked_again_once() -> None:
    asked = [each.name for numbers in SCENARIOS.values() for each in in_order(numbers)]
    assert sorted(asked) == sorted(names())
    assert {*BEFORE, *AT_THAT_MOMENT} <= names()
    assert set(NOT_LITERAL) <= names()


def test_an_answer_that_says_something_else_is_told_apart() -> None:
    pulled = recording("41_hub_pull_after_create_echo").body
    other = json.loads(json.dumps(pulled))
    other["changes"]["patients"]["created"][0]["surname"] = "Haddad-Khoury"
    reordered = {**pulled, "changes": dict(reversed(pulled["changes"].items()))}
    assert comparable(other) != comparable(pulled)
    assert comparable(reordered) != comparable(pulled)
    assert comparable({"success": True}) != comparable({"success": False})
