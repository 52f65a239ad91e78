"""The application behind the LAN listener: what phones, and nobody else, may call.

Knows nothing of sockets or of the kiosk's pages: none of those are reachable here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from bottle import Bottle, request, response

from db.errors import HubError
from web.body import BodyReader
from web.credentials import Credentials
from web.headers import header
from web.i18n import Catalogue, negotiate
from web.pages import Pages, load_pages
from web.phone.sign_in import SignIn
from web.phone.sync import SyncServices, get_sync, post_sync
from web.phone.visits import Visits
from web.plugins.auth import Auth, BasicAuthPlugin
from web.plugins.errors import ErrorPlugin
from web.plugins.request_id import RequestIdPlugin
from web.rpc.channel import Channel, ChannelServices
from web.tokens import TokenIssuer

LARGEST_SIGN_IN = 64 * 1024


@dataclass(frozen=True)
class PhoneServices:
    """What the application needs. ``server_name``: asked at every welcome page, since staff may change it."""

    sync: SyncServices
    channel: ChannelServices
    credentials: Credentials
    tokens: TokenIssuer
    catalogue: Catalogue
    server_name: Callable[[], str]
    version: str
    visits: Visits


def create_phone_app(services: PhoneServices) -> Bottle:
    """Builds the application. Every route declares what it asks for with ``auth=``."""
    app = Bottle()
    app.catchall = True
    ErrorPlugin(services.catalogue).install(app)
    app.install(RequestIdPlugin())
    app.install(BasicAuthPlugin(services.credentials))
    welcome = partial(_get_welcome, services, load_pages(services.catalogue))
    app.route("/", "GET", welcome, auth=Auth.NONE)
    app.route("/hello/<name>", "GET", welcome, auth=Auth.NONE)
    app.route("/health", "GET", partial(_get_health, services), auth=Auth.NONE)
    _add_sync_routes(app, services)
    _add_channel_routes(app, services)
    sign_in = SignIn(services.credentials, services.tokens, BodyReader(LARGEST_SIGN_IN, services.sync.watchdog))
    app.route("/api/login", "POST", sign_in.post_login, auth=Auth.NONE)
    app.route("/api/auth/sign-in", "POST", sign_in.post_sign_in, auth=Auth.NONE)
    return app


def _add_sync_routes(app: Bottle, services: PhoneServices) -> None:
    for path, all_tables in (("/sync", False), ("/api/v2/sync", True)):
        for spelling in (path, f"{path}/"):
            app.route(spelling, "GET", partial(get_sync, services.sync, all_tables=all_tables), auth=Auth.BASIC)
            app.route(spelling, "HEAD", _head_sync, auth=Auth.BASIC)
            app.route(spelling, "POST", partial(post_sync, services.sync), auth=Auth.BASIC)


def _add_channel_routes(app: Bottle, services: PhoneServices) -> None:
    channel = Channel(services.channel, services.sync.watchdog)
    app.route("/rpc/heartbeat", "GET", channel.get_heartbeat, auth=Auth.NONE)
    app.route("/rpc/handshake", "POST", channel.post_handshake, auth=Auth.SEALED)
    app.route("/rpc/command", "POST", channel.post_command, auth=Auth.SEALED)
    app.route("/rpc/query", "POST", channel.post_query, auth=Auth.SEALED)


def _head_sync(account: object) -> str:
    """A HEAD of a sync says only that a GET would be answered: no pull begins."""
    response.content_type = "application/json"
    return ""


def _get_welcome(services: PhoneServices, pages: Pages, name: str = "") -> str:
    """A page for somebody who opens the address in a browser. It shows no data; that it was opened is noted, with the
    code of the page "Check this computer" if the link had one (``?code=``)."""
    services.visits.note(str(request.environ.get("REMOTE_ADDR", "")), request.query.getunicode("code") or "")
    response.content_type = "text/html; charset=UTF-8"
    response.set_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
    response.set_header("X-Content-Type-Options", "nosniff")
    translator = pages.translator(negotiate(header("Accept-Language")))
    address = f"{request.urlparts.scheme}://{request.urlparts.netloc}"
    return pages.render("phone_home", translator, server_name=services.server_name(), address=address)


def _get_health(services: PhoneServices) -> dict[str, Any]:
    """Whether the server can read its database; for support and self-tests. No data."""
    try:
        with services.sync.database.read() as snapshot:
            snapshot.begin()
    except HubError:
        response.status = 503
        return {"ok": False, "version": services.version}
    return {"ok": True, "version": services.version}
