"""``--selftest``: whether this copy of the program works, tried on data of its own in a temporary folder.

Knows nothing of the clinic's data folder and touches nothing outside its own. Run on every build, on every installed
copy, and by support. A new part of the program adds its check to CHECKS.
"""

from __future__ import annotations

import importlib
import importlib.util
import platform
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from db import migrate
from db.clock import SystemClock
from db.errors import HubError
from db.files import BACKUP_SUFFIX
from db.pairing import open_pairing
from db.records import live_counts
from db.store import Store, database_path, open_store
from kiosk import __version__
from kiosk.config import Config
from kiosk.entrance import LOOPBACK
from kiosk.hub import Hub, build_hub
from kiosk.keystore import KEY_BYTES, KeystoreChoice
from kiosk.logs import describe_exception
from kiosk.opening import open_beside
from kiosk.pairing import address_code
from kiosk.paths import DataFolder
from kiosk.restore import restore_backup
from kiosk.selftest_phone import TrialPhone
from web.i18n import LANGUAGES, load_catalogue
from web.pages import load_pages
from web.ui.ports import FirstRunForm
from web.ui.qr import QrDrawer

LIMIT_S = 120.0
"""For each check: more than the slowest computer needs."""
PLAIN_HEADER = b"SQLite format 3\0"
NAME, EMAIL = "Self-test", "selftest@example.org"
PAIRING_MS = 60_000
PATIENT = MappingProxyType({"id": "selftest-patient", "given_name": "Self", "surname": "Test", "sex": "female"})
TOOLKITS = MappingProxyType({"linux": "PySide6.QtWebEngineWidgets", "win32": "webview", "darwin": "webview"})


class CheckFailed(Exception):
    """Something is not as it should be; ``what`` holds no data."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


class NotInThisBuild(Exception):
    """What would be checked is left out of this build on purpose."""


@dataclass
class Bench:
    """What the checks share: an empty folder, and the server that one of them starts for those after it."""

    folder: Path
    hub: Hub | None = None
    phone: TrialPhone | None = None
    key: bytes = field(default_factory=partial(secrets.token_bytes, KEY_BYTES), repr=False)
    password: str = field(default_factory=secrets.token_urlsafe, repr=False)

    def serving_phone(self) -> TrialPhone:
        """A phone of the running server. Raises CheckFailed when that did not start."""
        if self.phone is None:
            raise CheckFailed("the server is not running")
        return self.phone

    def running_hub(self) -> Hub:
        """The running server. Raises CheckFailed when that did not start."""
        if self.hub is None:
            raise CheckFailed("the server is not running")
        return self.hub

    def close(self) -> None:
        """Stops the server."""
        if self.hub is not None:
            self.hub.stop()


Check = Callable[[Bench], None]


def _encrypted_database(bench: Bench) -> None:
    """A database is made, and what is on the disk is not in plain."""
    store = _store(bench)
    store.close()
    if database_path(bench.folder).read_bytes().startswith(PLAIN_HEADER):
        raise CheckFailed("the database is not encrypted")


def _migrations(bench: Bench) -> None:
    """All scripts are there: down to nothing, and up again."""
    store = _store(bench)
    try:
        for move, wanted in ((migrate.downgrade, None), (migrate.upgrade, migrate.newest_revision())):
            with store.database.write() as transaction:
                move(transaction, "base" if wanted is None else "head")
                if migrate.current_revision(transaction) != wanted:
                    raise CheckFailed("the tables are not at the revision they were brought to")
    finally:
        store.database.close()


def _serving(bench: Bench) -> None:
    """Both listeners start on free ports, on loopback only, and answer."""
    folder = DataFolder(bench.folder / "served")
    folder.prepare()
    bench.hub = build_hub(Config(folder, LOOPBACK, 0, keystore=KeystoreChoice.FILE))
    bench.hub.start()
    bench.hub.control.complete_first_run(FirstRunForm(NAME, NAME, EMAIL, bench.password, NAME))
    with bench.hub.store.database.write() as transaction:
        open_pairing(transaction, PAIRING_MS)
    phone = TrialPhone(LOOPBACK, bench.hub.listener.state.port)
    if phone.health() != {"ok": True, "version": __version__}:
        raise CheckFailed("the server does not call itself healthy")
    bench.phone = phone


def _phone_sync(bench: Bench) -> None:
    """A phone shakes hands over the encrypted channel, pushes a record and gets it back."""
    phone = bench.serving_phone()
    phone.shake_hands()
    phone.sign_in(EMAIL, bench.password)
    phone.push({"patients": {"created": [dict(PATIENT)], "updated": [], "deleted": []}})
    if PATIENT["id"] not in {row["id"] for row in phone.pull()["patients"]["created"]}:
        raise CheckFailed("the record that was pushed did not come back")


def _backup_and_restore(bench: Bench) -> None:
    """A backup of the running server opens with its recovery code on what could be another computer, whole."""
    hub = bench.running_hub()
    code = hub.control.backups.recovery_code()  # before the backup, so that it opens with it
    backup = hub.backups.make(bench.folder / f"selftest{BACKUP_SUFFIX}").path
    elsewhere = Config(DataFolder(bench.folder / "restored"), LOOPBACK, 0, keystore=KeystoreChoice.FILE)
    restore_backup(elsewhere, backup, SystemClock(), recovery_code=code)
    _, database = open_beside(elsewhere, SystemClock())
    try:
        with database.read() as snapshot:
            restored = live_counts(snapshot)
    finally:
        database.close()
    with hub.store.database.read() as snapshot:
        if restored != live_counts(snapshot) or not restored.get("patients"):
            raise CheckFailed("the restored records are not those of the backup")


def _pages(bench: Bench) -> None:
    """Every language renders a page."""
    catalogue = load_catalogue()
    pages = load_pages(catalogue)
    for language in LANGUAGES:
        translator = catalogue.translator(language)
        page = pages.render("phone_home", translator, server_name=NAME, address="http://127.0.0.1")
        if f'lang="{language}"' not in page or translator.text("phone_page.how") not in page:
            raise CheckFailed(f"the page in {language} is not right")


def _qr_code(bench: Bench) -> None:
    """A code is drawn."""
    if "<path" not in QrDrawer().draw(address_code("127.0.0.1", 4001)):
        raise CheckFailed("no code was drawn")


def _keystore(bench: Bench) -> None:
    """The library of the system's keystore loads and has a way to at least one; nothing is stored or read."""
    keyring = importlib.import_module("keyring.backend")
    if not keyring.get_all_keyring():
        raise CheckFailed("no keystore of any system is known")


