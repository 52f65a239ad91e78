"""What the main page says about the cloud, in a card: the state, who this computer is there, what needs a look.

Knows nothing of HTTP or templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from web.i18n import Translator
from web.ui.cloud_port import CloudView
from web.ui.cloud_state import Choice, CloudState, cloud_state
from web.ui.facts import Fact, moment


@dataclass(frozen=True)
class CloudCard:
    """``todo``: links to what staff should look at; conflicts come up without a cloud too."""

    state: CloudState
    facts: tuple[Fact, ...]
    todo: tuple[Choice, ...]
    has_page: bool


def cloud_card(view: CloudView, now_ms: int, words: Translator) -> CloudCard:
    """The card for ``view`` in the language of ``words``."""
    facts: tuple[Fact, ...] = ()
    if view.is_connected:
        name = Fact(words.text("cloud.connected_as"), view.device_name)
        facts = (name, moment(words.text("cloud.last_success"), view.last_success_ms, now_ms, words))
    return CloudCard(cloud_state(view, now_ms, words), facts, things_to_do(view, words), view.is_connected)


def things_to_do(view: CloudView, words: Translator) -> tuple[Choice, ...]:
    """Links to what is set aside and to conflicts, where there are any."""
    links = []
    if view.set_aside:
        label = words.text("cloud.set_aside", count=view.set_aside)
        links.append(Choice("to-aside", label, "/cloud/aside", is_link=True))
    if view.conflicts:
        label = words.text("cloud.conflicts", count=view.conflicts)
        links.append(Choice("to-conflicts", label, "/conflicts", is_link=True))
    return tuple(links)
