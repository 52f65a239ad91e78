"""The real program with a passphrase at its start, and how everything is erased in it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from db.clock import SystemClock
from db.settings import Setting, write_setting
from kiosk.keystore import Keystore, KeystoreChoice
from kiosk.opening import open_beside
from kiosk.passphrase import set_passphrase
from kiosk.paths import DataFolder
from kiosk.recovery import new_recovery_code
from tests.e2e.kiosk_pages import TOLD, KioskPages
from tests.e2e.server import NURSE, RunningServer
from tests.kiosk.backups import file_config
from tests.polling import eventually

PASSPHRASE, NAME = "correct horse", "North Clinic"
CHEAP = 2


@pytest.fixture
def folder(staffed_folder: Path, tmp_path: Path) -> DataFolder:
    """A clinic's, whose recovery code somebody has seen."""
    shutil.copytree(staffed_folder, tmp_path / "data")
    config = file_config(tmp_path / "data")
    key, database = open_beside(config, SystemClock())
    new_recovery_code(config.folder, database, key.secret, cost=CHEAP)
    with database.write() as transaction:
        write_setting(transaction, Setting.RECOVERY_CODE_SEEN, "yes")
        write_setting(transaction, Setting.SERVER_NAME, NAME)
    database.close()
    return config.folder


@pytest.fixture
def locked_folder(folder: DataFolder) -> DataFolder:
    """The same; it opens with PASSPHRASE only."""
    keystore = Keystore(folder, KeystoreChoice.FILE)
    set_passphrase(folder, keystore, keystore.open().secret, PASSPHRASE, cost=CHEAP)
    return folder


@pytest.fixture
def servers() -> Iterator[list[RunningServer]]:
    started: list[RunningServer] = []
    yield started
    for server in started:
        server.kill()


def visitor_of(open_url: str) -> tuple[requests.Session, str]:
    url, _, token = open_url.partition("/open#")
    session = requests.Session()
    session.trust_env = False
    session.headers["Origin"] = url
    assert session.post(url + "/session", data={"token": token}).status_code == 204
    return session, url


def test_without_a_window_the_passphrase_comes_on_standard_input(
    locked_folder: DataFolder, servers: list[RunningServer]
) -> None:
    servers.append(RunningServer(locked_folder.root, port=0, passphrase=PASSPHRASE))
    servers[0].start()
    assert requests.get(servers[0].phones_url + "/health", timeout=10).ok


def test_a_window_asks_for_it_and_phones_are_served_at_the_same_address_of_the_pages(
    locked_folder: DataFolder, servers: list[RunningServer]
) -> None:
    servers.append(RunningServer(locked_folder.root, port=0, is_attended=True))
    servers[0].start()
    assert servers[0].ready["phones"] is None
    visitor, url = visitor_of(servers[0].ui_url)
    assert "Type the passphrase" in visitor.get(url).text
    assert visitor.post(url + "/passphrase", data={"passphrase": "battery staple"}).status_code == 403
    visitor.post(url + "/passphrase", data={"passphrase": PASSPHRASE})
    eventually(lambda: "Phones can sync" in visitor.get(url).text, deadline_s=30)
    phones = eventually(lambda: json.loads(locked_folder.runtime_file.read_text())["phones_url"], deadline_s=30)
    assert requests.get(phones + "/health", timeout=10).ok


@pytest.mark.parametrize("at_start", [None, PASSPHRASE])
def test_a_restore_ends_well_where_the_passphrase_was_set_or_changed_since_the_start(
    folder: DataFolder, servers: list[RunningServer], at_start: str | None
) -> None:
    keystore = Keystore(folder, KeystoreChoice.FILE)
    key = keystore.open().secret
    if at_start:
        set_passphrase(folder, keystore, key, at_start, cost=CHEAP)
    servers.append(RunningServer(folder.root, port=0, passphrase=at_start))
    servers[0].start()
    pages = KioskPages(servers[0])
    file = pages.backed_up(folder.root)
    set_passphrase(folder, keystore, key, "battery staple", cost=CHEAP)
    assert TOLD in pages.restored(file)
    eventually(lambda: "Phones can sync" in pages.text("/"), deadline_s=30)
    assert folder.passphrase_file.exists()


def test_everything_is_erased_and_the_program_is_at_its_first_run(
    folder: DataFolder, servers: list[RunningServer]
) -> None:
    servers.append(RunningServer(folder.root, port=0))
    server = servers[0]
    server.start()
    visitor, url = visitor_of(server.ui_url)
    old_key = folder.key_file.read_text()
    page = visitor.post(url + "/erase", data={"name": NAME, "backup": "yes"}).text
    fields = dict(re.findall(r'name="(name|kept|backups_too)" value="([^"]*)"', page))
    assert (folder.backups / fields["kept"]).is_file()
    assert "Erasing everything" in visitor.post(url + "/erase/now", data=fields).text
    running = eventually(lambda: _another_server(folder, url), deadline_s=30)
    visitor, url = visitor_of(f"{running['ui_url']}/open#{running['token']}")
    assert 'id="server_name"' in visitor.get(url).text
    assert folder.key_file.read_text() != old_key
    assert NURSE.email not in server.cli("--json", "user", "list").stdout
    assert [path.name for path in folder.backups.iterdir()] == [fields["kept"]]


def _another_server(folder: DataFolder, url: str) -> dict[str, str] | None:
    try:
        running: dict[str, str] = json.loads(folder.runtime_file.read_text())
    except FileNotFoundError:
        return None
    return running if running["ui_url"] != url else None
