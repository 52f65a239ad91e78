"""A cloud, and a clinic computer that is connected with it; no setting of this computer leads requests elsewhere.

Knows nothing of what is tested with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.clock import AdjustableClock
from tests.fakes.cloud import Cloud, running_cloud
from tests.kiosk.cloud.computer import Computer

OF_THIS_COMPUTER = ("http_proxy", "https_proxy", "all_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@pytest.fixture(autouse=True)
def no_settings_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither proxies nor roots."""
    for name in OF_THIS_COMPUTER:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")


@pytest.fixture
def clock() -> AdjustableClock:
    return AdjustableClock(1_795_356_453_915)


@pytest.fixture
def cloud(clock: AdjustableClock) -> Iterator[Cloud]:
    with running_cloud(clock) as running:
        yield running


@pytest.fixture
def make_computer(tmp_path: Path, clock: AdjustableClock) -> Iterator[Callable[..., Computer]]:
    made: list[Computer] = []

    def make(name: str = "hub", **options: object) -> Computer:
        made.append(Computer(tmp_path / name, clock, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for computer in made:
        computer.close()


@pytest.fixture
def computer(make_computer: Callable[..., Computer], cloud: Cloud) -> Computer:
    """Connected, and past its first full pull."""
    made = make_computer()
    made.enrol(cloud)
    made.sync()
    return made
