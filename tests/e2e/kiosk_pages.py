"""The kiosk's pages of the running program, used as a browser without scripts uses them.

Knows nothing of single scenarios.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

import requests

from tests.e2e.server import RunningServer
from tests.polling import eventually

ASKED, TOLD, WRONG, PROBLEM = 'id="begin"', 'id="dismiss"', 'id="code-wrong"', 'id="restore-problem"'


class KioskPages:
    """One session, from the moment it is opened: also while the server is put together anew."""

    def __init__(self, server: RunningServer) -> None:
        self._origin, _, token = server.ui_url.partition("/open#")
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Origin"] = self._origin
        assert self.post("/session", token=token).status_code == 204

    def post(self, path: str, **fields: str) -> requests.Response:
        """What a button does; not where it leads."""
        return self._session.post(self._origin + path, data={"back": "/", **fields}, allow_redirects=False)

    def text(self, path: str) -> str:
        """A page; nothing while nobody answers."""
        try:
            return html.unescape(self._session.get(self._origin + path).text)
        except requests.ConnectionError:
            return ""

    def recovery_code(self) -> str:
        """As it is shown to be written down."""
        return "-".join(re.findall(r"<span>([0-9A-Z]{5})</span>", self.post("/backups/code").text))

    def backed_up(self, folder: Path) -> Path:
        """Makes a backup of a server without backups; its file, in the data folder ``folder``."""
        assert self.post("/backups/make").status_code == 303
        return eventually(lambda: next((folder / "backups").glob("[!.]*"), None))

    def looked_at(self, file: Path, code: str = "") -> str:
        """The page after a look at a backup: the question, or what is wrong."""
        assert self.post("/restore/look", file="-", other=str(file), code=code).status_code == 303
        ends = (ASKED, WRONG, PROBLEM)
        return eventually(lambda: (page := self.text("/restore")) and any(end in page for end in ends) and page) or ""

    def restored(self, file: Path, code: str = "") -> str:
        """Goes the whole way; the page that tells what follows, or why nothing was restored."""
        assert ASKED in self.looked_at(file, code)
        assert self.post("/restore/begin").status_code == 303
        return eventually(lambda: (page := self.text("/restore")) and (TOLD in page or PROBLEM in page) and page) or ""
