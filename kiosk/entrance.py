"""How the kiosk's own pages are entered: what stays the same when the server is put together anew after a restore.

Knows nothing of what the pages show. A window or browser that is in goes on without noticing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import Self

from web.ui.restore_port import RestoreFailure
from web.ui.sessions import UiSessions


@dataclass(frozen=True)
class Entrance:
    """``port`` 0: a free one. ``failed_restore``: what the page has to tell of the time before."""

    token: str = field(repr=False)
    sessions: UiSessions = field(repr=False)
    port: int = 0
    failed_restore: RestoreFailure | None = None

    @classmethod
    def new(cls) -> Self:
        """With a token that nobody has yet."""
        token = secrets.token_urlsafe(32)
        return cls(token, UiSessions(token))

    def again(self, port: int, failed_restore: RestoreFailure | None) -> Entrance:
        """The same, at the same address."""
        return replace(self, port=port, failed_restore=failed_restore)
