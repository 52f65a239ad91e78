"""The three questions a hub asks the cloud: whose key is this, what is new there, and take what is new here.

Knows nothing of rows, of when to ask, or of what an odd answer means (kiosk/cloud/outcome.py). Loads requests, so
that nobody who starts fast should import it at once.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, Self

import msgspec
import requests
from requests.auth import AuthBase
from requests.models import PreparedRequest
from urllib3.exceptions import HTTPError

from db.clock import Clock
from db.errors import CloudFailure, CloudInTrouble
from kiosk import __version__
from kiosk.cloud.connections import Connections
from kiosk.cloud.outcome import Answer, Phase, failure_of_answer, failure_of_line
from kiosk.cloud.pasted import check_api_key, check_cloud_url
from kiosk.cloud.reply_stream import PulledRow, read_reply

KEEP_ALIVE_MS: Final = 4000
"""The cloud drops a connection that is idle for 5 s (CLOUD §2): one that old may be gone when the request arrives."""
PIECE_BYTES: Final = 64 * 1024
LONGEST_ANSWER: Final = 64 * 1024
_SYNC: Final = "/api/v2/sync"
_VERIFY_KEY: Final = "/api/hub/verify-key"
_JSON: Final = "application/json"


@dataclass(frozen=True)
class Patience:
    """``connect_s``: for a connection, and for each few kilobytes that are sent. ``read_s``: for each sign of life of
    the answer; a push is answered when all of it is applied (10,000 patients: 40 s, CLOUD §5)."""

    connect_s: float = 15.0
    read_s: float = 180.0


@dataclass(frozen=True)
class CloudDevice:
    """This hub as the cloud knows it. Without any clinic a pull brings everything and nothing may be pushed (CLOUD §3);
    ``status`` is for people, the cloud does not act on it."""

    id: str
    name: str
    clinic_ids: tuple[str, ...]
    device_type: str | None = None
    status: str | None = None


@dataclass(frozen=True)
class PushAnswer:
    """The cloud said yes, which does not mean that it kept every row. ``sent_bytes`` is the size of the body."""

    duration_ms: int
    sent_bytes: int
    server_date_ms: int | None


class CloudClient:
    """One cloud and one key. For one thread at a time; only ``stop`` may be called by another.

    Every method raises a CloudFailure for whatever goes wrong on the way or over there, and nothing else. Redirects
    are followed nowhere.
    """

    def __init__(self, url: str, key: str, clock: Clock, patience: Patience = Patience()) -> None:
        """Raises InvalidInput (``url``, ``key``)."""
        self.url = check_cloud_url(url)
        self._key = _Key(check_api_key(key))
        self._clock = clock
        self._patience = patience
        self._connections = Connections()
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": f"hikma-local-server/{__version__}", "Accept": _JSON})
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.mount("https://", self._connections)
        self._session.mount("http://", self._connections)
        self._last_used_ms = clock.monotonic_ms()

    def __repr__(self) -> str:
        return f"CloudClient({self.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def stop(self) -> None:
        """Ends the request under way, which then fails as CloudInterrupted, and all later ones. For any thread."""
        self._connections.cut()

    def verify_key(self) -> CloudDevice:
        """Which device the key belongs to. Raises CloudKeyRefused if the cloud knows of none."""
        body = msgspec.json.encode({"api_key": self._key.text})
        with self._ask("verify_key", "POST", _VERIFY_KEY, body=body, auth=_NoAuth()) as response:
            answer = self._whole_answer("verify_key", response)
            device = _device_in(answer)
            if device is None:
                raise failure_of_answer(answer, self._clock.now_ms())
        self._note_use()
        return device

    def pull(self, since_ms: int) -> CloudPull:
        """Asks for what changed since a moment of the cloud's clock; 0 is for everything that lives. The rows are read
        from what is returned, which is to be closed."""
        params: dict[str, str | int] = {"lastPulledAt": since_ms, "peerType": "sync_hub"}
        response = self._ask("pull", "GET", _SYNC, params=params)
        head = _head("pull", response)
        if head.status != 200 or not head.is_json:
            with response:
                raise failure_of_answer(self._whole_answer("pull", response), self._clock.now_ms())
        return CloudPull(self, response, head.date_ms)

    def push(self, changes: Mapping[str, Any]) -> PushAnswer:
        """Sends ``{table: {created, updated, deleted}}`` under the names of the cloud. Raises CloudPushAborted if the
        cloud stopped in the middle of it."""
        body = msgspec.json.encode(changes)
        started_ms = self._clock.monotonic_ms()
        with self._ask("push", "POST", _SYNC, params={"peerType": "sync_hub"}, body=body) as response:
            answer = self._whole_answer("push", response)
        if answer.status != 200 or (answer.document() or {}).get("success") is not True:
            raise failure_of_answer(answer, self._clock.now_ms())
        self._note_use()
        return PushAnswer(self._clock.monotonic_ms() - started_ms, len(body), answer.date_ms)

    def _ask(
        self,
        phase: Phase,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: bytes | None = None,
        auth: AuthBase | None = None,
    ) -> requests.Response:
        """The answer as soon as its head is there.

        The body is sent as a stream: the library gives each piece of it ``connect_s``, but a whole body no more than
        that, on however slow a line.
        """
        if self._clock.monotonic_ms() - self._last_used_ms > KEEP_ALIVE_MS:
            self._session.close()
        failure: CloudFailure
        try:
            return self._session.request(
                method,
                self.url + path,
                params=params,
                data=None if body is None else io.BytesIO(body),
                headers={} if body is None else {"Content-Type": _JSON},
                # Something must be given, or a .netrc file of the user's decides who we are.
                auth=auth or self._key,
                timeout=(self._patience.connect_s, self._patience.read_s),
                allow_redirects=False,
                stream=True,
            )
        except (OSError, HTTPError, ValueError) as error:
            failure = failure_of_line(error, phase, was_connected=self._connections.is_connected)
        # Raised out here, where it takes no library's exception along: those hold the request, and so the key.
        raise failure

    def _whole_answer(self, phase: Phase, response: requests.Response) -> Answer:
        """With as much of the body as an answer to anything but a pull can have."""
        body = bytearray()
        for piece in self._pieces(phase, response):
            body += piece
            if len(body) > LONGEST_ANSWER:
                break
        head = _head(phase, response)
        return Answer(phase, head.status, head.headers, bytes(body))

    def _pieces(self, phase: Phase, response: requests.Response) -> Iterator[bytes]:
        """The body as it arrives, unpacked."""
        pieces = response.iter_content(PIECE_BYTES)
        while True:
            failure: CloudFailure | None = None
            try:
                piece = next(pieces, None)
            except (OSError, HTTPError) as error:
                failure = failure_of_line(error, phase, was_connected=True)
            if failure is not None:
                raise failure
            if piece is None:
                return
            yield piece

    def _note_use(self) -> None:
        """A connection is idle from now on."""
        self._last_used_ms = self._clock.monotonic_ms()


class CloudPull:
    """The answer to a pull: iterate over it once, then ask for its ``timestamp``. Closes itself as a context."""

    def __init__(self, client: CloudClient, response: requests.Response, server_date_ms: int | None) -> None:
        self.server_date_ms = server_date_ms
        self.received_bytes = 0
        """Of JSON; where something on the way packs it, fewer went over the line."""
        self._client = client
        self._response = response
        self._timestamp: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends it, however far it is."""
        self._response.close()

    def __iter__(self) -> Iterator[PulledRow]:
        """The rows while they arrive. Raises CloudInterrupted or NotTheCloud if the reply turns out not to be whole."""
        self._timestamp = yield from read_reply(self._counted())
        self._client._note_use()

    def _counted(self) -> Iterator[bytes]:
        for piece in self._client._pieces("pull", self._response):
            self.received_bytes += len(piece)
            yield piece

    @property
    def is_complete(self) -> bool:
        """Whether the reply was read to its end and right in every part."""
        return self._timestamp is not None

    @property
    def timestamp(self) -> int:
        """The cloud's mark for what was given, epoch ms of its clock. To be asked for once ``is_complete``."""
        if self._timestamp is None:
            raise ValueError("the reply has not been read to its end")
        return self._timestamp


