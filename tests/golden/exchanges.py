"""The exchanges whose exact answers are kept in files beside this one, and how what differs from run to run is masked.

Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.web.phones_listener import AS_DOCTOR, AS_NURSE, BODY_LIMIT, NURSE, Answer, PhonesListener

SHOWN_HEADERS = ("content-type", "www-authenticate", "retry-after", "allow", "connection")
_MASKS = (
    ("token", re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")),
    ("uuid", re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")),
    ("request id", re.compile(r"(?<=\"request_id\":\")[0-9a-f]{8}")),
    ("time", re.compile(r"\b17[56]\d{10}\b")),
)
_AT = 1_500_000_000_000


def masked(text: str) -> str:
    """``text`` with each id, token and time of today as ``<name n>``, the same one for the same value."""
    for name, pattern in _MASKS:
        seen: dict[str, str] = {}
        text = pattern.sub(lambda found, name=name, seen=seen: _mask(name, seen, found[0]), text)  # type: ignore[misc]
    return text


def _mask(name: str, seen: dict[str, str], value: str) -> str:
    return seen.setdefault(value, f"<{name} {len(seen) + 1}>")


def shown(request: str, answer: Answer) -> str:
    """An exchange as it is kept: the request in a line, status, the headers that clients look at, the body."""
    headers = [f"{name}: {answer.headers[name]}" for name in SHOWN_HEADERS if name in answer.headers]
    return masked("\n".join([f"> {request}", str(answer.status), *headers, "", answer.body.decode(), ""]))


def patient(record_id: str, **columns: object) -> dict[str, object]:
    """A row of a phone."""
    row = {"id": record_id, "given_name": "Amal", "created_at": _AT, "updated_at": _AT, "is_deleted": False}
    return {**row, "date_of_birth": "1990-02-28", "additional_data": "{}", "deleted_at": None, **columns}


class Exchanges:
    """Makes them, in an order in which each finds what it needs."""

    def __init__(self, phones: PhonesListener) -> None:
        self._phones = phones
        self.texts: dict[str, str] = {}

    def make(self) -> dict[str, str]:
        """All of them, by name."""
        steps: tuple[Callable[[], None], ...] = (self._open, self._sign_in, self._library, self._first, self._errors)
        for step in steps:
            step()
        return self.texts

    def _open(self) -> None:
        self._ask("health", "GET", "/health", headers={})
        self._ask("hello_head", "HEAD", "/", headers={})

    def _sign_in(self) -> None:
        right = b'{"email":"%s","password":"%s"}' % (NURSE[0].encode(), NURSE[1].encode())
        wrong = b'{"email":"nobody@example.org","password":"guess"}'
        self._ask("login", "POST", "/api/login", body=right, headers={})
        self._ask("login_wrong", "POST", "/api/login", body=wrong, headers={})
        self._ask("sign_in", "POST", "/api/auth/sign-in", body=right, headers={})

    def _library(self) -> None:
        """A library-style phone pulls what another has pushed, then its changes and deletions."""
        self._phones.push({"patients": {"created": [patient("p1"), patient("p2"), patient("p3")]}}, headers=AS_DOCTOR)
        mark = self._pull("first_pull", 0, "/api/v2/sync", schema_version="9")
        changes = {
            "patients": {"created": [patient("p4")], "updated": [patient("p1", given_name="Noor")], "deleted": ["p2"]},
            "visits": {"created": [{"id": "v1", "patient_id": "p1", "shoe_size": 43}]},
        }
        self._phones.push(changes, headers=AS_DOCTOR)
        mark = self._pull("pull_with_changes", mark, "/api/v2/sync", schema_version="9")
        self._pull("pull_without_changes", mark, "/api/v2/sync", schema_version="9")
        self._ask("push", "POST", f"/api/v2/sync?last_pulled_at={mark}", body=b'{"visits":{"created":[{"id":"v2"}]}}')

    def _first(self) -> None:
        """A phone of the first generation: strings until it has pushed a deletion as a row, then objects."""
        first = self._pull("first_pull_of_the_first_generation", 0, "/sync")
        self._phones.push({"patients": {"deleted": [patient("p4", is_deleted=True)]}}, 0)
        self._phones.push({"patients": {"deleted": ["p3"]}}, headers=AS_DOCTOR)
        self._pull("deletions_for_the_first_generation", first, "/sync")

    def _errors(self) -> None:
        self._ask("not_signed_in", "GET", "/sync?lastPulledAt=0", headers={})
        self._ask("wrong_shape", "POST", "/sync", body=b'{"patients":{"created":[{"id":"a"},{"name":"b"}]}}')
        self._ask("not_json", "POST", "/sync", body=b"{")
        self._ask("too_large", "POST", "/sync", body=b" " * (BODY_LIMIT + 1))
        self._ask("broken_migration", "GET", "/sync?migration=%5B%5D")
        self._ask("not_found", "GET", "/nowhere")
        self._ask("wrong_method", "DELETE", "/sync")
        self._ask("in_arabic", "GET", "/nowhere", headers={"Accept-Language": "ar"})
        self._ask("in_spanish", "GET", "/nowhere", headers={"Accept-Language": "es"})

    def _pull(self, name: str, mark: int, path: str, **query: str) -> int:
        return int(self._ask(name, "GET", path, {"lastPulledAt": str(mark), **query}).json["timestamp"])

    def _ask(
        self,
        name: str,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        answer = self._phones.ask(method, path, query, body=body, headers=AS_NURSE if headers is None else headers)
        said = " ".join(part for part in (method, path, " ".join(f"{k}={v}" for k, v in (query or {}).items())) if part)
        self.texts[name] = shown(said, answer)
        return answer
