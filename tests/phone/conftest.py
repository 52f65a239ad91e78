"""Fixtures of the test phones' own tests: phones of both styles that sync with the stand-in.

Knows nothing of the real server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.phone.client import Phone, PhoneDriver
from tests.phone.standin import StandIn

OpenPhone = Callable[..., Phone]
_numbers = count(1)


@pytest.fixture(scope="module")
def driver() -> Iterator[PhoneDriver]:
    """The process that holds this module's phones."""
    with PhoneDriver() as running:
        yield running


@pytest.fixture
def server() -> Iterator[StandIn]:
    """An empty stand-in."""
    with StandIn() as running:
        yield running


@pytest.fixture
def library_phone(driver: PhoneDriver, server: StandIn) -> OpenPhone:
    """Opens a library phone of schema 9, or of the ``schema`` given."""

    def open_phone(schema: int = 9) -> Phone:
        return driver.open(f"library {next(_numbers)}", server.url, schema=schema, path="/api/v2/sync")

    return open_phone


@pytest.fixture
def legacy_phone(driver: PhoneDriver, server: StandIn) -> OpenPhone:
    """Opens a first-generation phone of schema 4, or of the ``schema`` given."""

    def open_phone(schema: int = 4) -> Phone:
        return driver.open(f"legacy {next(_numbers)}", server.url, schema=schema, style="legacy")

    return open_phone
