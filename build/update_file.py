"""Makes update files, and the keys that sign them (docs/releasing.md).

    python build/update_file.py new-key PRIVATE          writes a private key, prints the public one
    python build/update_file.py make PROGRAM --key FILE  an update file out of a frozen program (-: standard input)

Knows nothing of how the program was frozen, and keeps no key. What is in such a file: kiosk/update/update_file.py.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from console import ROOT, Failed, say
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.update.update_file import KEYS_FILE, SUFFIX, Manifest, signed_part, trusted_keys
from kiosk.update.versions import this_platform

NAME = "hikma-local-server"
OLDEST = "0.0.0"
MAC_START = f"Contents/MacOS/{NAME}"
_CHUNK = 1024 * 1024


def new_key() -> tuple[str, str]:
    """A private key and its public one, as hexadecimal digits."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes_raw().hex(), key.public_key().public_bytes_raw().hex()


def private_key(text: str) -> Ed25519PrivateKey:
    """Raises Failed."""
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text.strip()))
    except ValueError:
        raise Failed("this is no private key: 64 hexadecimal digits are wanted") from None


def write_update(
    program: Path, target: Path, key: Ed25519PrivateKey, facts: Mapping[str, Any], at: int, compression: str = "xz"
) -> Manifest:
    """Packs the folder ``program`` and signs it. ``facts``: version, platform, minimum_version and start of the
    description; ``at``: the time that every file gets. Raises Failed."""
    if not (program / facts["start"]).is_file():
        raise Failed(f"{program} has no {facts['start']}")
    with tempfile.TemporaryFile() as payload:
        with tarfile.open(fileobj=payload, mode=f"w:{compression}") as tar:
            for path in sorted(program.rglob("*")):
                tar.add(
                    path, path.relative_to(program).as_posix(), recursive=False, filter=lambda entry: _plain(entry, at)
                )
        size = payload.tell()
        found = {"size": size, "sha256": _sum(payload), "unpacked_size": _unpacked(program)}
        manifest = Manifest(**(found | dict(facts)))
        with target.open("wb") as stream:
            head = signed_part(manifest)
            stream.write(head + key.sign(head))
            payload.seek(0)
            while piece := payload.read(_CHUNK):
                stream.write(piece)
    return manifest


def _sum(stream: IO[bytes]) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while piece := stream.read(_CHUNK):
        digest.update(piece)
    return digest.hexdigest()


def _unpacked(program: Path) -> int:
    """Each file takes whole blocks on the disk."""
    return sum(-(-path.lstat().st_size // 4096) * 4096 for path in program.rglob("*") if not path.is_dir())


def _plain(entry: tarfile.TarInfo, at: int) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = at
    return entry


def make(program: Path, key: Ed25519PrivateKey, minimum: str, into: Path) -> Path:
    """An update file out of a frozen program of this system. Raises Failed."""
    from dist import version
    from freeze import source_date

    public = key.public_key().public_bytes_raw()
    if public not in trusted_keys():
        raise Failed(f"no program trusts this key: kiosk/update/{KEYS_FILE} has no line {public.hex()}")
    kind = this_platform().removesuffix("-headless") + ("-headless" if program.name.endswith("-headless") else "")
    start = MAC_START if program.suffix == ".app" else NAME + (".exe" if sys.platform == "win32" else "")
    facts = {"version": version(), "platform": kind, "minimum_version": minimum, "start": start}
    target = into / f"{NAME}-{facts['version']}-{kind}{SUFFIX}"
    write_update(program, target, key, facts, int(source_date()))
    say(f"{target.relative_to(ROOT) if target.is_relative_to(ROOT) else target}: {target.stat().st_size / 1e6:.0f} MB")
    return target


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("new-key").add_argument("private", type=Path)
    making = actions.add_parser("make")
    making.add_argument("program", type=Path)
    making.add_argument("--key", required=True, help="a file with the private key; -: standard input")
    making.add_argument("--minimum-version", default=OLDEST, help="the oldest version that may be replaced")
    making.add_argument("--into", type=Path, default=ROOT / "dist")
    words = parser.parse_args(arguments)
    try:
        if words.action == "new-key":
            private, public = new_key()
            handle = os.open(words.private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(f"{private}\n")
            say(f"{public}  # a line for kiosk/update/{KEYS_FILE}")
        else:
            text = sys.stdin.read() if words.key == "-" else Path(words.key).read_text(encoding="ascii")
            make(words.program.resolve(), private_key(text), words.minimum_version, words.into)
    except (Failed, OSError) as failure:
        print(failure, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
