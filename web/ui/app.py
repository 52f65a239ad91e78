"""The kiosk's own pages as one Bottle app for the loopback listener: its routes and what each does.

Knows nothing of processes, sockets or the database: all that goes through KioskPort.
"""

from __future__ import annotations

from bottle import Bottle, HTTPResponse, request

from db.errors import InvalidInput
from web.i18n import LANGUAGES, Catalogue, Translator
from web.pages import Pages, load_pages
from web.ui.answers import MAIN_PAGE, done, etag, html, json_of, no_part, part, to_page, unless_taken
from web.ui.backups_actions import BackupsActions
from web.ui.check_actions import CheckActions
from web.ui.cloud_actions import CloudActions
from web.ui.diagnostics_actions import DiagnosticsActions
from web.ui.entry import Entry, Routes, entry_routes, guarded_app
from web.ui.erase_actions import EraseActions
from web.ui.first_run import FIELDS, FirstRunEntry, check_first_run
from web.ui.forms import read_form
from web.ui.guard import NOBODY, SESSION
from web.ui.lock_actions import LockActions
from web.ui.main_page import dismissable, main_view
from web.ui.move_actions import MoveActions
from web.ui.phone_actions import PhoneActions
from web.ui.pin_rules import asks_for_pin, works_while_locked
from web.ui.ports import KioskPort, KioskStatus, ServingState
from web.ui.problems import wished_language
from web.ui.restore_actions import RestoreActions
from web.ui.sessions import UiSessions
from web.ui.settings_actions import SettingsActions
from web.ui.tray_actions import TrayActions
from web.ui.update_actions import UpdateActions


def create_ui_app(port: KioskPort, sessions: UiSessions, catalogue: Catalogue) -> Bottle:
    """The app for the loopback listener, with its guard in place (DESIGN §8)."""
    pages = load_pages(catalogue)
    app = guarded_app(sessions, catalogue, pages, port.lock)
    kiosk = _Kiosk(port, pages)
    session_routes = (
        *_kiosk_routes(kiosk),
        *_phone_routes(PhoneActions(port, pages, kiosk.words_for)),
        *_cloud_routes(CloudActions(port, pages, kiosk.words_for)),
        *_tray_routes(TrayActions(port, pages, kiosk.words_for)),
        *_backups_routes(BackupsActions(port, pages, kiosk.words_for)),
        *_restore_routes(RestoreActions(port, pages, kiosk.words_for, sessions)),
        *_move_routes(MoveActions(port, pages, kiosk.words_for)),
        *_check_routes(CheckActions(port, pages, kiosk.words_for)),
        *_diagnostics_routes(DiagnosticsActions(port, pages, kiosk.words_for)),
        *_lock_routes(LockActions(port, pages, kiosk.words_for, sessions)),
        *_settings_routes(SettingsActions(port, pages, kiosk.words_for, sessions)),
        *_erase_routes(EraseActions(port, pages, kiosk.words_for)),
        *_update_routes(UpdateActions(port, pages, kiosk.words_for)),
    )
    for auth, routes in ((NOBODY, entry_routes(Entry(sessions, pages))), (SESSION, session_routes)):
        for method, path, handler in routes:
            of_pin = {
                "asks_for_pin": asks_for_pin(method, path),
                "while_locked": works_while_locked(method, path),
            }
            app.route(path, method, handler, auth=auth, **of_pin)
    return app


def _kiosk_routes(kiosk: _Kiosk) -> Routes:
    return (
        ("GET", "/", kiosk.get_page),
        ("GET", "/status", kiosk.get_status),
        ("GET", "/state", kiosk.get_state),
        ("POST", "/first-run", kiosk.post_first_run),
        ("POST", "/start", kiosk.post_start),
        ("POST", "/stop", kiosk.post_stop),
        ("POST", "/address", kiosk.post_address),
        ("POST", "/port", kiosk.post_port),
        ("POST", "/language", kiosk.post_language),
        ("POST", "/dismiss", kiosk.post_dismiss),
        ("POST", "/quit", kiosk.post_quit),
    )


def _phone_routes(phones: PhoneActions) -> Routes:
    return (
        ("GET", "/phones", phones.get_phones),
        ("GET", "/phones/status", phones.get_phones_part),
        ("GET", "/phones/revoke", phones.get_revoke),
        ("POST", "/phones/approve", phones.post_approve),
        ("POST", "/phones/block", phones.post_block),
        ("POST", "/phones/revoke", phones.post_revoke),
        ("POST", "/phones/rename", phones.post_rename),
        ("POST", "/phones/scope", phones.post_scope),
        ("GET", "/add-phone", phones.get_add_phone),
        ("GET", "/add-phone/status", phones.get_add_phone_part),
        ("POST", "/pairing/open", phones.post_open),
        ("POST", "/pairing/close", phones.post_close),
    )


