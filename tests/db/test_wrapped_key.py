"""A copy of the key opens with its secret alone, and a changed copy not at all."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import WrongKey
from db.wrapped_key import COST, Purpose, WrappedKey, decode, encode, unwrap, wrap
from tests.db.rows import KEY, OTHER_KEY

CHEAP = 2
SECRET = b"ABCD"


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.sampled_from(Purpose))
def test_the_secret_opens_the_copy_also_after_it_was_stored(key: bytes, secret: bytes, purpose: Purpose) -> None:
    copy = decode(encode(wrap(key, secret, purpose, cost=CHEAP)))
    assert unwrap(copy, secret) == key
    assert unwrap(copy, secret + b"x") is None


def test_stretching_is_on_unless_a_test_turns_it_down() -> None:
    copy = wrap(KEY, SECRET, Purpose.RECOVERY)
    assert copy.cost == COST == 2**17
    assert unwrap(copy, SECRET) == KEY


def test_two_copies_of_one_key_have_nothing_in_common() -> None:
    one, other = (wrap(KEY, SECRET, Purpose.RECOVERY, cost=CHEAP) for _ in range(2))
    assert one.salt != other.salt
    assert one.nonce != other.nonce
    assert one.sealed != other.sealed


def test_neither_key_nor_secret_is_in_the_copy() -> None:
    copy = wrap(KEY, b"the secret itself", Purpose.PASSPHRASE, cost=CHEAP)
    for text in (encode(copy), repr(copy).encode()):
        assert b"the secret itself" not in text
        assert KEY.hex().encode() not in text
    assert KEY not in copy.sealed


@pytest.mark.parametrize("part", ["salt", "nonce", "sealed"])
def test_a_copy_that_was_changed_opens_with_nothing(part: str) -> None:
    copy = wrap(KEY, SECRET, Purpose.RECOVERY, cost=CHEAP)
    value = bytearray(getattr(copy, part))
    value[0] ^= 1
    assert unwrap(msgspec.structs.replace(copy, **{part: bytes(value)}), SECRET) is None


def test_one_kind_of_copy_cannot_stand_in_for_the_other() -> None:
    copy = wrap(KEY, SECRET, Purpose.RECOVERY, cost=CHEAP)
    assert unwrap(msgspec.structs.replace(copy, purpose=Purpose.PASSPHRASE), SECRET) is None


@pytest.mark.parametrize("cost", [3, 1000])
def test_a_cost_that_makes_no_sense_opens_nothing(cost: int) -> None:
    copy = msgspec.structs.replace(wrap(KEY, SECRET, Purpose.RECOVERY, cost=CHEAP), cost=cost)
    assert unwrap(copy, SECRET) is None


def _stored(**changes: object) -> bytes:
    return msgspec.json.encode(msgspec.to_builtins(wrap(OTHER_KEY, SECRET, Purpose.RECOVERY, cost=CHEAP)) | changes)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\xff\x00",
        b"[]",
        _stored(cost=2**30),  # a forged file must not eat the memory
        _stored(cost=0),
        _stored(salt="AAAA"),
        _stored(purpose="other"),
        _stored(version=2),
    ],
)
def test_what_is_no_copy_is_refused(content: bytes) -> None:
    with pytest.raises(WrongKey) as refused:
        decode(content)
    assert refused.value.context == {"reason": "damaged"}


def test_a_copy_of_a_later_release_with_more_in_it_is_read() -> None:
    assert isinstance(decode(_stored(hint="under the desk")), WrappedKey)
