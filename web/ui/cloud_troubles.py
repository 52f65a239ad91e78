"""Why a round with the cloud did not work, by what helps: waiting, the wifi, the clock, a new key, support.

Knows nothing of words: each trouble has its sentences in the catalogue (``cloud.trouble.…``).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from db.errors import (
    CloudBusy,
    CloudFailure,
    CloudInterrupted,
    CloudInTrouble,
    CloudKeyRefused,
    CloudLimitReached,
    CloudNotTrusted,
    CloudOffline,
    CloudPushAborted,
    CloudPushTooLarge,
    CloudRateLimited,
    DatabaseDamaged,
    DiskFull,
    HubError,
    NotTheCloud,
    StorageBusy,
    StorageFailed,
)

WENT_WELL = frozenset({"ok", ""})
"""Results of a round that are no trouble; ``""``: there was none yet."""


class Trouble(StrEnum):
    """What helps."""

    OFFLINE = "offline"  # waiting: there is no internet
    LINE = "line"  # waiting: the line broke off
    CLOUD = "cloud"  # waiting: the cloud has a problem of its own
    LIMIT = "limit"  # waiting for tomorrow, or a higher limit
    WIFI = "wifi"  # signing in to the wifi
    CLOCK = "clock"  # setting date and time
    KEY = "key"  # a new key
    HERE = "here"  # something at this computer; the error's own sentence says what
    SUPPORT = "support"

    @property
    def passes_by_itself(self) -> bool:
        """Whether nobody has to do anything: normal in a clinic, and never shown as an error (DESIGN §7)."""
        return self in (Trouble.OFFLINE, Trouble.LINE, Trouble.CLOUD, Trouble.LIMIT)


_BY_CODE: Mapping[str, Trouble] = MappingProxyType(
    {
        CloudOffline.code: Trouble.OFFLINE,
        CloudInterrupted.code: Trouble.LINE,
        CloudInTrouble.code: Trouble.CLOUD,
        CloudRateLimited.code: Trouble.CLOUD,
        CloudFailure.code: Trouble.CLOUD,
        CloudBusy.code: Trouble.CLOUD,
        CloudLimitReached.code: Trouble.LIMIT,
        NotTheCloud.code: Trouble.WIFI,
        CloudNotTrusted.code: Trouble.CLOCK,
        CloudKeyRefused.code: Trouble.KEY,
        CloudPushAborted.code: Trouble.SUPPORT,
        CloudPushTooLarge.code: Trouble.SUPPORT,
        DiskFull.code: Trouble.HERE,
        StorageFailed.code: Trouble.HERE,
        StorageBusy.code: Trouble.HERE,
        DatabaseDamaged.code: Trouble.HERE,
        HubError.code: Trouble.HERE,
    }
)


def trouble_of(result: str) -> Trouble | None:
    """The trouble behind the result of a round; None if it went well. A code that is not known here: waiting helps."""
    return None if result in WENT_WELL else _BY_CODE.get(result, Trouble.CLOUD)
