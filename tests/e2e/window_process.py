"""A process with a window on a display without a screen, and how its page is looked at.

Knows nothing of what the page shows.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import subprocess
from collections.abc import Sequence
from typing import Any

import websocket

from kiosk.port_holder import next_free_port
from tests.fakes.x_display import Display


class Program:
    """The window's process, its page seen through the browser engine's own protocol."""

    def __init__(self, command: Sequence[str], display: Display) -> None:
        # The engine does not take 0. Below the range the system gives to connections, so that none takes it first.
        self._port = next_free_port(20_000 + os.getpid() % 10_000, "127.0.0.1") or 0
        self.display = display
        self.process = subprocess.Popen(
            command,
            env={
                **display.environ,
                "HIKMA_TEST_WINDOW": "1",
                "QTWEBENGINE_REMOTE_DEBUGGING": f"127.0.0.1:{self._port}",
            },
            stdout=subprocess.PIPE,
            text=True,
        )

    def text(self) -> str:
        """What the page says now; empty while there is none."""
        return self.value_of("document.body.innerText")

    def value_of(self, expression: str) -> str:
        """What the page's own scripts would find."""
        answer = self._call("Runtime.evaluate", expression=expression)
        return str(answer.get("result", {}).get("value", ""))

    def picture(self) -> bytes:
        return base64.b64decode(self._call("Page.captureScreenshot")["data"])

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        try:
            connection = websocket.create_connection(self._page(), timeout=5, suppress_origin=True)
            try:
                connection.send(json.dumps({"id": 1, "method": method, "params": params}))
                answer: dict[str, Any] = json.loads(connection.recv())
            finally:
                connection.close()
        except (OSError, LookupError, http.client.HTTPException, websocket.WebSocketException):
            return {}
        result: dict[str, Any] = answer.get("result", {})
        return result

    def _page(self) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", "/json/list")
            pages = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return str(pages[0]["webSocketDebuggerUrl"])
