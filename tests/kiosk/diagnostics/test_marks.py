"""The search for marked data can fail: a mark that was put in on purpose is found in every form and place."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from urllib.parse import quote

import pytest

from tests.kiosk.diagnostics.marks import STEM, Marker, found_in, unzipped

VALUE = f"{STEM}0001"


@pytest.mark.parametrize(
    "content",
    [
        VALUE.encode(),
        VALUE.upper().encode(),
        VALUE[::-1].encode(),
        json.dumps({"name": f"é {VALUE}\n"}).encode(),
        "".join(f"\\u{ord(letter):04x}" for letter in VALUE).encode(),
        quote(f"/é {VALUE}").encode(),
        VALUE.encode("utf-16"),
        VALUE.encode().hex().encode(),
        VALUE.encode().hex().upper().encode(),
        base64.b64encode(VALUE.encode()),
        base64.b64encode(b"x" + VALUE.encode()),
        base64.b64encode(b"xy" + VALUE.encode()),
        base64.urlsafe_b64encode(b"id:" + VALUE.encode()),
        base64.b32encode(VALUE.encode()),
        str(list(VALUE.encode())).encode(),
    ],
)
def test_a_mark_is_found_in_every_form(content: bytes) -> None:
    assert found_in(b"before " + content + b" after")


def test_a_digest_without_a_key_is_found() -> None:
    for algorithm in ("md5", "sha1", "sha256"):
        assert found_in(f"user-{hashlib.new(algorithm, VALUE.encode()).hexdigest()}".encode(), [VALUE])


def test_a_mark_inside_a_zip_or_in_the_name_of_a_file_is_found() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "x" * 500 + VALUE)
        archive.writestr(f"{VALUE}.txt", "")
    found = {name for name, content in unzipped(out.getvalue()) if found_in(content)}
    assert found == {"the zip", "a.txt"}


def test_what_holds_no_mark_is_clean() -> None:
    marker = Marker()
    marker.next(wild=True)
    assert found_in(b"nothing here", marker.given) == []