def why_unauthorized(client: CloudClient) -> CloudFailure:
    """What a 401 of the cloud means: it says the same when its database is down (CLOUD §2), and so asking which device
    the key belongs to decides. CloudKeyRefused only if the cloud said so; otherwise what kept it from saying."""
    try:
        client.verify_key()
    except CloudFailure as failure:
        return failure
    return CloudInTrouble(phase="verify_key", status=200)


class _Key(AuthBase):
    """Puts the key where it belongs. Shows it to nobody."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return "_Key(…)"

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.text}"
        return request


class _NoAuth(AuthBase):
    """Nothing, and no .netrc either."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        return request


def _head(phase: Phase, response: requests.Response) -> Answer:
    return Answer(phase, response.status_code, {name.lower(): value for name, value in response.headers.items()})


def _device_in(answer: Answer) -> CloudDevice | None:
    """None if that is not what was answered."""
    if answer.status != 200 or not answer.is_json:
        return None
    try:
        device = msgspec.json.decode(answer.body, type=_Device)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return CloudDevice(device.id, device.name or "", tuple(device.clinic_ids or ()), device.device_type, device.status)


class _Device(msgspec.Struct):
    """What is read of a device (CLOUD §1)."""

    id: str
    name: str | None
    clinic_ids: list[str] | None
    device_type: str | None = None
    status: str | None = None
