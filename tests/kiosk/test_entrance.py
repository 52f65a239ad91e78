"""One address, one token and one session, whatever is shown there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import requests

from kiosk.entrance import Entrance, WsgiApp, ui_url


def saying(text: bytes) -> WsgiApp:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
        return [text]

    return app


def test_what_is_shown_changes_while_it_listens() -> None:
    entrance = Entrance()
    entrance.show(saying(b"first"))
    port = entrance.start()
    try:
        assert entrance.start() == port
        assert requests.get(ui_url(port), timeout=10).text == "first"
        entrance.show(saying(b"second"))
        assert requests.get(ui_url(port), timeout=10).text == "second"
        assert entrance.sessions.is_token(entrance.token)
    finally:
        entrance.stop()
        entrance.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(ui_url(port), timeout=10)


def test_it_is_found_again_at_the_same_place_by_whoever_was_in() -> None:
    entrance = Entrance()
    session = entrance.sessions.enter(entrance.token)
    entrance.show(saying(b"before"))
    port = entrance.start()
    entrance.stop()
    entrance.show(saying(b"after"))
    try:
        assert entrance.start() == port
        assert requests.get(ui_url(port), timeout=10).text == "after"
        assert session is not None
        assert entrance.sessions.knows(session)
    finally:
        entrance.stop()


def test_one_that_never_listened_can_be_stopped() -> None:
    Entrance().stop()
