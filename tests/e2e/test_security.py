"""What a stranger on the clinic's network gets from the running program, and what it leaves lying about: nothing."""

from __future__ import annotations

import gzip
import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from db.catalogue import CATALOGUE
from tests.e2e.http_client import Reply, basic, send, signed_in
from tests.e2e.server import DOCTOR, NURSE, RunningServer
from web.credentials import FAILURES_ALLOWED

SYNC_PATHS = ("/sync", "/sync/", "/api/v2/sync", "/api/v2/sync/")
OPEN_PATHS = ("/", "/health", "/hello/nurse")
UI_PATHS = (
    *("/open", "/session", "/static/app.css", "/status", "/state", "/first-run", "/start", "/stop", "/address"),
    *("/port", "/language", "/dismiss", "/quit"),
)
MARK = "Mk7qZ"
"""No program, library or path has this in it."""


def json_body(document: object) -> bytes:
    return json.dumps(document).encode()


def login(server: RunningServer, email: str, password: str) -> Reply:
    return send(server.phones_url, "POST", "/api/login", json_body({"email": email, "password": password}))


def test_a_stranger_gets_nothing_but_the_open_pages(running_server: RunningServer) -> None:
    url = running_server.phones_url
    for path in SYNC_PATHS:
        for method in ("GET", "POST", "HEAD"):
            assert send(url, method, path, b"{}").status == 401
        for credentials in (basic(NURSE.email, "guess"), basic("nobody@example.org", NURSE.password), basic("", "")):
            assert send(url, "GET", path, headers=credentials).status in (401, 429)
    for path in OPEN_PATHS:
        body = send(url, "GET", path).body.decode()
        assert NURSE.email not in body
        assert NURSE.name not in body
        assert str(running_server.data_folder) not in body


def test_the_kiosk_s_pages_cannot_be_reached_over_the_network(running_server: RunningServer) -> None:
    for path in UI_PATHS:
        for method in ("GET", "POST"):
            reply = send(running_server.phones_url, method, path, b"", headers=signed_in())
            assert (reply.status, reply.json["code"]) == (404, "not_found"), path


def test_phones_cannot_be_served_by_the_kiosk_s_pages(running_server: RunningServer) -> None:
    address = urlsplit(running_server.ui_url)
    url = f"http://{address.netloc}"
    for path in (*SYNC_PATHS, "/api/login", "/api/auth/sign-in", "/health", "/hello/x"):
        for method in ("GET", "POST"):
            reply = send(url, method, path, b"{}", headers={**signed_in(), "Origin": url})
            assert reply.status in (401, 404), path
            assert NURSE.name.encode() not in reply.body


def test_the_kiosk_s_pages_listen_on_this_computer_alone(running_server: RunningServer) -> None:
    port = urlsplit(running_server.ui_url).port
    own_addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in own_addresses:
        if not str(address).startswith("127."):
            with socket.socket() as stranger, pytest.raises(OSError):
                stranger.connect((str(address), port))


@pytest.mark.slow
def test_who_guesses_has_to_wait_while_a_phone_that_signed_in_before_syncs_on(running_server: RunningServer) -> None:
    url = running_server.phones_url
    assert send(url, "GET", "/sync", headers=signed_in()).status == 200
    statuses = [login(running_server, NURSE.email, f"guess {number}").status for number in range(FAILURES_ALLOWED + 1)]
    assert statuses == [401] * FAILURES_ALLOWED + [429]
    for reply in (
        login(running_server, DOCTOR.email, DOCTOR.password),
        send(url, "GET", "/sync", headers=signed_in(DOCTOR)),
    ):
        assert reply.status == 429
        assert 0 < int(reply.headers["retry-after"]) <= 60
        assert reply.json["code"] == "too_many_attempts"
    assert send(url, "GET", "/sync", headers=signed_in()).status == 200
    assert login(running_server, NURSE.email, NURSE.password).status == 200


