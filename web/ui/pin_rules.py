"""Which routes of the kiosk's pages ask for the PIN, and which work while the window is locked: one line a route.

Knows nothing of how either is done (web/ui/guard.py). Every POST route is in one of the two tables, which a gate
checks; one that is in neither asks for the PIN.
"""

from __future__ import annotations

ASKS_FOR_PIN = frozenset(
    {
        # settings, the lock and the keys
        "GET /settings",
        "POST /settings/pin",
        "POST /settings/pin/remove",
        "POST /settings/idle",
        "POST /settings/passphrase",
        "POST /settings/passphrase/remove",
        "GET /erase",
        "POST /erase",
        "POST /erase/now",
        # phones
        "GET /phones/revoke",
        "POST /phones/revoke",
        "POST /phones/block",
        "POST /phones/scope",
        # backups that leave the computer, and what opens them
        "POST /backups/second",
        "POST /backups/code",
        # what the records are, and which computer serves them
        "GET /restore",
        "POST /restore/search",
        "POST /restore/look",
        "POST /restore/begin",
        "GET /move",
        "POST /move/leave",
        "POST /move/stay",
        # which cloud, and what is exchanged with it
        "GET /cloud/connect",
        "POST /cloud/connect",
        "GET /cloud/disconnect",
        "POST /cloud/disconnect",
        "GET /cloud/refill",
        "POST /cloud/refill",
        "POST /cloud/go-on",
        "POST /cloud/minutes",
        "POST /cloud/limit",
        # which program serves
        "GET /update/install",
        "POST /update/install",
        "POST /update/asking",
        # what was set aside
        "GET /cloud/aside/discard",
        "POST /cloud/aside/discard",
        "POST /cloud/aside/retry",
        "POST /cloud/aside/retry-all",
    }
)

NEEDS_NO_PIN = frozenset(
    {
        # the way in, and the PIN itself
        "POST /session",
        "POST /pin",
        "POST /pin/forgotten",
        "POST /lock",
        "POST /lock/seen",
        "POST /unlock",
        # what keeps phones syncing
        "POST /first-run",
        "POST /start",
        "POST /stop",
        "POST /quit",
        "POST /address",
        "POST /port",
        "POST /language",
        "POST /dismiss",
        "POST /phones/approve",
        "POST /phones/rename",
        "POST /pairing/open",
        "POST /pairing/close",
        "POST /cloud/sync",
        "POST /cloud/pause",
        "POST /cloud/resume",
        "POST /backups/make",
        "POST /move/back-up",
        "POST /restore/cancel",
        "POST /restore/dismiss",
        # care: which of two values is right
        "POST /conflicts/restore",
        "POST /conflicts/settle",
        # help
        "POST /check/run",
        "POST /check/cure",
        "POST /diagnostics/prepare",
        "POST /update/look",
        "POST /update/ask",
    }
)

WHILE_LOCKED = frozenset(
    {
        "GET /locked",
        "GET /lock/state",
        "GET /state",
        "POST /unlock",
        "POST /lock",
        "POST /lock/seen",
        "POST /pin/forgotten",
        "POST /language",
        "POST /quit",  # the window that closes asks for it; who may close it is the computer's business
    }
)


def asks_for_pin(method: str, path: str) -> bool:
    """Whether the PIN is needed where one is set."""
    route = f"{method} {path}"
    return route in ASKS_FOR_PIN or (method != "GET" and route not in NEEDS_NO_PIN)


def works_while_locked(method: str, path: str) -> bool:
    """Whether the route answers as always while the window is locked."""
    return f"{method} {path}" in WHILE_LOCKED
