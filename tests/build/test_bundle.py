"""The rules of what is frozen, on the real packages: nothing that is added to them may be forgotten."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import bundle
import pytest

from tests.gates.sources import ROOT, tracked_files


def test_every_file_of_the_packages_that_is_not_code_is_in() -> None:
    inside = {Path(source) for source, _ in bundle.package_files(ROOT)}
    tracked = {path for path in tracked_files() if path.relative_to(ROOT).parts[0] in bundle.PACKAGES}
    assert {path for path in tracked if path.suffix != ".py"} - inside == set()
    assert {path for path in tracked if "db/migrations/" in path.as_posix()} - inside == set()


def test_files_lie_in_the_program_where_they_lie_in_the_project(tmp_path: Path) -> None:
    for name in ("web/static/new/a.css", "web/pages.py", "db/migrations/versions/m0001_x.py", "kiosk/b.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "web/static/a.css~").touch()
    (tmp_path / "web/__pycache__").mkdir()
    (tmp_path / "web/__pycache__/pages.cpython-311.pyc").touch()
    assert [(Path(source).name, folder) for source, folder in bundle.package_files(tmp_path)] == [
        ("m0001_x.py", "db/migrations/versions"),
        ("b.json", "kiosk"),
        ("a.css", "web/static/new"),
    ]


def test_the_spec_collects_the_packages_by_these_rules_alone() -> None:
    text = (ROOT / "build" / "kiosk.spec").read_text(encoding="utf-8")
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert {"Analysis", "PYZ", "EXE", "COLLECT", "collect_submodules"} <= names
    assert not any(f'"{package}.' in text for package in bundle.PACKAGES)


def test_without_a_window_its_toolkit_stays_out() -> None:
    assert {"webview", "PySide6"} <= set(bundle.excluded(has_window=False))
    assert {"webview", "PySide6"}.isdisjoint(bundle.excluded(has_window=True))
    assert "webview" not in bundle.modules(has_window=False)
    if sys.platform == "linux":
        assert "webview.platforms.qt" in bundle.modules(has_window=True)


@pytest.mark.parametrize(
    "name",
    [
        "web/static/app.css",
        "PySide6/QtWebEngineWidgets.abi3.so",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/translations/qtbase_ar.qm",
        "PySide6/Qt/translations/qtwebengine_locales/es.pak",
        "PySide6\\Qt\\resources\\icudtl.dat",
        "libxcb-cursor.so.0",
    ],
)
def test_what_a_page_in_a_window_needs_is_kept(name: str) -> None:
    assert bundle.is_wanted(name)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/QtDataVisualization.abi3.so",
        "PySide6/Qt/qml/QtQuick/qmldir",
        "PySide6/Qt/plugins/platforms/libqvnc.so",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so",
        "PySide6/Qt/translations/qtbase_fr.qm",
        "PySide6/Qt/translations/qtwebengine_locales/fr.pak",
        "PySide6/Qt/resources/qtwebengine_devtools_resources.pak",
        "libstdc++.so.6",
        "libgbm.so.1",
    ],
)
def test_what_it_does_not_need_or_the_system_must_bring_is_dropped(name: str) -> None:
    assert not bundle.is_wanted(name)


def test_a_library_is_kept_only_if_something_that_is_kept_asks_for_it() -> None:
    asks = {
        "/s/module.so": ["liba.so.1"],
        "/s/liba.so.1": ["libb.so.2", "libc.so.6"],
        "/s/libx.so.1": ["liby.so.1"],
    }
    files = [
        ("pkg/module.cpython-311.so", "/s/module.so"),
        ("liba.so.1", "/s/liba.so.1"),
        ("lib/libb.so.2", "/s/libb.so.2"),
        ("libx.so.1", "/s/libx.so.1"),
        ("liby.so.1", "/s/liby.so.1"),
        ("libsoftokn3.so", "/s/libsoftokn3.so"),
    ]
    kept = bundle.needed(files, lambda source: asks.get(source, []))
    assert kept == {"pkg/module.cpython-311.so", "liba.so.1", "lib/libb.so.2", "libsoftokn3.so"}


def test_a_link_points_to_a_place_in_the_program() -> None:
    assert bundle.target_of("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6") == "PySide6/Qt/lib/libQt6Core.so.6"
    assert bundle.target_of("a/b/c.so", "../d.so") == "a/d.so"
