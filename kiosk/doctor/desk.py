"""The page "Check this computer", done: the implementation of web.ui.check_port.CheckPort.

Knows nothing of HTTP or of what the checks check.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from db.clock import Clock
from db.errors import HubError, InvalidInput
from kiosk.doctor.checklist import CHECKS
from kiosk.doctor.probes import Probes
from kiosk.doctor.runner import run_checks
from kiosk.failures import meaning_of
from kiosk.network import LanAddress
from web.phone.visits import Visits
from web.ui.check_port import CheckView, Cure, Finding, PhoneTest, Visit

VISITS_SHOWN_MS = 15 * 60_000
CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that look alike
CODE_LENGTH = 4
_LOG = logging.getLogger(__name__)

DoCure = Callable[[str], None]


class PhoneProof:
    """Whether a phone's browser has reached this computer. ``url``: where phones find it, None while they do not."""

    def __init__(
        self,
        visits: Visits,
        clock: Clock,
        url: Callable[[], str | None],
        addresses: Callable[[], tuple[LanAddress, ...]],
    ) -> None:
        self._visits = visits
        self._clock = clock
        self._url = url
        self._addresses = addresses
        self._code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))

    def view(self) -> PhoneTest:
        """See CheckView. This computer's own browser proves nothing."""
        url = self._url()
        if url is not None and str(urlsplit(url).hostname).startswith("127."):
            url = None
        own = {address.ip for address in self._addresses()}
        visits = tuple(
            Visit(visitor.address, visitor.at_ms, has_code=visitor.code == self._code)
            for visitor in self._visits.since(self._clock.now_ms() - VISITS_SHOWN_MS)
            if visitor.address not in own and not visitor.address.startswith("127.")
        )
        return PhoneTest(url, url and f"{url}/?code={self._code}", visits)


class CheckDesk:
    """Safe for many threads. ``cures``: what the program can do itself; ``slow_cures`` take long, so they are done
    where the checks run."""

    def __init__(
        self,
        probes: Callable[[], Probes],
        cures: Mapping[Cure, DoCure],
        slow_cures: Mapping[Cure, Callable[[], object]],
        proof: PhoneProof,
        clock: Clock,
        system: str,
    ) -> None:
        self._probes = probes
        self._cures = cures
        self._slow_cures = slow_cures
        self._proof = proof
        self._clock = clock
        self._system = system
        self._lock = threading.Lock()
        self._is_running = False
        self._findings: tuple[Finding, ...] = ()
        self._finished_ms: int | None = None

    def view(self) -> CheckView:
        """See CheckPort."""
        with self._lock:
            is_running, findings, finished_ms = self._is_running, self._findings, self._finished_ms
        return CheckView(
            is_running=is_running,
            done=len(findings),
            total=len(CHECKS),
            findings=findings,
            finished_ms=finished_ms,
            offered=frozenset({*self._cures, *self._slow_cures}),
            system=self._system,
            phone_test=self._proof.view(),
            now_ms=self._clock.now_ms(),
        )

    def measure(self) -> tuple[Finding, ...]:
        """Runs all checks in this thread, for a report; the page does not hear of it."""
        return run_checks(self._probes())

    def begin(self) -> None:
        """See CheckPort."""
        self._begin(lambda: None)

    def cure(self, cure: Cure, value: str = "") -> None:
        """See CheckPort."""
        if cure in self._slow_cures:
            self._begin(self._slow_cures[cure])
            return
        if cure not in self._cures:
            raise InvalidInput(path="cure")
        try:
            self._cures[cure](value)
        finally:
            self.begin()

    def _begin(self, first: Callable[[], object]) -> None:
        with self._lock:
            if self._is_running:
                return
            self._is_running = True
            self._findings = ()
        threading.Thread(target=self._run, args=(first,), name="checks", daemon=True).start()

    def _run(self, first: Callable[[], object]) -> None:
        try:
            self._try(first)
            run_checks(self._probes(), on_found=self._note)
        finally:
            with self._lock:
                self._is_running = False
                self._finished_ms = self._clock.now_ms()

    def _try(self, first: Callable[[], object]) -> None:
        """A cure that fails must not keep the checks from telling how things are."""
        try:
            first()
        except (HubError, OSError) as failure:
            _LOG.warning("a cure failed", extra={"code": meaning_of(failure).code})

    def _note(self, finding: Finding) -> None:
        with self._lock:
            self._findings = (*self._findings, finding)
