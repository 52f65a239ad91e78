"""The new program tried with a copy of the records: it changes the tables and serves on loopback, where no phone is.

Run as ``update-trial`` by the new program itself, on a folder that holds copies; the old program asks for it
(kiosk/update/other_program.py) and knows nothing of how it is done.
"""

from __future__ import annotations

from typing import Any

from db.records import live_counts
from kiosk import __version__
from kiosk.config import Config
from kiosk.entrance import LOOPBACK
from kiosk.hub import build_hub
from kiosk.selftest_phone import TrialPhone


def try_out(config: Config) -> dict[str, Any]:
    """Opens the copy as for serving, serves, asks itself whether it is well. Raises what a start raises."""
    hub = build_hub(Config(config.folder, LOOPBACK, 0, keystore=config.keystore))
    try:
        hub.entrance.start()
        hub.listener.start()
        health = TrialPhone(LOOPBACK, hub.listener.state.port).health()
        with hub.store.database.read() as snapshot:
            counts = live_counts(snapshot)
    finally:
        hub.stop()
    return {"ok": health.get("ok") is True, "version": __version__, "records": counts}
