"""What is believed of an update file, and what is not."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db.errors import DiskFull, HubError
from db.update_errors import UpdateDamaged, UpdateNotTrusted
from kiosk.update.update_file import (
    KEYS_FILE,
    MAGIC,
    SIGNATURE_BYTES,
    Manifest,
    check_payload,
    read_update,
    require_space,
    signed_part,
    trusted_keys,
    unpack,
)
from tests.e2e.server import PROJECT
from tests.updates import NEXT, OBEDIENT, START, Publisher


def proved(file: Path, publisher: Publisher) -> None:
    check_payload(read_update(file, [publisher.public]))


def test_a_file_that_we_signed_is_read_proved_and_unpacked(publisher: Publisher, tmp_path: Path) -> None:
    told: list[float] = []
    update = read_update(publisher.small_update(), [publisher.public])
    assert (update.manifest.version, update.manifest.start) == (NEXT, START)
    check_payload(update, told.append)
    start = unpack(update, tmp_path / "new")
    assert OBEDIENT.replace("VERSION", NEXT) in start.read_text("utf-8")
    assert start.stat().st_mode & 0o111
    assert told[-1] == 1.0


@pytest.mark.parametrize("place", ["magic", "length", "description", "signature", "payload", "last"])
def test_one_flipped_bit_anywhere_is_found(publisher: Publisher, tmp_path: Path, place: str) -> None:
    file = publisher.small_update()
    content = bytearray(file.read_bytes())
    update = read_update(file, [publisher.public])
    at = {
        "magic": 3,
        "length": len(MAGIC) + 3,
        "description": len(MAGIC) + 20,
        "signature": update.payload_at - SIGNATURE_BYTES + 5,
        "payload": update.payload_at + 600,
        "last": len(content) - 1,
    }[place]
    content[at] ^= 1
    file.write_bytes(content)
    with pytest.raises((UpdateDamaged, UpdateNotTrusted)):
        proved(file, publisher)
    if place in ("payload", "last"):
        with pytest.raises(UpdateDamaged):
            unpack(update, tmp_path / "new")
        assert not (tmp_path / "new").exists()


def test_another_key_and_no_key_are_refused(publisher: Publisher) -> None:
    file = publisher.small_update()
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    for keys in ([], [other]):
        with pytest.raises(UpdateNotTrusted):
            read_update(file, keys)
    assert read_update(file, [other, publisher.public]).manifest.version == NEXT


@pytest.mark.parametrize("content", [b"", MAGIC, b"%PDF-1.7" + bytes(100), MAGIC + b"\xff\xff\xff\xff" + bytes(100)])
def test_other_files_are_no_updates(publisher: Publisher, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other.hikma-update"
    file.write_bytes(content)
    with pytest.raises(HubError):
        read_update(file, [publisher.public])


def test_one_that_is_cut_short_or_longer_or_gone_is_damaged(publisher: Publisher) -> None:
    file = publisher.small_update()
    content = file.read_bytes()
    for changed in (content[:-1], content + b"x"):
        file.write_bytes(changed)
        with pytest.raises(UpdateDamaged):
            proved(file, publisher)
    file.write_bytes(content)
    update = read_update(file, [publisher.public])
    file.unlink()
    with pytest.raises(UpdateDamaged):
        check_payload(update)
    with pytest.raises(UpdateDamaged):
        read_update(file, [publisher.public])


def signed(publisher: Publisher, file: Path, payload: bytes, **facts: object) -> Path:
    """A file with a mistake of ours in it, signed all the same."""
    from hashlib import sha256

    usual = {"version": NEXT, "platform": "x", "minimum_version": "0.0.0", "start": START, "unpacked_size": 1}
    manifest = Manifest(**(usual | {"size": len(payload), "sha256": sha256(payload).hexdigest()} | facts))  # type: ignore[arg-type]
    head = signed_part(manifest)
    file.write_bytes(head + publisher.key.sign(head) + payload)
    return file


@pytest.mark.parametrize("facts", [{"version": "new"}, {"start": "../x"}, {"start": "/bin/sh"}, {"start": ""}])
def test_a_description_that_makes_no_sense_is_refused_though_it_is_signed(
    publisher: Publisher, tmp_path: Path, facts: dict[str, str]
) -> None:
    with pytest.raises(UpdateDamaged):
        read_update(signed(publisher, tmp_path / "a", b"", **facts), [publisher.public])


def test_nothing_is_unpacked_outside_of_its_folder(publisher: Publisher, tmp_path: Path) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("../escaped"))
    update = read_update(signed(publisher, tmp_path / "a", content.getvalue()), [publisher.public])
    with pytest.raises(UpdateDamaged):
        unpack(update, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "published"]


def test_a_program_without_its_start_is_damaged(publisher: Publisher, tmp_path: Path) -> None:
    content = io.BytesIO()
    tarfile.open(fileobj=content, mode="w").close()
    update = read_update(signed(publisher, tmp_path / "a", content.getvalue()), [publisher.public])
    with pytest.raises(UpdateDamaged):
        unpack(update, tmp_path / "new")


def test_space_is_wanted_for_the_program_and_the_copies_of_the_database(publisher: Publisher) -> None:
    update = read_update(publisher.small_update(), [publisher.public])
    require_space(update, free_bytes=10**9, database_bytes=10**7)
    with pytest.raises(DiskFull):
        require_space(update, free_bytes=10**9, database_bytes=10**9)


def test_the_keys_of_this_program_are_whole() -> None:
    assert all(len(key) == 32 for key in trusted_keys())
    assert (PROJECT / "kiosk" / "update" / KEYS_FILE).is_file()
