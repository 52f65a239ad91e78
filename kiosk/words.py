"""The words of the command line: commands, options, and what may be typed for them (docs/command-line.md).

Knows nothing of what commands do (kiosk/commands.py) or of printing (kiosk/cli.py).
"""

from __future__ import annotations

import argparse
import unicodedata
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from kiosk import __version__

HIGHEST_PORT = 65_535
LONGEST_MINUTES = 60


class _Parser(argparse.ArgumentParser):
    """Takes every word as it is written: what is short for something today may be short for two things tomorrow."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)


def make_parser() -> argparse.ArgumentParser:
    """Knows every command and option; ends the program with 2 on others."""
    shared = _Parser(add_help=False)
    shared.add_argument("--data-dir", type=_folder, default=argparse.SUPPRESS, help="the data folder to work on")
    shared.add_argument(
        "--passphrase-stdin",
        action="store_true",
        default=argparse.SUPPRESS,
        help="the first line of standard input is the passphrase of the start",
    )
    shared.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    parser = _Parser(
        prog="hikma-local-server",
        parents=[shared],
        description="The clinic computer's server for Hikma Health phones. Without a command it opens the window.",
        epilog="Exit codes: 0 done, 1 unexpected, 2 wrong words or input, 3 running already or not, "
        "4 port or address, 5 key, database or disk, 6 no such thing or it exists already, 7 backup, "
        "8 cloud: a person has to decide, 9 cloud: not this time, 10 update, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--selftest", action="store_true", help="check this copy of the program, on data of its own")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("at-login", parents=[shared], help="open the window if there are records (for autostart)")
    serve = commands.add_parser("serve", parents=[shared], help="serve without a window")
    serve.add_argument("--host", type=_host, default=None, help="the address to listen on (default: all)")
    serve.add_argument("--port", type=_port, default=None, help="the phones' port (0: a free one)")
    serve.add_argument("--attended", action="store_true", help=argparse.SUPPRESS)
    commands.add_parser("status", parents=[shared], help="what the server is doing and holds")
    _add_user_commands(commands, shared)
    _add_device_commands(commands, shared)
    _add_setting_commands(commands, shared)
    _add_backup_commands(commands, shared)
    _add_recovery_commands(commands, shared)
    _add_cloud_commands(commands, shared)
    _add_history_commands(commands, shared)
    _add_support_commands(commands, shared)
    _add_lock_commands(commands, shared)
    _add_update_commands(commands, shared)
    return parser


def _add_user_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    user = commands.add_parser("user", parents=[shared], help="staff accounts")
    actions = user.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", parents=[shared], help="add an account")
    add.add_argument("--email", type=_line, required=True)
    add.add_argument("--name", type=_line, required=True)
    add.add_argument("--role", type=_line, default=None)
    add.add_argument(
        "--clinic", type=_line, default=None, help="the clinic's name; it is added if there is none of that name"
    )
    actions.add_parser("list", parents=[shared], help="everybody who may sign in")
    password = actions.add_parser("password", parents=[shared], help="set a new password")
    password.add_argument("--email", type=_line, required=True)
    for needs_password in (add, password):
        needs_password.add_argument(
            "--password-stdin", action="store_true", required=True, help="read the password from standard input"
        )
    remove = actions.add_parser("remove", parents=[shared], help="end an account")
    remove.add_argument("--email", type=_line, required=True)
    permissions = actions.add_parser("permissions", parents=[shared], help="show or change what an account may do")
    permissions.add_argument("email", type=_line)
    permissions.add_argument(
        "--clinic", type=_line, default=None, help="the clinic's name (default: the account's own)"
    )
    permissions.add_argument("--grant", type=_line, nargs="+", action="extend", metavar="FLAG")
    permissions.add_argument("--revoke", type=_line, nargs="+", action="extend", metavar="FLAG")


def _add_device_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    devices = commands.add_parser("devices", parents=[shared], help="phones: who may connect")
    actions = devices.add_subparsers(dest="action", required=True)
    actions.add_parser("list", parents=[shared], help="every phone, those that wait for an answer first")
    for name, meaning in (
        ("approve", "let a phone in"),
        ("block", "say no to a phone"),
        ("revoke", "end a phone's access, for example because it is lost"),
        ("rename", "give a phone a name"),
    ):
        actions.add_parser(name, parents=[shared], help=meaning).add_argument("id", type=_line)
    actions.choices["rename"].add_argument("name", type=_line, nargs="?", help="without it the name is taken away")
    pairing = actions.add_parser("pairing", parents=[shared], help="let new phones in without asking")
    steps = pairing.add_subparsers(dest="step", required=True)
    opening = steps.add_parser("open", parents=[shared], help="from now on, for a while")
    opening.add_argument("--minutes", type=_minutes, default=5, help="for how long, at most 60 (default: 5)")
    steps.add_parser("close", parents=[shared], help="no longer")
    steps.add_parser("show", parents=[shared], help="the text of the codes that phones scan")


def _add_setting_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    settings = commands.add_parser("settings", parents=[shared], help="show or change a setting")
    actions = settings.add_subparsers(dest="action", required=True)
    receive = actions.add_parser("phones-receive", parents=[shared], help="the records of which clinics phones receive")
    receive.add_argument("value", type=_line, nargs="?", metavar="all|viewable")
    announce = actions.add_parser("announce", parents=[shared], help="whether this server is announced on the network")
    announce.add_argument("value", type=_line, nargs="?", metavar="on|off")
    backup_folder = actions.add_parser("backup-folder", parents=[shared], help="where backups are copied to as well")
    backup_folder.add_argument("value", type=_line, nargs="?", metavar="FOLDER|off")


def _add_backup_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    backup = commands.add_parser("backup", parents=[shared], help="make, look at and restore backups")
    actions = backup.add_subparsers(dest="action", required=True)
    create = actions.add_parser("create", parents=[shared], help="make one now")
    create.add_argument("file", type=_folder, nargs="?", help="a new file, or a folder (default: the usual places)")
    actions.add_parser("list", parents=[shared], help="all that are in the usual places")
    verify = actions.add_parser("verify", parents=[shared], help="prove that one is whole and opens")
    actions.add_parser("drill", parents=[shared], help="prove the newest one, and note how that ended")
    restore = actions.add_parser("restore", parents=[shared], help="put one in the place of the database")
    for action in (verify, restore):
        action.add_argument("file", type=_folder)
        action.add_argument(
            "--recovery-code-stdin",
            action="store_true",
            help="read the recovery code from standard input (default: use the key of this computer)",
        )


def _add_recovery_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    recovery = commands.add_parser("recovery", parents=[shared], help="the code that opens database and backups")
    actions = recovery.add_subparsers(dest="action", required=True)
    show = actions.add_parser("show", parents=[shared], help="show the code; one is made if there is none")
    new = actions.add_parser("new", parents=[shared], help="make a new code in place of the present one")
    new.add_argument("--new-key", action="store_true", help="and a new key: the old code is believed to be stolen")
    for action in (show, new):
        action.add_argument(
            "--pin-stdin", action="store_true", help="read the PIN from standard input (where one is set)"
        )


def _add_cloud_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    cloud = commands.add_parser("cloud", parents=[shared], help="the exchange with the organisation's cloud")
    actions = cloud.add_subparsers(dest="action", required=True)
    enrol = actions.add_parser("enrol", parents=[shared], help="connect this computer with its cloud")
    enrol.add_argument("--url", type=_line, required=True)
    enrol.add_argument("--key-stdin", action="store_true", required=True, help="read the API key from standard input")
    enrol.add_argument("--replace", action="store_true", help="also where another cloud was connected before")
    actions.add_parser("leave", parents=[shared], help="end the connection; records stay")
    sync = actions.add_parser("sync", parents=[shared], help="exchange changes now")
    sync.add_argument("--once", action="store_true", help="one round, whatever is left then")
    actions.add_parser("status", parents=[shared], help="how the exchange stands")
    actions.add_parser("pause", parents=[shared], help="a running server begins no round by itself")
    actions.add_parser("resume", parents=[shared], help="it does again")
    aside = actions.add_parser("aside", parents=[shared], help="records that the cloud did not keep")
    steps = aside.add_subparsers(dest="step", required=True)
    steps.add_parser("list", parents=[shared], help="which, and why")
    again = steps.add_parser("retry", parents=[shared], help="try one again, or all of them")
    for name in ("table", "id"):
        again.add_argument(name, type=_text, nargs="?")
    discard = steps.add_parser("discard", parents=[shared], help="give one up; it stays in the history")
    for name in ("table", "id"):
        discard.add_argument(name, type=_text)


def _add_update_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    update = commands.add_parser("update", parents=[shared], help="a newer program, from a signed file")
    actions = update.add_subparsers(dest="action", required=True)
    for name, meaning in (
        ("check", "prove that a file is whole, ours, and for this computer"),
        ("install", "put it in the place of this program, while no server runs"),
    ):
        actions.add_parser(name, parents=[shared], help=meaning).add_argument("file", type=_folder)
    for own in ("update-run", "update-trial"):  # of the program itself
        commands.add_parser(own, parents=[shared])


def _add_history_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    history = commands.add_parser("history", parents=[shared], help="earlier versions of a record")
    actions = history.add_subparsers(dest="action", required=True)
    show = actions.add_parser("show", parents=[shared], help="all versions of a record, newest first")
    restore = actions.add_parser("restore", parents=[shared], help="make an old version current again")
    for action in (show, restore):
        action.add_argument("table", type=_text)
        action.add_argument("id", type=_text)
    restore.add_argument("version", type=int, help="its number in `history show`")


def _add_support_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    commands.add_parser("doctor", parents=[shared], help="check this computer and its server")
    report = commands.add_parser("diagnostics", parents=[shared], help="a report for support, without patient data")
    what = report.add_mutually_exclusive_group(required=True)
    what.add_argument("file", type=_folder, nargs="?", help="a new zip, or a folder")
    what.add_argument("--explain", type=_line, metavar="CODE", help="what a code says that was read out")


def _add_lock_commands(commands: Any, shared: argparse.ArgumentParser) -> None:
    pin = commands.add_parser("pin", parents=[shared], help="the PIN of the window")
    forgotten = pin.add_subparsers(dest="action", required=True).add_parser(
        "forgotten", parents=[shared], help="remove it, with the recovery code"
    )
    passphrase = commands.add_parser("passphrase", parents=[shared], help="the passphrase of the start")
    actions = passphrase.add_subparsers(dest="action", required=True)
    for name, meaning in (("set", "set one; needs a recovery code"), ("change", "replace the present one")):
        action = actions.add_parser(name, parents=[shared], help=meaning)
        action.add_argument(
            "--new-passphrase-stdin", action="store_true", required=True, help="read the new one from standard input"
        )
    actions.add_parser("off", parents=[shared], help="start without one from now on")
    lost = actions.add_parser("forgotten", parents=[shared], help="do without it, with the recovery code")
    for action in (forgotten, lost):
        action.add_argument(
            "--recovery-code-stdin", action="store_true", required=True, help="read the code from standard input"
        )
    erase = commands.add_parser("erase", parents=[shared], help="erase all data, after a last backup")
    erase.add_argument("--name", type=_line, required=True, help="the name of the server, to be sure")
    erase.add_argument("--no-backup", action="store_true", help="make no last backup")
    erase.add_argument("--backups-too", action="store_true", help="earlier backups in the data folder go too")


def _folder(typed: str) -> Path:
    if not typed.strip():
        raise argparse.ArgumentTypeError("the name of a file or folder is missing")
    return Path(typed)


def _text(typed: str) -> str:
    """Anything that was typed in letters. What was not (bytes of another encoding) could not be stored."""
    try:
        typed.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("this is not text") from None
    return typed


def _line(typed: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in _text(typed)):
        raise argparse.ArgumentTypeError("this must be one line of text")
    return typed


def _host(typed: str) -> str:
    """An IPv4 address: phones take no other kind (kiosk/network.py)."""
    try:
        return str(IPv4Address("127.0.0.1" if typed == "localhost" else typed))
    except ValueError:
        raise argparse.ArgumentTypeError("an address of this computer is needed, such as 192.168.1.7") from None


def _minutes(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= LONGEST_MINUTES):
        raise argparse.ArgumentTypeError(f"minutes are a number from 1 to {LONGEST_MINUTES}")
    return int(typed)


def _port(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and int(typed) <= HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {HIGHEST_PORT}")
    return int(typed)
