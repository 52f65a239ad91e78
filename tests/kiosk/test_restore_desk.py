"""A restore from the page: looked at and made ready beside the open database, and called off without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from db.errors import DiskFull, StorageBusy
from db.files import STAGING_NAME
from db.recovery_code import make_code
from kiosk.backups import Backups
from kiosk.hub import Hub
from kiosk.phone_listener import PhoneListener
from kiosk.recovery import new_recovery_code
from kiosk.restore import PresentDatabase, put_in_place
from kiosk.restore_desk import RestoreDesk, failure_of_exchange
from tests.db.backups import WAYS_TO_BREAK
from tests.fakes.clock import AdjustableClock
from tests.kiosk.backups import OpenClinic, file_config, opened_clinic, patients_in
from tests.kiosk.hubs import built_hub
from tests.polling import eventually
from tests.web.ui.kiosk_port_contract import FORM
from tests.web.ui.restore_port_contract import RestorePortContract
from web.server import HttpServer, Listen
from web.ui.ports import Notice
from web.ui.restore_port import RestoreFailure, RestorePhase, RestoreStep
from web.watchdog import Watchdog

LOTS = 10**12


def nothing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("204 No Content", [])
    return []


class Scene:
    """A clinic whose database is open, a backup of it, and a desk."""

    def __init__(self, clinic: OpenClinic, backup: Path) -> None:
        self.clinic = clinic
        self.file = backup
        self.phones = PhoneListener(lambda port: HttpServer(nothing, Listen("127.0.0.1", port), Watchdog()), 0)
        self.wakes = 0
        self.desk = self.new_desk()

    def new_desk(self, free: int = LOTS, failure: RestoreFailure | None = None) -> RestoreDesk:
        present = PresentDatabase(self.clinic.store.database, self.clinic.key)
        desk = RestoreDesk(
            self.clinic.config, self.clinic.clock, present, self.phones, lambda: (), failure, lambda _: free
        )
        desk.when_ready(self._wake)
        return desk

    def _wake(self) -> None:
        self.wakes += 1

    def backup(self) -> str:
        return str(self.file)

    def is_looked_at(self) -> None:
        eventually(lambda: self.desk.view().step is not RestoreStep.LOOK)

    def failure_of(self, file: Path, code: str = "") -> str:
        self.desk.look(str(file), code)
        self.is_looked_at()
        view = self.desk.view()
        assert (view.step, view.tried_file) == (RestoreStep.CHOOSE, str(file))
        assert view.failure is not None
        assert not view.failure.was_restoring
        return view.failure.code


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    clinic = opened_clinic(tmp_path / "data", AdjustableClock())
    clinic.add_patients("kept")
    clinic.back_up(tmp_path / "b.hikma-backup")
    clinic.add_patients("lost")
    scene = Scene(clinic, tmp_path / "b.hikma-backup")
    yield scene
    scene.desk.stop()
    scene.phones.stop()
    clinic.store.database.close()


class TestRestoreDesk(RestorePortContract):
    @pytest.fixture
    def restore(self, scene: Scene) -> RestoreDesk:
        return scene.desk

    @pytest.fixture
    def world(self, scene: Scene) -> Scene:
        return scene


# Looking


@pytest.mark.parametrize("way", ["half of it", "the last byte is missing", "a bit in the middle", "something else"])
def test_a_damaged_backup_is_refused_at_the_look(scene: Scene, way: str) -> None:
    broken = scene.file.with_name("broken.hikma-backup")
    broken.write_bytes(WAYS_TO_BREAK[way](scene.file.read_bytes()))
    assert scene.failure_of(broken) == "backup_damaged"


def test_what_else_is_in_the_way_is_told_by_its_code(scene: Scene, tmp_path: Path) -> None:
    assert scene.failure_of(tmp_path / "gone") == "not_found"
    assert scene.failure_of(scene.file, "12345") == "recovery_code_mistyped"
    assert scene.failure_of(scene.file, make_code()) == "wrong_recovery_code"
    foreign = opened_clinic(tmp_path / "foreign", AdjustableClock(), "South")
    foreign.back_up(tmp_path / "foreign.hikma-backup")
    foreign.store.database.close()
    assert scene.failure_of(tmp_path / "foreign.hikma-backup") == "recovery_code_needed"
    scene.desk = scene.new_desk(free=1000)
    assert scene.failure_of(scene.file) == "disk_full"


def test_a_backup_of_another_server_is_refused_where_there_are_records(tmp_path: Path, scene: Scene) -> None:
    other = opened_clinic(tmp_path / "other", AdjustableClock(), "South")
    backups = Backups(other.folder, other.store.database, other.key, other.clock)
    code = new_recovery_code(other.folder, other.store.database, other.key, cost=2)
    made = backups.make(tmp_path / "other.hikma-backup")
    other.store.database.close()
    assert scene.failure_of(made.path, code) == "foreign_backup"
    failure = scene.desk.view().failure
    assert failure is not None
    assert failure.context == {"server": "South"}


# Restoring


def test_phones_are_kept_out_and_the_rest_is_for_whoever_runs_the_server(scene: Scene) -> None:
    scene.phones.start()
    scene.desk.look(scene.backup(), "")
    scene.is_looked_at()
    scene.desk.begin()
    staged = eventually(lambda: scene.desk.staged)
    eventually(lambda: scene.wakes == 1)
    view = scene.desk.view()
    assert (view.step, view.phase) == (RestoreStep.RESTORE, RestorePhase.SWITCH)
    assert not scene.phones.state.is_running
    with pytest.raises(StorageBusy):
        scene.phones.start()
    scene.desk.cancel()  # too late
    scene.desk.look(scene.backup(), "")
    assert scene.desk.view().step is RestoreStep.RESTORE
    scene.desk.stop()
    scene.clinic.store.close()
    put_in_place(scene.clinic.config, staged)
    assert patients_in(scene.clinic.config, scene.clinic.clock) == {"kept"}


def test_a_stick_that_is_pulled_out_after_the_question_leaves_everything_as_it_was(scene: Scene) -> None:
    scene.phones.start()
    scene.desk.look(scene.backup(), "")
    scene.is_looked_at()
    scene.file.unlink()
    scene.desk.begin()
    eventually(lambda: scene.desk.view().step is RestoreStep.CHOOSE)
    assert scene.desk.view().failure == RestoreFailure("not_found", {}, was_restoring=True)
    assert scene.phones.state.is_running
    assert scene.desk.staged is None
    assert not (scene.clinic.folder.root / STAGING_NAME).exists()


def test_phones_that_were_not_served_before_a_restore_in_vain_are_not_served_after_it(scene: Scene) -> None:
    scene.desk.look(scene.backup(), "")
    scene.is_looked_at()
    scene.file.write_bytes(b"swapped")
    scene.desk.begin()
    eventually(lambda: scene.desk.view().failure is not None)
    assert not scene.phones.state.is_running
    scene.phones.start()


def test_what_was_in_the_way_of_an_exchange_is_told_after_the_next_start(scene: Scene) -> None:
    failure = failure_of_exchange(DiskFull())
    assert scene.new_desk(failure=failure).view().failure == RestoreFailure("disk_full", {}, was_restoring=True)


# Inside the program


@contextmanager
def serving(root: Path) -> Iterator[Hub]:
    with built_hub(root) as hub:
        hub.start()
        yield hub


def test_what_follows_is_shown_until_somebody_has_read_it(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as hub:
        hub.control.complete_first_run(FORM)
        made = hub.backups.make(tmp_path / "b.hikma-backup")
        hub.control.restoring.look(str(made.path), "")
        eventually(lambda: hub.control.restoring.view().step is RestoreStep.ASK)
        hub.control.restoring.begin()
        staged = eventually(lambda: hub.restoring.staged)
        assert hub.control.changed.is_set()
        config = hub.config
    put_in_place(config, staged)
    for _ in range(2):
        with serving(tmp_path / "data") as hub:
            view = hub.control.restoring.view()
            assert view.outcome is not None
            assert (view.step, view.outcome.late, view.outcome.server_name) == (RestoreStep.TOLD, (), FORM.server_name)
            assert Path(view.outcome.aside).is_dir()
            assert Notice.RESTORED in [notice.notice for notice in hub.control.status().notices]
            assert hub.control.backups.view().result == "ok"  # the backup is still there
    with serving(tmp_path / "data") as hub:
        hub.control.dismiss(Notice.RESTORED)
        assert hub.control.restoring.view().step is RestoreStep.CHOOSE
        assert Notice.RESTORED not in [notice.notice for notice in hub.control.status().notices]


def test_closing_the_program_calls_off_a_restore(tmp_path: Path) -> None:
    config = file_config(tmp_path / "data")
    with serving(config.folder.root) as hub:
        hub.control.complete_first_run(FORM)
        made = hub.backups.make(tmp_path / "b.hikma-backup")
        hub.control.restoring.look(str(made.path), "")
        eventually(lambda: hub.control.restoring.view().step is RestoreStep.ASK)
        hub.restoring.stop()
        hub.control.restoring.begin()
        eventually(lambda: hub.control.restoring.view().failure)
        assert hub.restoring.staged is None
    with serving(config.folder.root) as hub:
        assert hub.control.server_name() == FORM.server_name
        assert hub.control.restoring.view().outcome is None