def _cloud_routes(cloud: CloudActions) -> Routes:
    return (
        ("GET", "/cloud", cloud.get_cloud),
        ("GET", "/cloud/status", cloud.get_cloud_part),
        ("GET", "/cloud/connect", cloud.get_connect),
        ("POST", "/cloud/connect", cloud.post_connect),
        ("GET", "/cloud/disconnect", cloud.get_disconnect),
        ("POST", "/cloud/disconnect", cloud.post_disconnect),
        ("GET", "/cloud/refill", cloud.get_refill),
        ("POST", "/cloud/refill", cloud.post_refill),
        ("POST", "/cloud/go-on", cloud.post_go_on),
        ("POST", "/cloud/sync", cloud.post_sync),
        ("POST", "/cloud/pause", cloud.post_pause),
        ("POST", "/cloud/resume", cloud.post_resume),
        ("POST", "/cloud/minutes", cloud.post_minutes),
        ("POST", "/cloud/limit", cloud.post_limit),
    )


def _tray_routes(trays: TrayActions) -> Routes:
    return (
        ("GET", "/cloud/aside", trays.get_aside),
        ("GET", "/cloud/aside/status", trays.get_aside_part),
        ("POST", "/cloud/aside/retry", trays.post_retry),
        ("POST", "/cloud/aside/retry-all", trays.post_retry_all),
        ("GET", "/cloud/aside/discard", trays.get_discard),
        ("POST", "/cloud/aside/discard", trays.post_discard),
        ("GET", "/conflicts", trays.get_conflicts),
        ("GET", "/conflicts/status", trays.get_conflicts_part),
        ("POST", "/conflicts/restore", trays.post_restore),
        ("POST", "/conflicts/settle", trays.post_settle),
    )


def _backups_routes(backups: BackupsActions) -> Routes:
    return (
        ("GET", "/backups", backups.get_backups),
        ("GET", "/backups/status", backups.get_backups_part),
        ("POST", "/backups/make", backups.post_make),
        ("POST", "/backups/second", backups.post_second),
        ("POST", "/backups/code", backups.post_code),
    )


def _restore_routes(restore: RestoreActions) -> Routes:
    return (
        ("GET", "/restore", restore.get_restore),
        ("GET", "/restore/status", restore.get_restore_part),
        ("POST", "/restore/search", restore.post_search),
        ("POST", "/restore/look", restore.post_look),
        ("POST", "/restore/begin", restore.post_begin),
        ("POST", "/restore/cancel", restore.post_cancel),
        ("POST", "/restore/dismiss", restore.post_dismiss),
    )


def _move_routes(move: MoveActions) -> Routes:
    return (
        ("GET", "/move", move.get_move),
        ("GET", "/move/status", move.get_move_part),
        ("POST", "/move/leave", move.post_leave),
        ("POST", "/move/stay", move.post_stay),
        ("POST", "/move/back-up", move.post_back_up),
    )


def _check_routes(checks: CheckActions) -> Routes:
    return (
        ("GET", "/check", checks.get_check),
        ("GET", "/check/status", checks.get_check_part),
        ("POST", "/check/run", checks.post_run),
        ("POST", "/check/cure", checks.post_cure),
    )


def _diagnostics_routes(reports: DiagnosticsActions) -> Routes:
    return (
        ("GET", "/diagnostics", reports.get_diagnostics),
        ("GET", "/diagnostics/status", reports.get_diagnostics_part),
        ("GET", "/diagnostics/download", reports.get_download),
        ("POST", "/diagnostics/prepare", reports.post_prepare),
        ("GET", "/about", reports.get_about),
    )


def _lock_routes(lock: LockActions) -> Routes:
    return (
        ("GET", "/locked", lock.get_locked),
        ("POST", "/lock", lock.post_lock),
        ("GET", "/lock/state", lock.get_lock_state),
        ("POST", "/lock/seen", lock.post_seen),
        ("POST", "/unlock", lock.post_unlock),
        ("GET", "/pin", lock.get_pin),
        ("POST", "/pin", lock.post_pin),
        ("POST", "/pin/forgotten", lock.post_forgotten),
    )


def _update_routes(updates: UpdateActions) -> Routes:
    return (
        ("GET", "/update", updates.get_update),
        ("GET", "/update/status", updates.get_update_part),
        ("POST", "/update/look", updates.post_look),
        ("GET", "/update/install", updates.get_install),
        ("POST", "/update/install", updates.post_install),
        ("POST", "/update/asking", updates.post_asking),
        ("POST", "/update/ask", updates.post_ask),
    )


def _settings_routes(settings: SettingsActions) -> Routes:
    return (
        ("GET", "/settings", settings.get_settings),
        ("POST", "/settings/pin", settings.post_pin),
        ("POST", "/settings/pin/remove", settings.post_pin_remove),
        ("POST", "/settings/idle", settings.post_idle),
        ("POST", "/settings/passphrase", settings.post_passphrase),
        ("POST", "/settings/passphrase/remove", settings.post_passphrase_remove),
    )


