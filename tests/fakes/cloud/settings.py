"""How the cloud is set up, and what may go wrong with it.

Knows nothing of how it is served. Faults are ordered with Cloud.fail, request by request; settings hold until changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Call(Enum):
    """The endpoints a client may call (CLOUD §1)."""

    VERIFY_KEY = auto()
    PULL = auto()
    PUSH = auto()
    LOGIN = auto()
    SIGN_IN = auto()
    OTHER = auto()


class Fault(Enum):
    """What becomes of one request. In the first group nothing is applied; in the second a push is."""

    DISCONNECT = auto()  # the connection ends as soon as the request was read
    HANG = auto()  # no answer, until the client gives up or the cloud is stopped
    SERVER_ERROR = auto()  # 500 with the body of CLOUD §2
    TOO_MANY_REQUESTS = auto()  # 429 with Retry-After
    UNAUTHORIZED = auto()  # 401, as while its database is down
    REQUEST_TIMEOUT = auto()  # 408 with Connection: close
    BAD_GATEWAY = auto()  # 502 text/html from something in between
    CAPTIVE_PORTAL = auto()  # 200 text/html: somebody else's sign-in page
    PORTAL_REDIRECT = auto()  # 302 to somebody else's sign-in page

    REPLY_LOST = auto()  # all is applied, then the connection ends without an answer
    RESET_IN_REPLY = auto()  # the connection is reset in the middle of the answer
    TRUNCATED_JSON = auto()  # a complete answer whose JSON ends in the middle
    APPLIED_LATE = auto()  # the connection ends at once; the push is applied when Cloud.apply_late_pushes is called


@dataclass(frozen=True)
class Settings:
    """What holds for every request until Cloud.change."""

    timezone_offset_minutes: int = 0
    """Of the server process, east of UTC: shifts date columns in pulls (CLOUD §3)."""
    commit_delay_ms: int = 0
    """So long after it was stamped a write becomes visible to pulls, by the cloud's clock (CLOUD §3)."""
    is_rate_limited: bool = True
    """60 requests in 60 seconds to the sync path, by the cloud's clock (CLOUD §2)."""
    is_database_down: bool = False
    """Sync answers 401, verify-key 500, login 401 (CLOUD §2)."""
    comes_back_empty: bool = False
    """Pulls show no rows at all, though keys are still known."""
    max_history_days: int | None = None
    """MAX_HISTORY_DAYS_SYNC (CLOUD §3)."""
    latency_ms: int = 0
    """Real time before each request is looked at."""
    body_timeout_s: float = 300
    """A request whose body has not arrived by then is answered 408 (CLOUD §2)."""
    keep_alive_s: float = 5
    """An idle connection is closed after so long (CLOUD §2)."""
