"""The command line: its words, its output, its exit codes (docs/command-line.md).

Knows nothing of how things are done; the commands are in kiosk/commands.py.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from db.errors import HubError, PortTaken
from kiosk.failures import meaning_of
from kiosk.words import make_parser
from web.i18n import load_catalogue

OK = 0
UNEXPECTED = 1
WRONG_INPUT = 2
"""Also argparse's own code for words it does not know."""
INTERRUPTED = 130
"""Ctrl-C while a command runs, as shells count it. ``serve`` is meant to be ended so, and ends with OK."""
EXIT_CODES = MappingProxyType(
    {
        "invalid_input": WRONG_INPUT,
        "invalid_json": WRONG_INPUT,
        "already_running": 3,
        "not_running": 3,
        "port_taken": 4,
        "address_unavailable": 4,
        "key_missing": 5,
        "wrong_key": 5,
        "database_damaged": 5,
        "newer_database": 5,
        "storage_failed": 5,
        "storage_busy": 5,
        "disk_full": 5,
        "report_place_failed": 5,
        "passphrase_needed": 5,
        "wrong_passphrase": 5,
        "too_many_tries": 5,
        "pin_needed": 5,
        "wrong_pin": 5,
        "no_pin": 5,
        "recovery_code_unseen": 5,
        "recovery_code_needed": 5,
        "recovery_code_mistyped": 2,
        "wrong_recovery_code": 5,
        "backup_damaged": 7,
        "foreign_backup": 7,
        "backup_place_failed": 7,
        "backup_stopped": 7,
        "not_found": 6,
        "already_exists": 6,
        "cloud_not_connected": 8,
        "cloud_halted": 8,
        "cloud_key_refused": 8,
        "other_cloud": 8,
        "cloud_failure": 9,
        "cloud_offline": 9,
        "cloud_interrupted": 9,
        "not_the_cloud": 9,
        "cloud_not_trusted": 9,
        "cloud_in_trouble": 9,
        "cloud_rate_limited": 9,
        "cloud_push_aborted": 9,
        "cloud_push_too_large": 9,
        "cloud_busy": 9,
        "cloud_limit_reached": 9,
        "update_damaged": 10,
        "update_not_trusted": 10,
        "update_of_other_system": 10,
        "update_not_newer": 10,
        "update_too_far_ahead": 10,
        "update_failed": 10,
        "update_needs_no_passphrase": 10,
        "update_running": 10,
    }
)
"""By error code; any other error is UNEXPECTED."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    # Not set_defaults(): that would reach into the shared options and let each subcommand reset them.
    parser = make_parser()
    words = parser.parse_args(
        arguments, argparse.Namespace(data_dir=None, json=False, action=None, step=None, passphrase_stdin=False)
    )
    if words.selftest and words.command:
        parser.error("--selftest stands alone")
    if words.selftest:
        return _selftest()
    try:
        words.passphrase = _passphrase(words)
        answer = _command(words)(words)
    except (HubError, OSError) as failure:
        return _fail(meaning_of(failure), as_json=words.json)
    except KeyboardInterrupt:
        return INTERRUPTED
    is_heard = answer is None or say(answer, as_json=words.json)
    return OK if is_heard else UNEXPECTED


def _passphrase(words: argparse.Namespace) -> str | None:
    """Of the start; the first line of standard input, before any other secret that a command reads there."""
    if not words.passphrase_stdin:
        return None
    from kiosk.commands import secret_line

    return secret_line("passphrase")


def _selftest() -> int:
    from kiosk.selftest import has_hung, run_checks

    report = run_checks()
    say(report, as_json=True)
    code = OK if report["ok"] else UNEXPECTED
    if has_hung(report):  # its thread would keep the process alive
        from kiosk.window import leave

        leave(code)
    return code


def say(answer: Any, *, as_json: bool) -> bool:
    """The program's one way to print. False if the answer did not get out: the disk is full, the reader is gone."""
    if sys.stdout is None:  # a program without a console, or with its output closed
        return True
    encoding = sys.stdout.encoding or "utf-8"
    text = json.dumps(answer, ensure_ascii=False) if as_json else _plain(answer)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:  # a terminal, or a pipe on Windows, that does not know all letters
        text = json.dumps(answer) if as_json else text.encode(encoding, "replace").decode(encoding)
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        _give_up_output()
        return False
    return True