def _erase_routes(erase: EraseActions) -> Routes:
    return (
        ("GET", "/erase", erase.get_erase),
        ("POST", "/erase", erase.post_erase),
        ("POST", "/erase/now", erase.post_now),
    )


class _Kiosk:
    """The pages themselves and the actions on them."""

    def __init__(self, port: KioskPort, pages: Pages) -> None:
        self._port = port
        self._pages = pages

    def get_page(self) -> HTTPResponse:
        """The first-run page until there is a staff account, from then on the main page."""
        status = self._port.status()
        if status.state is ServingState.FIRST_RUN:
            return self._first_run_page(status, FirstRunEntry.untouched())
        words = self.words_for(status)
        body = self._fragment(status, words)
        shown = {"fragment": body, "etag": etag(body), "server_name": status.server_name}
        where = {"title": status.server_name or words.text("app.name"), "here": MAIN_PAGE, "part": "/status"}
        return html(self._pages.render("live", words, script="main.mjs", **shown, **where))

    def get_status(self) -> HTTPResponse:
        """The part of the main page that changes; 304 when nothing did; 204 when another page is due."""
        status = self._port.status()
        words = self.words_for(status)
        if status.state is ServingState.FIRST_RUN:
            return no_part(words.language)
        return part(self._fragment(status, words), words.language)

    def get_state(self) -> HTTPResponse:
        """The same in brief, as JSON for the program's own window, menus and tray."""
        status = self._port.status()
        brief = {
            "state": status.state.value,
            "server_name": status.server_name,
            "version": status.version,
            "language": self.words_for(status).language,
            "phone_url": status.phone_url,
            "port": status.port,
            "is_locked": self._port.lock.view().is_locked,
        }
        return json_of(brief)

    def post_first_run(self) -> HTTPResponse:
        """Store the first account; a form with mistakes comes back with 400 and without the password."""
        status = self._port.status()
        if status.state is not ServingState.FIRST_RUN:
            return to_page()
        entry = check_first_run(read_form(request.environ))
        if entry.wrong:
            return self._first_run_page(status, entry, http_status=400)
        try:
            unless_taken(lambda: self._port.complete_first_run(entry.form))
        except InvalidInput as error:
            path = str(error.context.get("path", ""))
            if path not in FIELDS:
                raise
            return self._first_run_page(status, entry.refused(path), http_status=400)
        return to_page()

    def post_start(self) -> HTTPResponse:
        """Begin serving phones, or try again."""
        return done(lambda: unless_taken(self._port.start_serving))

    def post_stop(self) -> HTTPResponse:
        """Stop serving phones."""
        return done(self._port.stop_serving)

    def post_address(self) -> HTTPResponse:
        """Show phones another address of this computer (field ``ip``)."""
        form = read_form(request.environ)
        return done(lambda: self._port.choose_address(form.get("ip", "")), form.get("back", MAIN_PAGE))

    def post_port(self) -> HTTPResponse:
        """Listen for phones on another port (field ``port``)."""
        typed = read_form(request.environ).get("port", "")
        if not (typed.isascii() and typed.isdigit() and 1024 <= int(typed[:6]) <= 65535):
            raise InvalidInput(path="port")
        return done(lambda: unless_taken(lambda: self._port.change_port(int(typed))))

    def post_language(self) -> HTTPResponse:
        """Speak another language from now on (field ``language``)."""
        form = read_form(request.environ)
        language = form.get("language", "")
        if language not in LANGUAGES:
            raise InvalidInput(path="language")
        return done(lambda: self._port.set_language(language), form.get("back", MAIN_PAGE))

    def post_dismiss(self) -> HTTPResponse:
        """Hide a notice (field ``notice``)."""
        notice = dismissable(read_form(request.environ).get("notice", ""))
        if notice is None:
            raise InvalidInput(path="notice")
        return done(lambda: self._port.dismiss(notice))

    def post_quit(self) -> HTTPResponse:
        """End the server process; asked by the window when it closes."""
        self._port.quit_server()
        return HTTPResponse(status=204)

    def _first_run_page(self, status: KioskStatus, entry: FirstRunEntry, http_status: int = 200) -> HTTPResponse:
        return html(self._pages.render("first_run", self.words_for(status), entry=entry), http_status)

    def _fragment(self, status: KioskStatus, words: Translator) -> str:
        return self._pages.render(
            "status",
            words,
            view=main_view(status, self._port.cloud.view(), self._port.backups.view(), self._port.check.view(), words),
            back=MAIN_PAGE,
        )

    def words_for(self, status: KioskStatus) -> Translator:
        """In the chosen language, else in the one the browser wishes for."""
        return self._pages.translator(status.language or wished_language())
