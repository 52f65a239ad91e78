"""Brings the tables of a database file up or down to a revision, and adds new migration scripts.

``python -m db.migrate add NAME`` (developers), ``up``, ``down``, ``status`` (on a data folder: ``--data-dir``, or on
a file: ``--database``, ``--key-file``). Knows nothing of what the tables hold.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from db.clock import SystemClock
from db.database import Database, Snapshot, Transaction
from db.errors import DatabaseDamaged, HubError, NewerDatabase, WrongKey
from db.files import BEFORE_MIGRATION_SUFFIX, CEILING_NAME, DATABASE_NAME
from db.sqlite.connection import KEY_BYTES
from db.sqlite.maintenance import copy_database, table_names
from db.stamps import StampCeiling, found_timeline

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"
KEY_NAME = "key"
"""Where a data folder keeps its key when no keystore of the system does."""
_REVISION = re.compile(r"""^(down_)?revision(?:: [\w |]+)? = (?:None|["'](\w+)["'])$""", re.MULTILINE)
# Alembic is loaded where tables change, and nowhere else: it costs every process 9 MB and 0.2 s.


def current_revision(transaction: Transaction) -> str | None:
    """The revision of the tables in the file, or None for an empty file. Raises DatabaseDamaged when several are
    noted."""
    return _noted_revision(transaction) if "alembic_version" in table_names(transaction) else None


def stored_revision(snapshot: Snapshot) -> str | None:
    """The same for a file that is only read, where it must be noted as well. Raises DatabaseDamaged."""
    if "alembic_version" not in table_names(snapshot):
        return None
    noted = _noted_revision(snapshot)
    if noted is None:
        raise DatabaseDamaged(problems=0)
    return noted


def _noted_revision(snapshot: Snapshot) -> str | None:
    found = [str(row[0]) for row in snapshot.rows(sa.text("SELECT version_num FROM alembic_version"))]
    if len(found) > 1:
        raise DatabaseDamaged(problems=len(found))
    return found[0] if found else None


def is_known(revision: str, scripts: Path = SCRIPTS) -> bool:
    """Whether this release knows tables of this revision."""
    return revision in _revisions(scripts)


def newest_revision(scripts: Path = SCRIPTS) -> str:
    """The revision that this release of the program works with."""
    return _newest(_revisions(scripts))


def needs_upgrade(transaction: Transaction, scripts: Path = SCRIPTS) -> bool:
    """Whether scripts are waiting for this file. Raises NewerDatabase when a later release made it."""
    current, known = current_revision(transaction), _revisions(scripts)
    if current is not None and current not in known:
        raise NewerDatabase(revision=current)
    return current != _newest(known)


def upgrade(transaction: Transaction, revision: str = "head", scripts: Path = SCRIPTS) -> None:
    """Runs the scripts up to ``revision`` inside the transaction: all of them or none."""
    from alembic import command

    command.upgrade(_config(scripts, transaction), revision)


def downgrade(transaction: Transaction, revision: str = "-1", scripts: Path = SCRIPTS) -> None:
    """Runs the scripts down to ``revision`` (default: one step) inside the transaction."""
    from alembic import command

    command.downgrade(_config(scripts, transaction), revision)


def keep_copy(path: Path, key: bytes) -> None:
    """Copies the file before its tables change. Call inside the write transaction that will change them."""
    copy_database(path, path.with_name(path.name + BEFORE_MIGRATION_SUFFIX), key)


def add(name: str, scripts: Path = SCRIPTS) -> Path:
    """Writes an empty script that follows the newest one; returns its path."""
    from alembic.script import ScriptDirectory

    number = f"{int(newest_revision(scripts)) + 1:04d}"
    script = ScriptDirectory.from_config(_config(scripts)).generate_revision(number, name, head="head")
    if script is None:
        raise LookupError("the script was not written")
    return Path(script.path)


def _revisions(scripts: Path) -> dict[str, str | None]:
    """Each revision with the one it follows, as the scripts say."""
    found: dict[str, str | None] = {}
    for script in sorted((scripts / "versions").glob("*.py")):
        said = {is_down: revision or None for is_down, revision in _REVISION.findall(script.read_text("utf-8"))}
        if revision := said.get(""):
            found[revision] = said.get("down_")
    return found


def _newest(known: dict[str, str | None]) -> str:
    """The one that none follows."""
    newest = known.keys() - set(known.values())
    if len(newest) != 1:
        raise LookupError(f"of the migration scripts {len(newest)} are the newest")
    return newest.pop()


def _config(scripts: Path, transaction: Transaction | None = None) -> Config:
    from alembic.config import Config

    config = Config(cmd_opts=argparse.Namespace(quiet=True))  # standard output is ours
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "m%%(rev)s_%%(slug)s")
    if transaction is not None:
        config.attributes["connection"] = transaction.connection
    return config


def main(arguments: list[str] | None = None) -> int:
    """The command line. Exit codes: 0 done, 1 refused (the reason is on standard error), 2 wrong words."""
    parser = argparse.ArgumentParser(prog="python -m db.migrate", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    _add_command(commands, "add", "write a new empty script").add_argument("name")
    for name, description in (("up", "to the newest"), ("down", "one step back"), ("status", "where the file is")):
        sub = _add_command(commands, name, description)
        sub.add_argument("--data-dir", type=Path, help="the data folder, where the key is in a file there")
        sub.add_argument("--database", type=Path, help="the encrypted file")
        sub.add_argument("--key-file", type=Path, help="file with the key, 64 hexadecimal digits")
    from alembic.util import CommandError

    words = parser.parse_args(arguments)
    if words.command != "add" and not _names_one_file(words):
        parser.error("give --data-dir, or --database and --key-file")
    try:
        sys.stdout.write(f"{_run(words)}\n")
    except (HubError, CommandError, LookupError, OSError, ValueError) as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


def _add_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, description: str
) -> argparse.ArgumentParser:
    sub = commands.add_parser(name, help=description)
    sub.add_argument("--scripts", type=Path, default=SCRIPTS, help="other migration scripts than this release's")
    return sub


def _names_one_file(words: argparse.Namespace) -> bool:
    parts = (words.database, words.key_file)
    return all(parts) if words.data_dir is None else not any(parts)


def _run(words: argparse.Namespace) -> Path | str:
    if words.command == "add":
        return add(words.name, words.scripts)
    if words.data_dir is None:
        return _on_file(words.command, words.database, words.key_file, words.scripts)
    folder: Path = words.data_dir
    return _on_file(words.command, folder / DATABASE_NAME, folder / KEY_NAME, words.scripts)


def _on_file(action: str, path: Path, key_file: Path, scripts: Path) -> str:
    key = _read_key(key_file)
    if not path.is_file():  # opening would make one
        raise FileNotFoundError(f"there is no file {path}")
    clock, ceiling = SystemClock(), StampCeiling(path.with_name(CEILING_NAME))
    database = Database(path, key, clock, ceiling)
    try:
        with database.write() as transaction:
            before = current_revision(transaction)
            if action == "up" and needs_upgrade(transaction, scripts):
                if before is not None:
                    keep_copy(path, key)
                upgrade(transaction, scripts=scripts)
                if before is None:
                    found_timeline(transaction, clock, ceiling)
            elif action == "down":
                needs_upgrade(transaction, scripts)  # refuses what a later release made
                keep_copy(path, key)
                downgrade(transaction, scripts=scripts)
            return f"{current_revision(transaction) or 'empty'} (newest: {newest_revision(scripts)})"
    finally:
        database.close()


def _read_key(key_file: Path) -> bytes:
    """Raises WrongKey; never a message that repeats what is in the file."""
    digits = key_file.read_bytes().strip()
    try:
        key = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        raise WrongKey(reason="damaged") from None
    if len(key) != KEY_BYTES:
        raise WrongKey(reason="damaged")
    return key


if __name__ == "__main__":
    sys.exit(main())
