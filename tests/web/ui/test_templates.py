"""What must never be in the pages' sources: unescaped values, inline code, anything from another origin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

WEB = Path(__file__).parents[3] / "web"
TEMPLATES = sorted((WEB / "templates").glob("*.tpl"))
STATIC = sorted((WEB / "static").glob("*.*"))

# Markup made by our own templates or by the QR drawer, and attributes chosen between constants.
RAW_ALLOWED = frozenset({"base", "fragment", "phone.older_code", "phone.newer_code", "view.proof.code"})
RAW_CONSTANT = re.compile(r"""('[a-z-]+="[a-z-]+"'|"[a-z]+") if [^{}]+ else \"\"""")
RAW_DESCRIBED = "'aria-describedby=\"' + described + '\"' if described else \"\""


def _raw_expressions(text: str) -> Iterator[str]:
    yield from (found.strip() for found in re.findall(r"\{\{!(.*?)\}\}", text, re.DOTALL))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_print_nothing_unescaped_but_our_own_markup(template: Path) -> None:
    for expression in _raw_expressions(template.read_text(encoding="utf-8")):
        is_known = expression in RAW_ALLOWED or expression == RAW_DESCRIBED
        assert is_known or RAW_CONSTANT.fullmatch(expression), expression


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_code_or_style(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    if template.name != "phone_home.tpl":  # served to phones, where no other file is
        assert not re.search(r"<style|\sstyle=", text)


@pytest.mark.parametrize("source", [*TEMPLATES, *STATIC], ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(source: Path) -> None:
    text = source.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|url\(|@import|//[a-z0-9-]+\.[a-z]{2,}/", text)


def test_the_stylesheet_knows_no_left_and_right() -> None:
    """Except to keep a text of the other direction on the page's side."""
    css = (WEB / "static" / "app.css").read_text(encoding="utf-8")
    directed = [line for line in css.splitlines() if re.search(r"\b(left|right)\b", line)]
    assert all("[dir=" in line or line.strip().startswith("/*") for line in directed), directed
