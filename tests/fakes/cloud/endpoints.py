"""The cloud's answers, endpoint by endpoint (CLOUD §1 and §2).

Knows nothing of sockets, and of faults only those that Settings hold.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tests.fakes.cloud import exchange, pull, times
from tests.fakes.cloud.callers import Caller, caller_of, device_of_key, user_of_password
from tests.fakes.cloud.database import Database, Row
from tests.fakes.cloud.encoding import encoder
from tests.fakes.cloud.exchange import Reply, Request, json_reply
from tests.fakes.cloud.limiter import SlidingWindow
from tests.fakes.cloud.push import Hook, Outcome, push
from tests.fakes.cloud.settings import Call, Settings

MINUTE_MS = 60_000
COOKIE_LIFE = timedelta(hours=2)


class Endpoints:
    """Answers requests from a database. ``settings`` and ``hook`` may be exchanged at any time."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self.settings = settings
        self.hook: Hook = lambda moment, table, record: None
        self.streams: dict[str, pull.Stream] = {}
        self._sync_window = SlidingWindow(db.now_ms, most=60, window_ms=MINUTE_MS)
        self._sign_in_window = SlidingWindow(db.now_ms, most=30, window_ms=15 * MINUTE_MS)

    def answer(self, request: Request) -> Reply:
        """What the cloud would say."""
        answers: Mapping[Call, Callable[[Request], Reply]] = {
            Call.VERIFY_KEY: self._verify_key,
            Call.PULL: self._sync,
            Call.PUSH: self._sync,
            Call.LOGIN: self._login,
            Call.SIGN_IN: self._sign_in,
            Call.OTHER: self._other,
        }
        return answers[request.call](request)

    def _verify_key(self, request: Request) -> Reply:
        try:
            body = request.json
        except exchange.NotJson:
            body = None
        if body is None:
            return json_reply(500, {"error": "Internal server error"})
        api_key = body.get("api_key") if isinstance(body, dict) else None
        if not isinstance(api_key, str) or not api_key:
            return json_reply(400, {"error": "Missing or invalid api_key"})
        if self.settings.is_database_down:
            return json_reply(500, {"error": "Internal server error"})
        device = device_of_key(self._db, api_key)
        if device is None:
            return json_reply(401, {"error": "Invalid API key"})
        shown = self._shown("devices", device)
        del shown["api_key_hash"]
        return json_reply(200, shown)

    def _sync(self, request: Request) -> Reply:
        if self.settings.is_rate_limited:
            client = request.headers.get("x-forwarded-for", "unknown").split(",")[0].strip()
            wait_s = self._sync_window.wait_s(client)
            if wait_s is not None:
                return exchange.too_many_requests(wait_s)
        caller = None
        if not self.settings.is_database_down:
            caller = caller_of(self._db, request.headers.get("authorization", ""), is_hub=request.is_of_hub)
        if caller is None:
            return exchange.unauthorized()
        return self._pull(request, caller) if request.method == "GET" else self._push(request, caller)

    def _pull(self, request: Request, caller: Caller) -> Reply:
        try:
            since_ms = pull.watermark(request.query)
        except pull.BadWatermark:
            return exchange.server_error()
        is_hub = request.is_of_hub
        return Reply(200, pull.written(self._db, caller, since_ms, self.settings, self.streams, is_hub=is_hub))

    def _push(self, request: Request, caller: Caller) -> Reply:
        try:
            body = request.json
        except exchange.NotJson:
            return exchange.server_error()
        outcome = push(self._db, body, caller, is_hub=request.is_of_hub, hook=self._call_hook)
        if outcome is Outcome.FAILED_IN_ITEMS:
            return exchange.failed_item()
        return exchange.server_error() if outcome is Outcome.FAILED else json_reply(200, {"success": True})

    def _login(self, request: Request) -> Reply:
        user = self._signed_in(request)
        return json_reply(401, {}) if user is None else json_reply(200, {**user, "token": str(uuid.uuid4())})

    def _sign_in(self, request: Request) -> Reply:
        if self.settings.is_rate_limited:
            client = request.headers.get("x-forwarded-for", "unknown").split(",")[0].strip()
            wait_s = self._sign_in_window.wait_s(client)
            if wait_s is not None:
                return exchange.too_many_requests(wait_s)
        user = self._signed_in(request)
        if user is None:
            return json_reply(401, {"error": "Invalid credentials"})
        token = str(uuid.uuid4())
        end = times.EPOCH + timedelta(milliseconds=self._db.now_ms()) + COOKIE_LIFE
        expires = f"{end:%a, %d %b %Y %H:%M:%S} GMT"
        cookie = f"token={token}; Path=/; Expires={expires}; HttpOnly; Secure; SameSite=Strict"
        return json_reply(200, {"user": user, "token": token}, Set_Cookie=cookie)

    def _signed_in(self, request: Request) -> Row | None:
        try:
            body = request.json
        except exchange.NotJson:
            return None
        if self.settings.is_database_down or not isinstance(body, dict):
            return None
        user = user_of_password(self._db, body.get("email"), body.get("password"))
        if user is None:
            return None
        clinic = self._db.find("clinics", user["clinic_id"])
        masked = {**self._shown("users", user), "hashed_password": "*" * 12}
        return {**masked, "clinic_name": clinic["name"] if clinic else None}

    def _other(self, request: Request) -> Reply:
        known = ("/api/v2/sync", "/api/hub/verify-key", "/api/login", "/api/auth/sign-in")
        return exchange.page(200, "") if request.path in known else exchange.page(404, "<p>Not Found</p>")

    def _shown(self, table: str, row: Row) -> Row:
        return encoder(table, self.settings.timezone_offset_minutes)(row)

    def _call_hook(self, moment: Any, table: str, record: Any) -> None:
        self.hook(moment, table, record)
