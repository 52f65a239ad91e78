"""Whoever is in stays in while the server is put together anew."""

from __future__ import annotations

from kiosk.entrance import Entrance
from web.ui.restore_port import RestoreFailure


def test_a_session_goes_on_and_the_token_is_in_no_text() -> None:
    entrance = Entrance.new()
    session = entrance.sessions.enter(entrance.token)
    again = entrance.again(4711, RestoreFailure("disk_full"))
    assert session is not None
    assert again.sessions.knows(session)
    assert (again.port, again.token == entrance.token) == (4711, True)
    assert entrance.token not in repr(again)
    assert Entrance.new().token != entrance.token
