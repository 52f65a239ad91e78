"""The files every page needs, and no others."""

from __future__ import annotations

from tests.web.ui.serving import ServedUi, raw_request
from web.ui.static_files import load_static_files


def test_static_files_lead_nowhere_else(ui: ServedUi) -> None:
    assert ui.stranger().get(ui.url + "/static/app.css").headers["Content-Type"].startswith("text/css")
    assert ui.stranger().get(ui.url + "/static/main.mjs").headers["Content-Type"].startswith("text/javascript")
    host = {"Host": f"127.0.0.1:{ui.port}"}
    for path in ("/static/../i18n.py", "/static/..%2fi18n.py", "/static/%2e%2e/i18n.py", "/static/", "/static/x"):
        assert raw_request(ui, "GET", path, host)[0] == 404


def test_every_file_has_a_type_that_browsers_accept() -> None:
    files = load_static_files()
    assert {
        "app.css",
        "main.mjs",
        "add_phone.mjs",
        "live.mjs",
        "morph.mjs",
        "open.mjs",
        "first_run.mjs",
        "reveal.mjs",
        "connect.mjs",
        "lock.mjs",
        "locked.mjs",
        "secrets.mjs",
        "mark.svg",
    } == set(files)
    assert {file.content_type.partition(";")[0] for file in files.values()} == {
        "text/css",
        "text/javascript",
        "image/svg+xml",
    }
    assert all(file.content for file in files.values())
