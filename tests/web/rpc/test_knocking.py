"""How often a phone may knock in vain."""

from __future__ import annotations

import pytest

from db.errors import TooManyAttempts
from tests.fakes.clock import AdjustableClock
from web.rpc.knocking import REFUSALS_ALLOWED, WINDOW_MS, KnockLimit


def test_an_address_has_to_wait_until_its_oldest_refusal_is_a_minute_ago() -> None:
    clock = AdjustableClock()
    limit = KnockLimit(clock)
    for _ in range(REFUSALS_ALLOWED):
        limit.check("a")
        limit.note("a")
        clock.advance(1000)
    with pytest.raises(TooManyAttempts) as refused:
        limit.check("a")
    limit.check("b")
    assert refused.value.context["seconds"] == WINDOW_MS // 1000 - REFUSALS_ALLOWED + 1
    clock.advance(WINDOW_MS - REFUSALS_ALLOWED * 1000)
    limit.check("a")