def _window(bench: Bench) -> None:
    """The window's toolkit loads, with every library it needs. No window is opened."""
    if importlib.util.find_spec("webview") is None:
        raise NotInThisBuild
    importlib.import_module(TOOLKITS.get(sys.platform, "webview"))


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "encrypted_database": _encrypted_database,
        "migrations": _migrations,
        "serving": _serving,
        "phone_sync": _phone_sync,
        "backup_and_restore": _backup_and_restore,
        "pages": _pages,
        "qr_code": _qr_code,
        "keystore": _keystore,
        "window": _window,
    }
)


def run_checks(checks: Mapping[str, Check] = CHECKS, limit_s: float = LIMIT_S) -> dict[str, Any]:
    """The report: ``ok``, what was checked on, and one entry for each check with its result and time.

    A check that fails does not keep the others from running; one that does not end in ``limit_s`` does.
    """
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="hikma-selftest-", ignore_cleanup_errors=True) as folder:
        bench = Bench(Path(folder))
        worker = ThreadPoolExecutor(1, thread_name_prefix="selftest")
        for name, check in checks.items():
            results.append(_result(name, worker.submit(check, bench), limit_s))
            if results[-1]["result"] == "timeout":
                break
        else:
            worker.submit(bench.close).exception(limit_s)
        worker.shutdown(wait=False, cancel_futures=True)
    return {
        "ok": len(results) == len(checks) and all(entry["result"] in ("passed", "skipped") for entry in results),
        "version": __version__,
        "frozen": bool(getattr(sys, "frozen", False)),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "checks": results,
    }


def has_hung(report: Mapping[str, Any]) -> bool:
    """Whether a check was given up: it still runs in a thread that nothing can end."""
    return any(entry["result"] == "timeout" for entry in report["checks"])


def _result(name: str, running: Future[None], limit_s: float) -> dict[str, Any]:
    began = time.monotonic()
    try:
        failure = running.exception(limit_s)
    except TimeoutError:
        return {"name": name, "result": "timeout", "ms": int(limit_s * 1000)}
    entry: dict[str, Any] = {"name": name, "result": "passed", "ms": int((time.monotonic() - began) * 1000)}
    if isinstance(failure, NotInThisBuild):
        entry["result"] = "skipped"
    elif failure is not None:
        entry |= {"result": "failed", "reason": _reason(failure)}
    return entry


def _reason(failure: BaseException) -> Sequence[str]:
    """What support needs to know. The data is the self-test's own, but the program's logs hold no texts either; only
    what a loader says, which names the library that is missing, is worth it."""
    if isinstance(failure, CheckFailed):
        return [failure.what]
    said = [str(failure)] if isinstance(failure, ImportError | HubError) else []
    return [*said, *describe_exception(failure)]


def _store(bench: Bench) -> Store:
    return open_store(bench.folder, bench.key, SystemClock())
