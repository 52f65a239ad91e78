"""A question is asked on a page of its own: what it leads to, and that everything in it is printed as text."""

from __future__ import annotations

from web.i18n import load_catalogue
from web.pages import load_pages
from web.ui.questions import Question

CATALOGUE = load_catalogue()
QUESTION = Question("Really?", ("<b>First</b>", "Second"), "/do/it", "Yes", "No", "/back", (("id", '"><i>7'),))


def test_a_question_leads_to_its_two_answers_with_what_it_is_about() -> None:
    words = CATALOGUE.translator("ar")
    page = load_pages(CATALOGUE).render("question", words, view=QUESTION, server_name="Al Noor", here="/cloud")
    assert '<form method="post" action="/do/it?lang=ar"' in page
    assert 'href="/back?lang=ar">No</a>' in page
    assert 'name="id" value="&quot;&gt;&lt;i&gt;7"' in page
    assert "&lt;b&gt;First&lt;/b&gt;" in page
    assert "<h1>Really?</h1>" in page