def test_the_hash_of_a_password_is_in_no_answer(running_server: RunningServer) -> None:
    url = running_server.phones_url
    replies = [login(running_server, NURSE.email, NURSE.password), login(running_server, NURSE.email, "guess")]
    migration = "migration=%7B%22tables%22%3A%5B%22users%22%5D%2C%22columns%22%3A%5B%7B%22table%22%3A%22users%22%2C%22"
    asked_for = migration + "columns%22%3A%5B%22hashed_password%22%2C%22email%22%5D%7D%5D%7D"
    for path in SYNC_PATHS:
        for query in ("", "?schema_version=4", "?schema_version=9&lastPulledAt=0", f"?lastPulledAt=1&{asked_for}"):
            replies.append(send(url, "GET", f"{path}{query}", headers=signed_in()))
    replies.append(send(url, "GET", "/sync", headers={**signed_in(), "Accept-Encoding": "gzip"}))
    users = [{"id": "x", "hashed_password": "x"}]
    replies.append(send(url, "POST", "/sync", json_body({"users": {"created": users}}), signed_in()))
    whole = b""
    for reply in replies:
        whole += gzip.decompress(reply.body) if reply.headers.get("content-encoding") == "gzip" else reply.body
    assert NURSE.email.encode() in whole
    for secret in (b"hashed_password", b"$2b$", b"$2a$"):
        assert secret not in whole


def marked_rows() -> dict[str, list[dict[str, object]]]:
    """A row of every table that phones may write, with a mark in every column, its name if unknown, and its id."""
    rows: dict[str, list[dict[str, object]]] = {}
    for table in CATALOGUE.values():
        if table.phones_may_write:
            columns: dict[str, object] = {name: f"{MARK} {table.name} {name}" for name in table.columns}
            rows[table.name] = [
                {"id": f"{MARK}-{table.name}-{number}", **columns, f"{MARK}_new": f"{MARK} new", "_changed": MARK}
                for number in range(30)
            ]
    return rows


def cause_every_error(server: RunningServer) -> None:
    """Requests that fail in all ways we know, each with marks in every part of it."""
    url, headers = server.phones_url, signed_in()
    bodies = [
        f'{{"patients": {{"{MARK}": '.encode(),
        f"{MARK}".encode(),
        json_body({MARK: MARK, "patients": MARK}),
        json_body({"patients": {"created": [{"id": 5, "given_name": MARK}]}}),
        json_body({"patients": {"created": [{"given_name": MARK}], MARK: MARK}}),
        json_body({"patients": {"created": [{"id": MARK * 100}]}}),
        json_body({"patients": {"deleted": [{MARK: MARK}]}}),
        json_body({"patients": {"created": [{"id": f"{MARK}deep", MARK: json.loads("[" * 60 + "]" * 60)}]}}),
        json_body({"patients": {"created": [{"id": f"{MARK}odd", "given_name": f"{MARK}\ud800", "created_at": MARK}]}}),
        json_body({"users": {"created": [{"id": MARK, "email": MARK}]}}),
        f'{{"{MARK}":'.encode() + b"[" * 100_000,
        MARK.encode() * 15_000_000,
    ]
    for path in SYNC_PATHS[::2]:
        for body in bodies:
            send(url, "POST", f"{path}?lastPulledAt={MARK}", body, headers)
        send(url, "POST", path, f"{MARK}".encode(), {**headers, "Content-Encoding": "gzip"})
        send(url, "POST", path, f"{MARK}".encode(), {**headers, "Content-Encoding": MARK})
        send(url, "GET", f"{path}?migration=%7B%22{MARK}", headers=headers)
        send(url, "GET", f"{path}?schema_version={MARK}&migration=%7B%22tables%22%3A%22{MARK}%22%7D", headers=headers)
        send(url, MARK.upper(), path, headers=headers)
        send(url, "GET", path, headers={"Authorization": f"Basic {MARK}"})
    for path in (f"/{MARK}", f"/hello/{MARK}", f"/sync/{MARK}", f"/%ff{MARK}"):
        send(url, "GET", path, headers={**headers, "Accept-Language": MARK, "X-Mark": MARK, "User-Agent": MARK})
    for email, password in ((f"{MARK}@example.org", MARK), (NURSE.email, MARK), (f"{MARK}:", f":{MARK}")):
        login(server, email, password)
        send(url, "GET", "/sync", headers=basic(email, password))
    send(url, "POST", "/api/login", json_body({"email": MARK, "password": [MARK]}))
    speak_rubbish(url)
    leave_in_mid_answer(url)


