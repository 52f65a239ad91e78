"""PIN, passphrase and erasing by command: every secret comes on standard input."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.clock import SystemClock
from db.settings import Setting, read_setting, write_setting
from kiosk.cli import OK
from kiosk.keystore import Keystore
from kiosk.opening import open_beside
from kiosk.passphrase import is_passphrase_set, set_passphrase
from kiosk.paths import DataFolder
from kiosk.pin import Pin
from kiosk.recovery import new_recovery_code
from tests.kiosk.backups import file_config
from tests.kiosk.command_line import Run, is_refused

PASSPHRASE, NEW, PIN = "correct horse", "battery staple", "4711"
CHEAP = 2


def make_clinic(folder: Path, *, pin: str | None = None, passphrase: str | None = None) -> str:
    """Gives the folder's server a name, a cheap recovery code (which is returned), a PIN and a passphrase."""
    config, clock = file_config(folder), SystemClock()
    key, database = open_beside(config, clock)
    code = new_recovery_code(config.folder, database, key.secret, cost=CHEAP)
    with database.write() as transaction:
        write_setting(transaction, Setting.SERVER_NAME, "North Clinic")
    if pin:
        Pin(database, clock).set(pin)
    database.close()
    if passphrase:
        set_passphrase(config.folder, Keystore(config.folder, config.keystore), key.secret, passphrase, cost=CHEAP)
    return code


def lines(*secrets: str) -> bytes:
    return "".join(f"{secret}\n" for secret in secrets).encode()


def test_where_a_pin_is_set_the_recovery_code_is_shown_and_replaced_with_it_only(run: Run, folder: Path) -> None:
    code = make_clinic(folder, pin=PIN)
    assert is_refused(run("recovery", "show"), "pin_needed")
    assert is_refused(run("recovery", "new"), "pin_needed")
    assert is_refused(run("recovery", "new", "--new-key"), "pin_needed")
    assert is_refused(run("recovery", "show", "--pin-stdin", stdin=lines("0000")), "wrong_pin")
    assert run("--json", "recovery", "show", "--pin-stdin", stdin=lines(PIN)).json["recovery_code"] == code


def test_the_recovery_code_removes_a_forgotten_pin(run: Run, folder: Path) -> None:
    code = make_clinic(folder, pin=PIN)
    wrong = run("pin", "forgotten", "--recovery-code-stdin", stdin=lines("22"))
    assert is_refused(wrong, "recovery_code_mistyped")
    assert run("pin", "forgotten", "--recovery-code-stdin", stdin=lines(code)).code == OK
    assert run("recovery", "show").code == OK


def test_a_passphrase_that_was_set_is_asked_for(run: Run, folder: Path) -> None:
    make_clinic(folder)
    assert is_refused(run("passphrase", "off"), "invalid_input")
    assert run("passphrase", "set", "--new-passphrase-stdin", stdin=lines(PASSPHRASE)).code == OK
    assert is_refused(run("user", "list"), "passphrase_needed")


def test_a_passphrase_is_changed_and_removed_by_whoever_knows_it(run: Run, folder: Path) -> None:
    make_clinic(folder, passphrase=PASSPHRASE)
    with_it = ("--passphrase-stdin", "passphrase")
    taken = run(*with_it, "set", "--new-passphrase-stdin", stdin=lines(PASSPHRASE, NEW))
    assert is_refused(taken, "already_exists")
    assert is_refused(run(*with_it, "off", stdin=lines(NEW)), "wrong_passphrase")
    assert is_refused(run("passphrase", "off"), "passphrase_needed")
    assert run(*with_it, "change", "--new-passphrase-stdin", stdin=lines(PASSPHRASE, NEW)).code == OK
    assert run(*with_it, "off", stdin=lines(NEW)).code == OK
    assert not is_passphrase_set(DataFolder(folder))


def test_a_passphrase_needs_a_recovery_code_first(run: Run, staffed: Run) -> None:
    assert is_refused(
        run("passphrase", "set", "--new-passphrase-stdin", stdin=lines(PASSPHRASE)), "recovery_code_unseen"
    )


def test_other_commands_read_their_secret_after_the_passphrase(run: Run, folder: Path) -> None:
    make_clinic(folder, passphrase=PASSPHRASE)
    add = ("user", "add", "--email", "n@example.org", "--name", "Nour", "--clinic", "North", "--password-stdin")
    assert run("--passphrase-stdin", *add, stdin=lines(PASSPHRASE, "secret password")).code == OK
    listed = run("--json", "--passphrase-stdin", "user", "list", stdin=lines(PASSPHRASE))
    assert [user["email"] for user in listed.json] == ["n@example.org"]


def test_support_can_look_into_a_folder_with_a_passphrase(run: Run, folder: Path) -> None:
    make_clinic(folder, passphrase=PASSPHRASE)
    without, with_it = run("--json", "doctor"), run("--json", "--passphrase-stdin", "doctor", stdin=lines(PASSPHRASE))
    verdicts = [
        {check["name"]: check["reason"] for check in said.json["checks"]}["database"] for said in (without, with_it)
    ]
    assert verdicts == ["cannot_open", "not_due"]


def test_the_recovery_code_ends_a_forgotten_passphrase(run: Run, folder: Path) -> None:
    code = make_clinic(folder, passphrase=PASSPHRASE)
    assert run("passphrase", "forgotten", "--recovery-code-stdin", stdin=lines(code)).code == OK
    assert run("user", "list").code == OK
    again = run("passphrase", "forgotten", "--recovery-code-stdin", stdin=lines(code))
    assert is_refused(again, "invalid_input")


def test_everything_is_erased_after_a_last_backup(run: Run, folder: Path) -> None:
    code = make_clinic(folder)
    assert is_refused(run("erase", "--name", "South Clinic"), "invalid_input")
    done = run("--json", "erase", "--name", "North Clinic")
    assert done.code == OK
    assert done.json["recovery_code"] == code
    assert Path(done.json["backup"]).is_file()
    assert not (folder / "clinic.db").exists()
    assert is_refused(run("erase", "--name", "North Clinic"), "not_found")


@pytest.mark.parametrize("words", [("--no-backup", "--backups-too")])
def test_nothing_is_left_where_that_is_wanted(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    make_clinic(folder)
    assert run("backup", "create").code == OK
    assert run("erase", "--name", "North Clinic", *words).code == OK
    assert list(folder.rglob("*.hikma-backup")) == []


def test_the_pin_is_gone_from_the_database_after_it_was_forgotten(run: Run, folder: Path) -> None:
    code = make_clinic(folder, pin=PIN)
    run("pin", "forgotten", "--recovery-code-stdin", stdin=lines(code))
    _, database = open_beside(file_config(folder), SystemClock())
    with database.read() as snapshot:
        assert not read_setting(snapshot, Setting.PIN)
    database.close()
