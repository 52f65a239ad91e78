"""What a person pastes becomes exact, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import InvalidInput
from kiosk.cloud.pasted import LONGEST_KEY, check_api_key, check_cloud_url

KEY = "hh_0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("cloud.example.org", "https://cloud.example.org"),
        ("  https://Cloud.Example.ORG/ \r\n", "https://cloud.example.org"),
        ("HTTPS://cloud.example.org/app/login?next=%2F#top", "https://cloud.example.org"),
        ("\u200ehttps://cloud.example.org\u200f\u200b", "https://cloud.example.org"),
        ("\ufeffcloud.example.org:8443/", "https://cloud.example.org:8443"),
        ("https://cloud.example.org:443", "https://cloud.example.org"),
        ("cloud.example.org.", "https://cloud.example.org"),
        ("https://sağlık.example", "https://xn--salk-1wa3i.example"),
        ("my-cloud_2", "https://my-cloud_2"),
        ("10.1.2.3", "https://10.1.2.3"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://localhost:80/x", "http://localhost"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("localhost:3000", "https://localhost:3000"),
    ],
)
def test_an_address_is_made_exact(text: str, url: str) -> None:
    assert check_cloud_url(text) == url
    assert check_cloud_url(url) == url


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "https://", "https:///path", "://", "?", ".", "https://.", "https://a..b"),
        *("http://cloud.example.org", "http://10.1.2.3", "http://localhost.example.org", "http://0.0.0.0"),
        *("ftp://cloud.example.org", "file:///etc/passwd", "javascript:alert(1)", "mailto:a@b.org"),
        *("https://me:secret@cloud.example.org", "https://good.example\\@bad.example", "https:\\\\cloud.example.org"),
        *("https://cloud.example.org:0", "https://cloud.example.org:99999", "https://cloud.example.org:x"),
        *("my cloud", "https://a<b", "https://[::1", "https://[nonsense]", "a" * 64 + ".org", "https://a%2fb"),
    ],
)
def test_what_is_no_safe_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_cloud_url(text)
    assert refusal.value.context == {"path": "url"}


@given(
    st.text(st.characters(exclude_categories=()), max_size=30)
    | st.from_regex(r"(https?://)?[\[\].:@/\\%a-z0-9-]{0,20}")
)
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        url = check_cloud_url(text)
    except InvalidInput:
        return
    assert check_cloud_url(url) == url
    assert url.startswith(("https://", "http://127.", "http://localhost", "http://["))


@pytest.mark.parametrize("text", [KEY, f" {KEY}\r\n", f"\u200e{KEY}\u200f", f"\ufeff\t{KEY}\u00a0"])
def test_a_key_loses_what_paste_brought_along(text: str) -> None:
    assert check_api_key(text) == KEY


@pytest.mark.parametrize(
    "text", ["", "\n", f"{KEY} {KEY}", f"{KEY}\r\nX-Other: 1", "clé", "\0", "k" * (LONGEST_KEY + 1)]
)
def test_what_no_header_can_carry_is_no_key(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_api_key(text)
    assert str(refusal.value) == "invalid_input (path=key)"
