"""The cryptography of the encrypted channel, against vectors that three other implementations agree on."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.rpc.sealing import PIECE_BYTES, KeyPair, Unsealable, decode, encode, seal, unseal

DOCUMENT = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
VECTORS = DOCUMENT["vectors"]
REFUSED = [bytes.fromhex(reject["peer_public_hex"]) for reject in DOCUMENT["rejects"]]
KEY = bytes(range(32))
MB = 1024 * 1024


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_a_vector_is_reproduced_in_every_part(vector: dict[str, Any]) -> None:
    hub = KeyPair(bytes.fromhex(vector["hub_private_hex"]))
    client = bytes.fromhex(vector["client_public_hex"])
    assert hub.public_key.hex() == vector["hub_public_hex"]
    assert encode(hub.public_key) == vector["hub_public_b64u"]
    assert decode(vector["client_public_b64u"]) == client
    key = hub.agree(client)
    assert key.hex() == vector["session_key_hex"]
    text = vector["plaintext_utf8"].encode()
    assert unseal(key, decode(vector["sealed_b64u"]), vector["aad"]) == text
    sealed = seal(key, [text], vector["aad"], bytes.fromhex(vector["nonce_hex"]))
    assert b"".join(sealed).decode() == vector["sealed_b64u"]


@pytest.mark.parametrize(
    "point",
    [
        *REFUSED,
        (1).to_bytes(32, "little"),
        (2**255 - 20).to_bytes(32, "little"),
        (2**255 - 19).to_bytes(32, "little"),
        (2**255 - 18).to_bytes(32, "little"),
        bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
        bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        b"short",
    ],
)
def test_a_public_key_with_which_everybody_gets_the_same_secret_is_refused(point: bytes) -> None:
    with pytest.raises(Unsealable):
        KeyPair(KEY).agree(point)


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_whatever_the_pieces_the_whole_opens_again(pieces: list[bytes]) -> None:
    sealed = b"".join(seal(KEY, pieces, "query_response")).decode()
    assert "=" not in sealed
    assert unseal(KEY, decode(sealed), "query_response") == b"".join(pieces)


def test_no_two_seals_are_the_same() -> None:
    assert [*seal(KEY, [b"x"], "query")] != [*seal(KEY, [b"x"], "query")]


@pytest.mark.parametrize("end", [0, 5, 27, 28, -1])
def test_a_cut_message_does_not_open(end: int) -> None:
    sealed = decode(b"".join(seal(KEY, [b"text"], "query")).decode())
    with pytest.raises(Unsealable):
        unseal(KEY, sealed[:end], "query")


@pytest.mark.parametrize("place", [0, 12, -1])
def test_a_changed_message_does_not_open(place: int) -> None:
    sealed = bytearray(decode(b"".join(seal(KEY, [b"text"], "query")).decode()))
    sealed[place] ^= 1
    with pytest.raises(Unsealable):
        unseal(KEY, bytes(sealed), "query")


def test_a_message_opens_for_its_own_purpose_and_with_its_own_key_only() -> None:
    sealed = decode(b"".join(seal(KEY, [b"text"], "query")).decode())
    for key, purpose in ((KEY, "command"), (KEY, "query_response"), (bytes(32), "query")):
        with pytest.raises(Unsealable):
            unseal(key, sealed, purpose)


def test_padding_is_accepted_and_the_other_alphabet_is_not() -> None:
    assert decode("-_8=") == decode("-_8") == b"\xfb\xff"
    for text in ("+/8", "-_8 ", "-", "é", "a=b", "-_8\n"):
        with pytest.raises(Unsealable):
            decode(text)


def test_sealing_an_answer_of_any_size_takes_little_memory() -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40 * MB // 1000):
            yield b"x" * 1000

    tracemalloc.start()
    size = sum(map(len, seal(KEY, pieces(), "query_response")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 50 * MB
    assert peak < 20 * PIECE_BYTES