def _give_up_output() -> None:
    """What is still in the buffer must not fail once more, with a complaint, when the program ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _fail(failure: HubError, *, as_json: bool) -> int:
    sentence = _sentence(failure)
    if as_json:
        say({"error": failure.code, "message": sentence, **failure.context}, as_json=True)
    if sys.stderr is not None:
        sys.stderr.write(f"{sentence}\n")
    return EXIT_CODES.get(failure.code, UNEXPECTED)


def _sentence(failure: HubError) -> str:
    words = load_catalogue().translator("en")
    if isinstance(failure, PortTaken) and "holder" in failure.context:
        return words.text("terminal.port_taken", **failure.context)
    return words.error(failure.code, failure.context)


def _plain(answer: Any) -> str:
    """An answer for people: one line a fact, one block an item."""
    if isinstance(answer, list):
        return "\n\n".join(_plain(item) for item in answer) or "(none)"
    if isinstance(answer, dict):
        return "\n".join(f"{name}: {_short(value)}" for name, value in answer.items())
    return str(answer)


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "-"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _command(words: argparse.Namespace) -> Callable[[argparse.Namespace], Any]:
    """The function for the words given. Imported late: the window must not wait for what only a command needs."""
    if words.command is None:
        from kiosk.desktop import open_kiosk

        return open_kiosk
    if words.command == "at-login":
        from kiosk.desktop import open_at_login

        return open_at_login
    if words.command == "cloud":
        return _cloud_commands()[_name(words)]
    if words.command in {"pin", "passphrase", "erase"}:
        return _lock_commands()[_name(words)]
    if words.command in ("update", "update-run", "update-trial"):
        return _update_commands()[_name(words)]
    from kiosk import backup_commands, commands, device_commands, support_commands

    known: dict[str, Callable[[argparse.Namespace], Any]] = {
        "serve": commands.serve_here,
        "status": commands.show_status,
        "user add": commands.add_user,
        "user list": commands.list_users,
        "user password": commands.set_password,
        "user remove": commands.remove_user,
        "user permissions": device_commands.user_permissions,
        "devices list": device_commands.list_phones,
        "devices approve": device_commands.approve_phone,
        "devices block": device_commands.block_phone,
        "devices revoke": device_commands.revoke_phone,
        "devices rename": device_commands.rename_phone,
        "devices pairing open": device_commands.open_door,
        "devices pairing close": device_commands.close_door,
        "devices pairing show": device_commands.show_codes,
        "settings phones-receive": device_commands.phones_receive,
        "settings announce": device_commands.announcing,
        "settings backup-folder": backup_commands.second_place,
        "backup create": backup_commands.make_backup,
        "backup list": backup_commands.list_backups,
        "backup verify": backup_commands.check_backup,
        "backup drill": backup_commands.drill,
        "backup restore": backup_commands.restore,
        "recovery show": backup_commands.show_recovery_code,
        "recovery new": backup_commands.make_recovery_code,
        "history show": commands.show_history,
        "history restore": commands.restore_history,
        "doctor": support_commands.doctor,
        "diagnostics": support_commands.diagnostics,
    }
    return known[_name(words)]


def _lock_commands() -> dict[str, Callable[[argparse.Namespace], Any]]:
    from kiosk import lock_commands

    return {
        "pin forgotten": lock_commands.forget_pin,
        "passphrase set": lock_commands.set_start_passphrase,
        "passphrase change": lock_commands.change_start_passphrase,
        "passphrase off": lock_commands.remove_start_passphrase,
        "passphrase forgotten": lock_commands.forget_start_passphrase,
        "erase": lock_commands.erase,
    }


def _cloud_commands() -> dict[str, Callable[[argparse.Namespace], Any]]:
    from kiosk.cloud import commands as cloud_commands

    return {
        "cloud enrol": cloud_commands.cloud_enrol,
        "cloud leave": cloud_commands.cloud_leave,
        "cloud sync": cloud_commands.cloud_sync,
        "cloud status": cloud_commands.cloud_status,
        "cloud pause": cloud_commands.cloud_pause,
        "cloud resume": cloud_commands.cloud_resume,
        "cloud aside list": cloud_commands.aside_list,
        "cloud aside retry": cloud_commands.aside_retry,
        "cloud aside discard": cloud_commands.aside_discard,
    }


def _update_commands() -> dict[str, Callable[[argparse.Namespace], Any]]:
    from kiosk.update import commands as update_commands

    return {
        "update check": update_commands.check_update,
        "update install": update_commands.install_update,
        "update-run": update_commands.update_run,
        "update-trial": update_commands.update_trial,
    }


def _name(words: argparse.Namespace) -> str:
    return " ".join(word for word in (words.command, words.action, words.step) if word)
