"""The pages that erase everything on this computer: the question, the last backup, and the end.

Knows nothing of how that is done: all that goes through KioskPort.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from bottle import HTTPResponse, request

from db.errors import (
    BackupDamaged,
    BackupPlaceFailed,
    BackupStopped,
    HubError,
    InvalidInput,
    RecoveryCodeUnseen,
    StorageBusy,
    StorageFailed,
)
from web.i18n import Translator
from web.pages import Pages
from web.ui.forms import read_form
from web.ui.keys_port import LastBackup
from web.ui.live_pages import LivePages, WordsFor
from web.ui.ports import KioskPort, KioskStatus, ServingState
from web.ui.ways import ERASE_PAGE

_OF_BACKUPS = (BackupDamaged, BackupPlaceFailed, BackupStopped, StorageBusy, StorageFailed)
_TOLD = (InvalidInput, RecoveryCodeUnseen, *_OF_BACKUPS)
YES = "yes"


@dataclass(frozen=True)
class EraseView:
    """The question. ``problem``: why nothing was done; ``needs_code``: because of the recovery code."""

    name: str
    typed: str
    with_backup: bool
    with_backups: bool
    is_name_wrong: bool = False
    problem: str = ""
    needs_code: bool = False


@dataclass(frozen=True)
class EraseNowView:
    """The last question. ``backup`` None: none was wanted. ``was_stopped``: phones were not served before either."""

    name: str
    backup: LastBackup | None
    with_backups: bool
    was_stopped: bool

    @property
    def kept(self) -> str:
        """The file name of the last backup."""
        return PurePath(self.backup.file).name if self.backup else ""


class EraseActions:
    """``words_for`` finds the language of a page."""

    def __init__(self, port: KioskPort, pages: Pages, words_for: WordsFor) -> None:
        self._port = port
        self._live = LivePages(port, pages, words_for)

    def get_erase(self) -> HTTPResponse:
        """The question."""
        return self._question({"backup": YES})

    def post_erase(self) -> HTTPResponse:
        """Makes the last backup and asks once more (fields ``name``, ``backup``, ``backups_too``)."""
        form = read_form(request.environ)
        name, with_backup = form.get("name", ""), form.get("backup") == YES
        was_stopped = self._port.status().state is ServingState.STOPPED
        try:
            backup = self._port.keys.make_last_backup(name) if with_backup else None
            if not with_backup:
                self._port.keys.check_name(name)
        except _TOLD as refusal:
            return self._question(form, refusal)
        with_backups = form.get("backups_too") == YES
        return self._live.still("erase_now", "/", lambda *_: EraseNowView(name, backup, with_backups, was_stopped))

    def post_now(self) -> HTTPResponse:
        """Erases (fields ``name``, ``kept``, ``backups_too``)."""
        form = read_form(request.environ)
        kept = form.get("kept", "")
        with_backups = form.get("backups_too") == YES
        self._port.keys.erase(form.get("name", ""), kept_backup=kept or None, with_backups=with_backups)
        return self._live.still("erasing", "/", lambda *_: kept)

    def _question(self, form: Mapping[str, str], wrong: HubError | None = None) -> HTTPResponse:
        typed, with_backup = form.get("name", ""), form.get("backup") == YES
        with_backups = form.get("backups_too") == YES

        def view(status: KioskStatus, words: Translator) -> EraseView:
            is_name_wrong = isinstance(wrong, InvalidInput)
            return EraseView(
                *(status.server_name, typed, with_backup, with_backups),
                is_name_wrong=is_name_wrong,
                problem=words.error(wrong.code, wrong.context) if wrong and not is_name_wrong else "",
                needs_code=isinstance(wrong, RecoveryCodeUnseen),
            )

        return self._live.still("erase", ERASE_PAGE, view, 400 if wrong else 200)
