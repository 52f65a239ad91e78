"""The page templates that are shipped with the program, and how one becomes text.

Knows nothing of routes, sessions or where the values come from. Everything a template prints is escaped
unless the template asks otherwise; only markup this program made itself may be printed so.
"""

from __future__ import annotations

from importlib import resources

from bottle import SimpleTemplate

from web.i18n import LANGUAGES, Catalogue, Translator


class Pages:
    """Renders ``web/templates/<name>.tpl`` in a language. Made once, by ``load_pages``."""

    def __init__(self, templates: dict[str, SimpleTemplate], catalogue: Catalogue) -> None:
        self._templates = templates
        self._languages = {language: catalogue.translator(language) for language in LANGUAGES}

    def translator(self, language: str) -> Translator:
        """The translator that a page in ``language`` is rendered with."""
        return self._languages.get(language, self._languages["en"])

    def render(self, name: str, translator: Translator, **values: object) -> str:
        """The page as text. Templates find ``t`` (texts), ``translator``, ``languages`` and ``values``."""
        return str(
            self._templates[name].render(
                t=translator.text,
                translator=translator,
                languages=tuple(self._languages.values()),
                **values,
            )
        )


def load_pages(catalogue: Catalogue) -> Pages:
    """Read every template. The frozen program holds them as files too, so that they can include each other."""
    folder = resources.files("web") / "templates"
    templates = {
        file.name.removesuffix(".tpl"): SimpleTemplate(
            source=file.read_text(encoding="utf-8"), name=None, lookup=[str(folder)]
        )
        for file in folder.iterdir()
        if file.name.endswith(".tpl")
    }
    return Pages(templates, catalogue)
