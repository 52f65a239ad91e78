from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest
import update_file
from console import Failed
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.update.update_file import check_payload, read_update, unpack
from kiosk.update.versions import this_platform

FACTS = {"version": "1.0.0", "platform": "x", "minimum_version": "0.0.0", "start": "start"}


def program(folder: Path) -> Path:
    (folder / "inside").mkdir(parents=True)
    (folder / "start").write_text("#!/bin/sh\n")
    (folder / "start").chmod(0o755)
    (folder / "inside" / "library").write_bytes(bytes(5000))
    if sys.platform != "win32":
        (folder / "inside" / "link").symlink_to("library")
    return folder


def test_the_same_program_makes_the_same_file_and_comes_out_again(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate()
    made = [tmp_path / "a", tmp_path / "b"]
    for file in made:
        update_file.write_update(program(tmp_path / f"program-{file.name}"), file, key, FACTS, 1_790_000_000)
    assert made[0].read_bytes() == made[1].read_bytes()
    update = read_update(made[0], [key.public_key().public_bytes_raw()])
    check_payload(update)
    start = unpack(update, tmp_path / "new")
    assert start.stat().st_mode & stat.S_IXUSR
    assert (start.parent / "inside" / "library").read_bytes() == bytes(5000)
    assert update.manifest.unpacked_size == 4096 + 2 * 4096 + (4096 if sys.platform != "win32" else 0)


def test_a_key_is_made_for_its_owner_alone_and_only_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    private = tmp_path / "private"
    assert update_file.main(["new-key", str(private)]) == 0
    public = capsys.readouterr().out.split()[0]
    key = update_file.private_key(private.read_text("ascii"))
    assert key.public_key().public_bytes_raw().hex() == public
    if sys.platform != "win32":
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert update_file.main(["new-key", str(private)]) == 1


def test_a_key_that_no_program_trusts_signs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(update_file.new_key()[0]))
    assert update_file.main(["make", str(program(tmp_path / "program")), "--key", "-", "--into", str(tmp_path)]) == 1
    assert "no program trusts this key" in capsys.readouterr().err


def test_what_is_no_key_or_no_program_is_said(tmp_path: Path) -> None:
    with pytest.raises(Failed):
        update_file.private_key("secret")
    with pytest.raises(Failed):
        update_file.write_update(tmp_path, tmp_path / "a", Ed25519PrivateKey.generate(), FACTS, 0)


def test_the_kind_of_computer_has_a_name() -> None:
    assert "-" in this_platform()