def speak_rubbish(url: str) -> None:
    """What cannot be parsed as a request, and bodies that break off."""
    authorization = f"Authorization: {signed_in()['Authorization']}"
    for lines in (
        [MARK],
        [f"GET /{MARK} HTTP/1.1", MARK],
        ["GET / HTTP/1.1", f"{MARK}: {MARK * 20_000}"],
        [f"GET /{MARK * 20_000} HTTP/1.1"],
        ["POST /sync HTTP/1.1", authorization, "Transfer-Encoding: chunked", "", MARK],
        ["POST /sync HTTP/1.1", authorization, "Content-Length: 1000", "", '{"patients": "' + MARK],
        ["POST /sync HTTP/1.1", f"Content-Length: {MARK}", "", ""],
    ):
        with socket.create_connection((urlsplit(url).hostname or "", urlsplit(url).port or 0), timeout=30) as client:
            client.sendall("\r\n".join([*lines, "", ""]).encode())
            client.shutdown(socket.SHUT_WR)
            try:
                while client.recv(65536):
                    pass
            except ConnectionResetError:
                pass


def leave_in_mid_answer(url: str) -> None:
    with socket.create_connection((urlsplit(url).hostname or "", urlsplit(url).port or 0), timeout=30) as client:
        client.sendall(f"GET /sync HTTP/1.1\r\nAuthorization: {signed_in()['Authorization']}\r\n\r\n".encode())
        client.recv(100)


def files_with(needles: list[bytes], folders: list[Path]) -> list[str]:
    """Which files hold what, also in UTF-16."""
    wanted = {form: needle for needle in needles for form in (needle, needle.decode().encode("utf-16-le"))}
    found = []
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found += [f"{path.name}: {needle.decode()}" for form, needle in wanted.items() if form in content]
    return found


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "plain").write_bytes(b"x" * 100 + MARK.encode() + b"y")
    (tmp_path / "wide").write_bytes(MARK.encode("utf-16-le"))
    assert sorted(files_with([MARK.encode()], [tmp_path])) == [f"plain: {MARK}", f"wide: {MARK}"]


@pytest.mark.slow
def test_no_file_holds_a_word_of_what_was_synced_whatever_goes_wrong(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The database and its log, our logs, files of the running program, and the temporary folder."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    folder = tmp_path / "data"
    environment = {name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR")}
    server = RunningServer(folder, environment=environment)
    request.addfinalizer(server.kill)
    server.start()
    server.add_user(NURSE)
    token = str(login(server, NURSE.email, NURSE.password).json["token"])
    push = {name: {"created": rows, "updated": [], "deleted": []} for name, rows in marked_rows().items()}
    needles = [MARK.encode(), NURSE.password.encode(), token.encode(), token.split(".")[2].encode()]
    needles += [signed_in()["Authorization"].removeprefix("Basic ").encode(), b"hashed_password", b"$2b$"]

    def must_hold_nothing(when: str) -> None:
        assert files_with(needles, [folder, temporary]) == [], when
        assert files_with(needles, [path for path in tmp_path.iterdir() if path.is_dir()]) == [], when
        assert all(needle.decode() not in server.last_words() for needle in needles), when
        assert (folder / "clinic.db").read_bytes()[:15] != b"SQLite format 3"

    assert send(server.phones_url, "POST", "/sync", json_body(push), signed_in()).status == 200
    must_hold_nothing("after a push")
    pulled = send(server.phones_url, "GET", "/api/v2/sync", headers=signed_in())
    assert pulled.body.count(MARK.encode()) > 1000
    cause_every_error(server)
    assert send(server.phones_url, "GET", "/health").status == 200
    must_hold_nothing("while it serves, after every error")
    server.restart_after_kill()
    must_hold_nothing("after a power cut")
    server.cli("status")
    server.cli("history", "show", "patients", f"{MARK}-patients-0")
    server.stop()
    must_hold_nothing("after it was stopped")
    assert any((folder / "logs").glob("server.log*"))
