"""A cloud with an organisation, its clock, and its hub."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.clock import AdjustableClock
from tests.fakes.cloud import Cloud, Settings, running_cloud
from tests.fakes.cloud.asking import MADE_MS, Asking, hub

MINUTE_MS = 60_000


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock(MADE_MS + MINUTE_MS)


@pytest.fixture
def cloud(clock: AdjustableClock) -> Iterator[Cloud]:
    with running_cloud(clock, Settings(is_rate_limited=False)) as cloud:
        clock.advance(MINUTE_MS)
        yield cloud


@pytest.fixture
def asking(cloud: Cloud) -> Asking:
    return hub(cloud.url, cloud.api_key)
