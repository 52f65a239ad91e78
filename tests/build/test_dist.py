from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import dist
from kiosk import __version__


def test_the_version_is_that_of_the_program() -> None:
    assert dist.version() == __version__


def test_checksums_are_as_sha256sum_reads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dist, "DIST", tmp_path)
    for name in ("b.run", "a.deb"):
        (tmp_path / name).write_bytes(name.encode())
    dist.write_sums([tmp_path / "b.run", tmp_path / "a.deb"])
    expected = [f"{hashlib.sha256(name.encode()).hexdigest()}  {name}" for name in ("a.deb", "b.run")]
    assert (tmp_path / dist.SUMS).read_text().splitlines() == expected


def test_a_word_that_is_not_known_is_refused() -> None:
    with pytest.raises(SystemExit) as end:
        dist.main(["fly"])
    assert end.value.code == 2
