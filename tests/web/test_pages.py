"""Rendering the templates that are shipped with the program."""

from __future__ import annotations

import pytest

from web.i18n import LANGUAGES, load_catalogue
from web.pages import Pages, load_pages


@pytest.fixture(scope="module")
def pages() -> Pages:
    return load_pages(load_catalogue())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_for_phones_is_whole_in_every_language(pages: Pages, language: str) -> None:
    words = pages.translator(language)
    page = pages.render("phone_home", words, server_name="Al Noor", address="http://192.168.1.7:4001")
    assert f'<html lang="{language}" dir="{words.direction}">' in page
    assert "Al Noor" in page
    assert "http://192.168.1.7:4001" in page
    assert "{" not in page.partition("</style>")[2]


def test_values_are_escaped(pages: Pages) -> None:
    words = pages.translator("en")
    page = pages.render("problem", words, title="<b>", sentence='"&', is_signed_out=False)
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert "&quot;&amp;" in page


def test_an_unknown_language_is_rendered_in_english(pages: Pages) -> None:
    assert pages.translator("fr").language == "en"


def test_a_missing_value_is_a_mistake_of_the_program(pages: Pages) -> None:
    with pytest.raises(NameError):
        pages.render("problem", pages.translator("en"), title="x")
