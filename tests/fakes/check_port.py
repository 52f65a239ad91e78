"""The checks behind the page "Check this computer", in memory: they find what a test tells them to.

Knows nothing of HTTP. Methods that CheckPort does not have play the computer and the phones.
"""

from __future__ import annotations

from collections.abc import Callable

from db.errors import HubError, InvalidInput
from web.ui.check_port import Area, CheckView, Cure, Finding, PhoneTest, Verdict, Visit

URL = "http://192.168.1.7:4001"
CODE = "K7PQ"
HEALTHY = (
    Finding("port", Area.PHONES, Verdict.PASS, "listening", {"port": 4001}),
    Finding("disk", Area.COMPUTER, Verdict.PASS, "enough", {"size": 80_000_000_000}),
    Finding("database", Area.DATA, Verdict.PASS, "not_due"),
)


class FakeCheckPort:
    """CheckPort in memory. The checks are done at once, unless they are told to take their time."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._found: tuple[Finding, ...] = HEALTHY
        self._shown: tuple[Finding, ...] = ()
        self._finished_ms: int | None = None
        self._is_slow = False
        self._is_running = False
        self._visits: list[Visit] = []
        self._failure: HubError | None = None
        self.url: str | None = URL
        self.cured: list[tuple[Cure, str]] = []
        self.system = "windows"

    # CheckPort

    def view(self) -> CheckView:
        return CheckView(
            is_running=self._is_running,
            done=len(self._shown),
            total=len(self._found),
            findings=self._shown,
            finished_ms=self._finished_ms,
            offered=frozenset({Cure.START_SERVING, Cure.USE_FREE_PORT, Cure.CHECK_DATABASE}),
            system=self.system,
            phone_test=PhoneTest(self.url, self.url and f"{self.url}/?code={CODE}", tuple(reversed(self._visits))),
            now_ms=self._now_ms(),
        )

    def begin(self) -> None:
        if self._is_running:
            return
        self._shown = ()
        self._is_running = True
        if not self._is_slow:
            self.finish()

    def cure(self, cure: Cure, value: str = "") -> None:
        if cure not in self.view().offered:
            raise InvalidInput(path="cure")
        failure, self._failure = self._failure, None
        if failure is None:
            self.cured.append((cure, value))
        self.begin()
        if failure is not None:
            raise failure

    # The computer and the phones

    def find(self, *findings: Finding) -> None:
        """What the next run of the checks finds."""
        self._found = findings

    def take_time(self) -> None:
        """From now on the checks run until ``finish``."""
        self._is_slow = True

    def finish(self, count: int | None = None) -> None:
        """The first ``count`` checks are done; None: all, and so the run is."""
        self._shown = self._found[:count]
        if count is None:
            self._is_running = False
            self._finished_ms = self._now_ms()

    def fail_next(self, failure: HubError) -> None:
        """The next cure meets this error."""
        self._failure = failure

    def open_by_phone(self, address: str, *, by_code: bool) -> None:
        """A phone's browser opens the address."""
        self._visits.append(Visit(address, self._now_ms(), by_code))
