"""What tests of the server process share: its account, its phones, its log, and how it refuses to start.

Knows nothing of single scenarios.
"""

from __future__ import annotations

import json

from kiosk.paths import DataFolder
from tests.e2e.rest_phone import RestPhone
from tests.e2e.server import LOOPBACK, RunningServer, StaffAccount
from tests.web.ui.kiosk_port_contract import FORM

ACCOUNT = StaffAccount(FORM.email, FORM.password, FORM.staff_name, FORM.clinic_name)
"""Of the clinic folder (tests/kiosk/conftest.py)."""


def phone_of(server: RunningServer) -> RestPhone:
    """A phone of that account, which has never synced."""
    return RestPhone(server.phones_url, ACCOUNT)


def refusal(server: RunningServer) -> tuple[int, str]:
    """Exit code and error of a start that must fail."""
    done = server.cli("--json", "serve", "--port", "0", "--host", LOOPBACK)
    told = json.loads(done.stdout)
    assert done.stderr == told["message"] + "\n"
    return done.returncode, told["error"]


def log_of(folder: DataFolder) -> str:
    """The server's log."""
    return (folder.logs / "server.log").read_text("utf-8")
