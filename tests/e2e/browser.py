"""Debian's Chromium, driven by Playwright, watching that a page stays quiet and at home.

Knows nothing of what the pages show.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.web.ui.serving import ServedUi

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SMALL, LARGE = {"width": 800, "height": 600}, {"width": 1440, "height": 900}
LOOKS = [
    *(("en", "light", LARGE), ("en", "dark", SMALL)),
    *(("ar", "light", LARGE), ("ar", "dark", SMALL)),
    ("es", "light", SMALL),  # laid out as English is: only its words are another's
]
"""Language, colour scheme and size."""


@contextmanager
def launched_browser() -> Iterator[Browser]:
    """A browser for a module's tests; their failure, not their skipping, if there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("chromium is not installed; the tests of the pages need it (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page of the kiosk in a browser of its own, and what it said and asked for on the way."""

    page: Page
    ui: ServedUi
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def hear(self, line: ConsoleMessage) -> None:
        """Remember what the console complains about."""
        if line.type in ("error", "warning"):
            self.complaints.append(line.text)

    def enter(self) -> Page:
        """Open the pages as the window does: with the token in the fragment."""
        self.page.goto(self.ui.open_url)
        self.page.wait_for_url(self.ui.url + "/")
        return self.page

    def enter_without_scripts(self) -> Page:
        """The page of a browser that runs no scripts, with a session that was opened elsewhere."""
        cookies = self.ui.visitor().cookies
        self.page.context.add_cookies(
            [{"name": cookie.name, "value": cookie.value or "", "url": self.ui.url} for cookie in cookies]
        )
        self.page.goto(self.ui.url)
        return self.page

    def foreign_requests(self) -> list[str]:
        """What was asked of anybody but the kiosk's own server."""
        home = urlsplit(self.ui.url).netloc
        return [url for url in self.requests if urlsplit(url).netloc != home]

    def unexplained(self, *expected: str) -> list[str]:
        """Complaints on the console, except those that contain an expected text."""
        return [line for line in self.complaints if not any(text in line for text in expected)]


@contextmanager
def visiting(browser: Browser, ui: ServedUi, **options: Any) -> Iterator[Visit]:
    """A visit with its own cookies. At its end the page must have asked nobody but its own server."""
    context = browser.new_context(**({"viewport": LARGE, "locale": "en"} | options))
    context.set_default_timeout(15_000)
    page = context.new_page()
    visit = Visit(page, ui)
    page.on("console", visit.hear)
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("request", lambda request: visit.requests.append(request.url))
    yield visit
    context.close()
    assert visit.foreign_requests() == []


def check(page: Page, shot: Path) -> None:
    """No accessibility rule is broken, and nothing has to be scrolled sideways."""
    page.screenshot(path=shot, full_page=True)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    too_wide = page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll("body *")]
            .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && !e.closest("svg"))
            .filter((e) => getComputedStyle(e).display !== "inline" && e.tagName !== "INPUT")
            .map((e) => `${e.tagName}.${e.className}`)"""
    )
    assert too_wide == []


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as a person without a mouse does; it must be visible then."""
    target = page.locator(selector)
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            outline = target.evaluate("element => getComputedStyle(element).outlineStyle")
            assert outline == "solid", f"{selector} does not show that it has the focus"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with the Tab key")
