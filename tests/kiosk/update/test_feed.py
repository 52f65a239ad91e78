"""Asking which version is the newest: only over https, only for a number, and never for long."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.update_errors import UpdateFeedFailed
from kiosk.update.feed import FEED, FEED_VARIABLE, LONGEST_ANSWER, feed_address, newest_version
from tests.fakes.certificates import certificate_file, server_side


class Feed(http.server.BaseHTTPRequestHandler):
    """Answers with what the path says."""

    answers = {
        "/good": (200, b'{"version": "99.0.0", "more": true}'),
        "/other": (200, b"<html>sign in to the wifi</html>"),
        "/odd": (200, b'{"version": "newest"}'),
        "/missing": (404, b'{"version": "99.0.0"}'),
        "/moved": (302, b""),
        "/long": (200, b" " * (LONGEST_ANSWER + 1)),
    }

    def do_GET(self) -> None:
        status, body = self.answers[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "/good")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_file(tmp_path_factory.mktemp("feed"))


@pytest.fixture(scope="module")
def address(certificate: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    context: ssl.SSLContext = server_side(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        for spelling in (name.lower(), name.upper()):
            monkeypatch.delenv(spelling, raising=False)


def test_the_number_is_read(address: str, certificate: Path) -> None:
    assert newest_version(f"{address}/good", str(certificate)) == "99.0.0"


@pytest.mark.parametrize("path", ["other", "odd", "missing", "moved", "long"])
def test_any_other_answer_is_none(address: str, certificate: Path, path: str) -> None:
    with pytest.raises(UpdateFeedFailed):
        newest_version(f"{address}/{path}", str(certificate))


def test_nobody_else_is_believed(address: str) -> None:
    with pytest.raises(UpdateFeedFailed):
        newest_version(f"{address}/good")


@pytest.mark.parametrize("elsewhere", ["http://127.0.0.1:9/good", "file:///etc/passwd", "https://127.0.0.1:9/good"])
def test_without_https_or_an_answer_there_is_none(elsewhere: str) -> None:
    with pytest.raises(UpdateFeedFailed):
        newest_version(elsewhere)


def test_an_organisation_may_have_a_feed_of_its_own() -> None:
    assert feed_address({}) == FEED
    assert FEED.startswith("https://")
    assert feed_address({FEED_VARIABLE: "https://example.org/feed"}) == "https://example.org/feed"
