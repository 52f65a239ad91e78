"""The exchange with the cloud behind the kiosk's pages, in memory: decided about as the real one is, without a cloud.

Knows nothing of HTTP. Methods that CloudPort does not have play the cloud, the rounds and the phones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from db.errors import CloudKeyRefused, InvalidInput, NotFound, OtherCloud
from kiosk.cloud.pasted import check_api_key, check_cloud_url
from web.ui.cloud_port import AsideView, CloudView, ConflictView, DifferingValue, Receipt

URL, KEY = "https://cloud.example.org", "hub_live_9f2c7a51d0e84b36"
OTHER_URL = "https://cloud.example.net"
NAME, CLINICS = "Reception, Al Noor", ("Al Noor", "Mobile clinic 2")
MINUTE = 60_000
MEGABYTE = 10**6
NOBODY = CloudView(is_connected=False)


class FakeCloud:
    """CloudPort in memory. Every cloud knows the key KEY."""

    def __init__(self, now_ms: Callable[[], int], fail_if_told: Callable[[], None]) -> None:
        self._now_ms = now_ms
        self._fail_if_told = fail_if_told
        self._view = NOBODY
        self._aside: list[AsideView] = []
        self._conflicts: list[ConflictView] = []
        self.rounds_asked_for = 0
        self.has_refilled = False
        self.restored: list[int] = []
        self.discarded: list[tuple[str, str]] = []

    # CloudPort

    def view(self) -> CloudView:
        return replace(self._view, set_aside=len(self._aside), conflicts=len(self._conflicts))

    def connect(self, url: str, key: str, *, may_replace: bool = False) -> None:
        self._fail_if_told()
        url = check_cloud_url(url)
        if check_api_key(key) != KEY:
            raise CloudKeyRefused(phase="verify_key", status=401)
        if self._view.is_connected and self._view.url != url and not may_replace:
            raise OtherCloud()
        self._change(is_connected=True, url=url, device_name=NAME, clinic_names=CLINICS, halt=None, last_result="")

    def disconnect(self) -> None:
        self._fail_if_told()
        self._view = replace(NOBODY, minutes=self._view.minutes, daily_limit_bytes=self._view.daily_limit_bytes)

    def sync_now(self) -> None:
        self._fail_if_told()
        self.rounds_asked_for += 1

    def pause(self) -> None:
        self._fail_if_told()
        self._change(is_paused=True, next_try_ms=None)

    def resume(self) -> None:
        self._fail_if_told()
        self._change(is_paused=False)

    def go_on(self, *, refill: bool) -> None:
        self._fail_if_told()
        self.has_refilled = self.has_refilled or refill
        self._change(halt=None)

    def choose_minutes(self, minutes: int) -> None:
        self._fail_if_told()
        if not 1 <= minutes <= 1440:
            raise InvalidInput(path="minutes")
        self._change(minutes=minutes)

    def choose_daily_limit(self, megabytes: int) -> None:
        self._fail_if_told()
        if not 0 <= megabytes <= 10**6:
            raise InvalidInput(path="megabytes")
        self._change(daily_limit_bytes=megabytes * MEGABYTE)

    def list_aside(self, count: int) -> tuple[AsideView, ...]:
        return tuple(reversed(self._aside))[:count]

    def retry(self, table: str | None = None, record_id: str | None = None) -> None:
        self._fail_if_told()
        self._aside = [each for each in self._aside if table and (each.table, each.record_id) != (table, record_id)]

    def discard(self, table: str, record_id: str) -> None:
        self._fail_if_told()
        if (table, record_id) not in {(each.table, each.record_id) for each in self._aside}:
            raise NotFound(table="?")
        self.retry(table, record_id)
        self.discarded.append((table, record_id))

    def list_conflicts(self, count: int) -> tuple[ConflictView, ...]:
        return tuple(reversed(self._conflicts))[:count]

    def restore(self, table: str, record_id: str, version: int) -> None:
        if (table, record_id) not in {(each.table, each.record_id) for each in self._conflicts}:
            raise NotFound(table="?")
        self.settle(version)
        self.restored.append(version)

    def settle(self, version: int) -> None:
        self._fail_if_told()
        if version not in {each.version for each in self._conflicts}:
            raise NotFound(version=version)
        self._conflicts = [each for each in self._conflicts if each.version != version]

    # The cloud, the rounds and the phones

    def join(self) -> None:
        """This computer is connected, and the first round is still to come."""
        self.connect(URL, KEY)

    def round_ends(self, result: str = "ok", *, ago_ms: int = 0, next_in_ms: int | None = 4 * MINUTE) -> None:
        """A round has ended; the next one is planned."""
        at_ms = self._now_ms() - ago_ms
        next_ms = None if next_in_ms is None else self._now_ms() + next_in_ms
        self._change(is_running=False, phase=None, last_try_ms=at_ms, last_result=result, next_try_ms=next_ms)
        if result == "ok":
            self._change(last_success_ms=at_ms)

    def round_runs(self, phase: str, done: int = 0, total: int | None = None) -> None:
        """A round is under way."""
        self._change(is_running=True, phase=phase, done=done, total=total)

    def hold(self, here: int, waiting: int) -> None:
        """So many records are here, and so many of them have to be sent."""
        self._change(receipt=Receipt(here, here - waiting, waiting), to_send=waiting)

    def stop_for(self, halt: str) -> None:
        """No round runs until somebody has decided."""
        self._change(halt=halt, next_try_ms=None)

    def use_line(self, used_bytes: int) -> None:
        """So much went over the line today."""
        self._change(used_today_bytes=used_bytes)

    def set_clock_ahead(self, difference_ms: int) -> None:
        """This computer's clock and the cloud's differ."""
        self._change(clock_ahead_ms=difference_ms)

    def name_clinics(self, *names: str) -> None:
        """The key is for these clinics from now on."""
        self._change(clinic_names=names)

    def put_aside(self, table: str, record_id: str, reason: str = "not_kept", name: str = "", ago_ms: int = 0) -> None:
        """The cloud does not keep a record."""
        self._aside.append(AsideView(table, record_id, name, reason, self._now_ms() - ago_ms))

    def lose(self, table: str, record_id: str, *values: tuple[str, str, str], **more: Any) -> int:
        """An edit of ``values`` (column, current, lost) loses. Returns the number of the version."""
        version = len(self._conflicts) + 1
        view = ConflictView(
            table=table,
            record_id=record_id,
            version=version,
            patient_name=more.get("name", ""),
            at_ms=self._now_ms() - more.get("ago_ms", 0),
            by_name=more.get("by"),
            values=tuple(DifferingValue(*value) for value in values),
            is_deleted=more.get("is_deleted", False),
        )
        self._conflicts.append(view)
        return version

    def _change(self, **values: Any) -> None:
        self._view = replace(self._view, **values)
