from __future__ import annotations

import http.client
import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from db.errors import KeyMissing, PortTaken, WrongKey
from db.files import UNCLEAN_NAME
from db.settings import Setting, read_setting
from kiosk.hub import build_hub
from kiosk.runtime_file import RunningServer
from tests.fakes.network import WIFI, FakeNetwork
from tests.kiosk.hubs import LOOPBACK, built_hub, config_of
from web.ui.ports import ServingState


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as other:
        yield other.getsockname()[1]


def status_of(address: str, path: str, headers: dict[str, str] | None = None) -> int:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        connection.request("GET", path, headers=headers or {})
        return connection.getresponse().status
    finally:
        connection.close()


def is_open(server: RunningServer) -> bool:
    """Whether the launch token opens the pages."""
    return status_of(server.ui_url, "/state", {"Authorization": f"Bearer {server.token}"}) == 200


def test_once_started_it_serves_phones_and_pages_and_says_where(tmp_path: Path) -> None:
    with built_hub(tmp_path) as hub:
        server = hub.start()
        assert server.pid == os.getpid()
        assert server.phones_url is not None
        assert status_of(server.phones_url, "/health") == 200
        assert is_open(server)
        assert status_of(server.ui_url, "/state") == 401


def test_the_phones_have_no_page_of_the_kiosk_and_the_kiosk_no_route_of_the_phones(tmp_path: Path) -> None:
    with built_hub(tmp_path) as hub:
        server = hub.start()
        assert server.phones_url is not None
        token = {"Authorization": f"Bearer {server.token}"}
        assert status_of(server.phones_url, "/state", token) == 404
        assert status_of(server.ui_url, "/sync", token) == 404


def test_each_launch_has_its_own_token(tmp_path: Path) -> None:
    tokens = set()
    for _ in range(2):
        with built_hub(tmp_path) as hub:
            tokens.add(hub.start().token)
    assert len(tokens) == 2


def test_after_a_stop_nothing_listens_and_nothing_is_left_to_check(tmp_path: Path) -> None:
    with built_hub(tmp_path) as hub:
        server = hub.start()
        assert (tmp_path / UNCLEAN_NAME).exists()
    assert not (tmp_path / UNCLEAN_NAME).exists()
    for address in (server.ui_url, server.phones_url or ""):
        with pytest.raises(ConnectionRefusedError):
            status_of(address, "/")


def test_a_taken_port_ends_the_start_of_a_server_that_nobody_watches(tmp_path: Path, taken: int) -> None:
    with built_hub(tmp_path, port=taken) as hub, pytest.raises(PortTaken) as refusal:
        hub.start()
    assert refusal.value.context["port"] == taken


def test_behind_a_window_the_pages_of_a_server_without_its_port_are_there_to_tell(tmp_path: Path, taken: int) -> None:
    hub = build_hub(config_of(tmp_path, port=taken, is_attended=True))
    try:
        server = hub.start()
        assert server.phones_url is None
        assert is_open(server)
        assert hub.control.status().state is ServingState.FIRST_RUN
    finally:
        hub.stop()


def test_the_addresses_of_the_computer_are_what_is_handed_in(tmp_path: Path) -> None:
    with built_hub(tmp_path, addresses=FakeNetwork(WIFI)) as hub:
        server = hub.start()
        assert server.phones_url == f"http://{WIFI.ip}:{hub.listener.state.port}"


@pytest.mark.parametrize("setting", [Setting.SERVER_ID, Setting.TOKEN_KEY])
def test_what_phones_know_the_server_by_survives_a_restart(tmp_path: Path, setting: Setting) -> None:
    values = set()
    for _ in range(2):
        with built_hub(tmp_path) as hub, hub.store.database.read() as snapshot:
            values.add(read_setting(snapshot, setting))
    assert len(values) == 1
    assert None not in values


def test_no_key_is_made_for_a_database_that_has_one_elsewhere(tmp_path: Path) -> None:
    with built_hub(tmp_path):
        pass
    key = tmp_path / "key"
    key.rename(tmp_path / "elsewhere")
    with pytest.raises(KeyMissing):
        build_hub(config_of(tmp_path))
    assert not key.exists()
    key.write_text("ab" * 32)
    with pytest.raises(WrongKey):
        build_hub(config_of(tmp_path))
    (tmp_path / "elsewhere").replace(key)
    with built_hub(tmp_path) as hub:
        assert hub.control.status().state is ServingState.FIRST_RUN


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in access lists")
def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    with built_hub(tmp_path):
        assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
