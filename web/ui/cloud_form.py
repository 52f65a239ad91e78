"""The form that connects this computer with a cloud: what was typed into it, and what is said about mistakes.

Knows nothing of HTTP. The key is never sent back to a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.i18n import Translator
from web.ui.cloud_port import CloudView
from web.ui.cloud_troubles import Trouble

FIELDS = ("url", "key")
TOLD = frozenset({Trouble.OFFLINE, Trouble.LINE, Trouble.CLOUD, Trouble.WIFI, Trouble.CLOCK, Trouble.KEY})
"""Troubles of which the form has a sentence."""


@dataclass(frozen=True)
class ConnectEntry:
    """What was typed. ``may_replace``: the box was ticked that another cloud is meant."""

    url: str
    key: str
    may_replace: bool

    def __repr__(self) -> str:
        return f"ConnectEntry({self.url!r})"


@dataclass(frozen=True)
class Mistake:
    """What is wrong with the form. ``field`` None: nothing, but it leads to another cloud than before."""

    field: str | None
    sentence: str = ""  # a key of the catalogue


@dataclass(frozen=True)
class ConnectView:
    """The form, ready to print. ``wrong``: sentences by field."""

    title: str
    intro: str
    url: str
    wrong: Mapping[str, str]
    key_hint: str
    asks_about_other: bool
    back: str


OTHER_CLOUD = Mistake(None)


def read_entry(typed: Mapping[str, str]) -> ConnectEntry:
    """What was typed; the program itself makes pasted texts exact."""
    return ConnectEntry(typed.get("url", "").strip(), typed.get("key", ""), typed.get("may_replace") == "yes")


def wrong_field(field: str) -> Mistake:
    """What is in the field cannot be right."""
    return Mistake(field, f"cloud_form.wrong.{field}")


def met_trouble(trouble: Trouble | None) -> Mistake:
    """The cloud was asked in vain."""
    told = trouble if trouble in TOLD else Trouble.CLOUD
    return Mistake("key" if told is Trouble.KEY else "url", f"cloud_form.trouble.{told.value}")


def connect_view(
    cloud: CloudView, words: Translator, entry: ConnectEntry | None = None, mistake: Mistake | None = None
) -> ConnectView:
    """The form as it is shown first, or as it comes back with a mistake."""
    title, intro = words.text("cloud_form.title"), words.text("cloud_form.intro")
    if cloud.is_connected:
        title = words.text("cloud_form.change.title")
        intro = words.text("cloud_form.change.intro", url=cloud.url, name=cloud.device_name)
    wrong = {mistake.field: words.text(mistake.sentence)} if mistake and mistake.field else {}
    must_repeat = mistake is not None and mistake.field != "key"
    return ConnectView(
        title=title,
        intro=intro,
        url=entry.url if entry else cloud.url,
        wrong=wrong,
        key_hint=words.text("cloud_form.key_again" if must_repeat else "cloud_form.key.hint"),
        asks_about_other=mistake is OTHER_CLOUD,
        back="/cloud" if cloud.is_connected else "/",
    )
