"""What the commands about updates do: the CLI's words in, plain values out.

Knows nothing of argument parsing or printing (kiosk/cli.py).
"""

from __future__ import annotations

import argparse
import os
from typing import Any

from db.clock import SystemClock
from db.errors import AlreadyRunning
from kiosk import __version__
from kiosk.config import Config, config_from
from kiosk.instance import is_server_locked
from kiosk.logs import LogFile
from kiosk.paths import data_folder, keep_new_files_private
from kiosk.update.place import UpdatePlace
from kiosk.update.preparing import prepare, require_fitting
from kiosk.update.trial import try_out
from kiosk.update.update_file import check_payload, read_update, trusted_keys
from kiosk.update.updater import run_update


def check_update(words: argparse.Namespace) -> dict[str, Any]:
    """``update check``: everything that can be said of a file without installing it."""
    update = read_update(words.file, trusted_keys())
    require_fitting(update.manifest)
    check_payload(update)
    return {"file": str(words.file), "whole": True, "version": update.manifest.version, "installed": __version__}


def install_update(words: argparse.Namespace) -> dict[str, Any]:
    """``update install``: while no server runs."""
    config = _config(words)
    if is_server_locked(config.folder):
        raise AlreadyRunning
    keep_new_files_private()
    config.folder.prepare()
    with LogFile(config.folder, "update"):
        place = UpdatePlace(config.folder)
        place.write_plan(prepare(place, words.file, trusted_keys(), (), lambda stage, done: None))
        return {"installed": run_update(config, SystemClock(), serves=False), "before": __version__}


def update_run(words: argparse.Namespace) -> dict[str, Any]:
    """``update-run``: the exchange, in the background; started by the server."""
    keep_new_files_private()
    config = _config(words)
    with LogFile(config.folder, "update"):
        return {"installed": run_update(config, SystemClock())}


def update_trial(words: argparse.Namespace) -> dict[str, Any]:
    """``update-trial``: of this copy of the program, with copies of the records; started by the program before it."""
    keep_new_files_private()
    return try_out(_config(words))


def _config(words: argparse.Namespace) -> Config:
    return config_from(data_folder(words.data_dir), os.environ)
