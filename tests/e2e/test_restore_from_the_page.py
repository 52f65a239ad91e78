"""A backup is restored from the pages of the running program, on the same computer and on a new one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import psutil
import pytest

from db.clock import SystemClock
from kiosk.config import Config
from kiosk.keystore import KeystoreChoice
from kiosk.opening import open_beside
from kiosk.paths import DataFolder
from tests.db.backups import WAYS_TO_BREAK
from tests.e2e.clinic import Clinic, settle, stored, synced, unequal_after_settling
from tests.e2e.kiosk_pages import PROBLEM, TOLD, WRONG, KioskPages
from tests.e2e.rest_phone import RestPhone
from tests.e2e.server import NURSE, RunningServer
from tests.polling import eventually
from web.i18n import load_catalogue

WORDS = load_catalogue().translator("en")
PHONES = 20
PUSHED_TOGETHER = 3


class Load:
    """Phones that push patients as fast as they can. ``acknowledged``: the ids of each push that was answered."""

    def __init__(self, server: RunningServer) -> None:
        self.acknowledged: list[tuple[str, ...]] = []
        self._url = server.phones_url
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._push, args=(number,)) for number in range(PHONES)]

    @contextmanager
    def running(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in self._threads:
                thread.join()

    def ids(self) -> set[str]:
        return set().union(*self.acknowledged)

    def _push(self, phone: int) -> None:
        caller = RestPhone(self._url)
        caller.pull()
        for push in count():
            if self._over.is_set():
                return
            ids = [f"load-{phone}-{push}-{row}" for row in range(PUSHED_TOGETHER)]
            caller.push_patients(*ids)
            self.acknowledged.append(tuple(ids))


@pytest.fixture
def new_computer(tmp_path: Path) -> Iterator[RunningServer]:
    """On which nothing was set up; not started yet."""
    server = RunningServer(tmp_path / "new computer")
    yield server
    server.kill()


def test_a_backup_under_the_load_of_twenty_phones_is_restored_on_a_new_computer(
    clinic: Clinic, new_computer: RunningServer
) -> None:
    old = KioskPages(clinic.server)
    assert old.post("/pairing/open").status_code == 303
    before, after = clinic.hub_phone(), clinic.library_phone()
    patient = before.create("patients", given_name="Amal")
    settle(before, after)
    code, load = old.recovery_code(), Load(clinic.server)
    with load.running():
        eventually(lambda: len(load.acknowledged) >= PHONES)
        begun = load.ids()
        file = old.backed_up(clinic.server.data_folder)
        ended = len(load.acknowledged)
        eventually(lambda: len(load.acknowledged) > ended)
    after.update("patients", patient, surname="after the backup")
    made = after.create("patients", given_name="Amira")
    synced(after)
    clinic.server.kill()

    clinic.server = new_computer
    clinic.server.start()
    pages = KioskPages(clinic.server)
    assert WORDS.text("first_run.backup.restore") in pages.text("/")
    assert WRONG in pages.looked_at(file)
    assert TOLD in pages.restored(file, code.lower().replace("-", " "))
    eventually(lambda: WORDS.text("restore.told.serving") in pages.text("/restore"))
    scripted = RestPhone(clinic.server.phones_url)
    held = scripted.pulled_ids()
    assert begun <= held
    for push in load.acknowledged:  # nothing is half there
        assert len(held.intersection(push)) in (0, PUSHED_TOGETHER)
    lost = load.ids() - held
    assert lost
    scripted.push_patients(*sorted(lost))  # as the page says: what was sent after the backup is sent again
    for phone in (before, after):
        phone.connect(base_url=clinic.server.phones_url)
        assert phone.sync().ok
    after.update("patients", made, phone="1")  # ... and what was not, comes back when it is edited
    assert unequal_after_settling(before, after) == []
    assert before.rows("patients").keys() == load.ids() | {patient, made}
    assert stored(after, "patients", patient)["surname"] == ""
    assert stored(before, "patients", made)["given_name"] == "Amira"


def test_on_the_same_computer_a_broken_backup_changes_nothing_and_a_good_one_says_which_phones_have_to_upload(
    running_server: RunningServer, tmp_path: Path
) -> None:
    phone, broken = RestPhone(running_server.phones_url), tmp_path / "broken"
    phone.push_patients("kept")
    pid, pages = running_server.pid, KioskPages(running_server)
    file = pages.backed_up(running_server.data_folder)
    phone.pull()
    phone.push_patients("lost")
    for way in ("half of it", "a bit in the middle"):
        broken.write_bytes(WAYS_TO_BREAK[way](file.read_bytes()))
        page = pages.looked_at(broken)
        assert PROBLEM in page
        assert WORDS.error("backup_damaged") in page
    assert RestPhone(running_server.phones_url).pulled_ids() == {"kept", "lost"}
    page = pages.restored(file)
    assert WORDS.text("phones.phone_of", user=NURSE.name) in page
    assert WORDS.text("restore.late.sent", count=1) in page
    eventually(lambda: WORDS.text("restore.told.serving") in pages.text("/restore"))
    assert (running_server.pid, RestPhone(running_server.phones_url).pulled_ids()) == (pid, {"kept"})
    (aside,) = (running_server.data_folder / "replaced").iterdir()
    assert str(aside) in page
    assert WORDS.text("notices.restored") in pages.text("/")
    assert pages.post("/restore/dismiss").headers["Location"] == "/"
    assert WORDS.text("notices.restored") not in pages.text("/")
    assert running_server.stop() == 0


def test_who_restores_a_backup_with_another_pin_is_not_locked_out_and_is_told_which_pin_holds(
    running_server: RunningServer,
) -> None:
    pages = KioskPages(running_server)
    pages.post("/settings/pin", pin="1111", again="1111")
    pages.post("/settings/idle", minutes="5")
    file = pages.backed_up(running_server.data_folder)
    pages.post("/settings/pin", pin="2222", again="2222")
    assert WORDS.text("restore.told.pin") in pages.restored(file)
    eventually(lambda: WORDS.text("state.serving") in pages.text("/"))
    assert pages.post("/settings/pin", pin="3333", again="3333").status_code == 200
    pages.post("/lock")
    assert pages.post("/unlock", pin="3333").headers["Location"] == "/"


def test_whoever_restores_a_backup_from_before_the_pin_is_told_that_there_is_none_now(
    running_server: RunningServer,
) -> None:
    pages = KioskPages(running_server)
    file = pages.backed_up(running_server.data_folder)
    pages.post("/settings/pin", pin="1111", again="1111")
    assert WORDS.text("restore.told.no_pin") in pages.restored(file)


def test_while_a_command_has_the_database_open_the_old_one_is_served_again_and_that_is_said(
    running_server: RunningServer,
) -> None:
    phone, pages = RestPhone(running_server.phones_url), KioskPages(running_server)
    file = pages.backed_up(running_server.data_folder)
    phone.push_patients("newer")
    config = Config(DataFolder(running_server.data_folder), keystore=KeystoreChoice.FILE)
    with closing(open_beside(config, SystemClock())[1]) as database, database.read() as snapshot:
        snapshot.begin()
        page = pages.restored(file)
    assert WORDS.text("restore.failure.storage_busy") in page
    assert WORDS.text("restore.nothing_changed") in page
    eventually(lambda: WORDS.text("action.stop") in pages.text("/"))
    assert phone.pulled_ids() == {"newer"}
    assert TOLD in pages.restored(file)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process cannot be limited from outside")
def test_a_disk_that_takes_no_more_leaves_the_old_records_and_phones_go_on(running_server: RunningServer) -> None:
    import resource

    phone, pages = RestPhone(running_server.phones_url), KioskPages(running_server)
    file = pages.backed_up(running_server.data_folder)
    phone.push_patients("newer")
    process = psutil.Process(running_server.pid)
    limits = process.rlimit(resource.RLIMIT_FSIZE)
    process.rlimit(resource.RLIMIT_FSIZE, (file.stat().st_size // 2, limits[1]))
    page = pages.restored(file)
    process.rlimit(resource.RLIMIT_FSIZE, limits)
    assert WORDS.text("restore.failure.storage_failed") in page or WORDS.text("restore.failure.disk_full") in page
    assert WORDS.text("restore.nothing_changed") in page
    assert phone.pulled_ids() == {"newer"}
    assert not (running_server.data_folder / "replaced").exists()
