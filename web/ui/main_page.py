"""What the main page says: a status of the program turned into words, numbers and choices.

Knows nothing of HTTP or templates; it decides every word and colour, so the template only lays them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from web.i18n import Translator
from web.ui.activity_picture import Chart, charts
from web.ui.answers import MOVE_PAGE, RESTORE_PAGE
from web.ui.attention import Problem, problems
from web.ui.backups_port import BackupsView
from web.ui.check_port import CheckView
from web.ui.cloud_card import CloudCard, cloud_card
from web.ui.cloud_port import CloudView
from web.ui.cloud_troubles import trouble_of
from web.ui.phone_rows import (
    IN_USE,
    NewPhone,
    clock_line,
    generation_of,
    phone_name,
    receipt_line,
    waiting_phones,
)
from web.ui.ports import KioskStatus, NetworkAddress, Notice, PhoneView, ServingState, SyncLine
from web.ui.safety import Safety, safety

LOG_LINES_SHOWN = 5
PHONES_SHOWN = 8
COUNTED = ("patients", "visits", "events")


@dataclass(frozen=True)
class Button:
    """A form with one button; ``field`` and ``value`` are sent along when given."""

    action: str
    label: str
    is_primary: bool = False
    field: str | None = None
    value: str | None = None
    hint: str | None = None


@dataclass(frozen=True)
class StateView:
    """The banner. ``tone`` picks colour and icon, which always come with the sentence."""

    tone: str
    icon: str
    headline: str
    detail: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True)
class NoticeLine:
    """A notice and the name under which it is dismissed, or the address and label of the page that tells more."""

    name: str
    sentence: str
    page: tuple[str, str] | None = None


@dataclass(frozen=True)
class PhoneRow:
    """One line of the table of phones, ready to print."""

    name: str
    user: str | None  # only beside a name that staff gave: otherwise the name tells the user already
    generation: str | None
    last_sync: str
    last_sync_exact: str
    received: str
    sent: str
    receipt: str | None
    clock: str | None  # what is wrong with its clock


@dataclass(frozen=True)
class LogRow:
    """One line of the list of syncs, ready to print."""

    icon: str
    has_failed: bool
    sentence: str
    when: str
    when_exact: str
    size: str | None
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class MainView:
    """Everything on the main page that can change by itself."""

    state: StateView
    address: str | None  # None while no phone can connect
    addresses: tuple[NetworkAddress, ...]  # empty unless there is a choice
    problems: tuple[Problem, ...]  # the worst first
    notices: tuple[NoticeLine, ...]
    cloud: CloudCard
    safety: Safety
    counts: tuple[tuple[str, str], ...]  # label and number
    waiting: tuple[NewPhone, ...]
    phones: tuple[PhoneRow, ...]  # those that synced last
    activity: tuple[Chart, ...]
    log: tuple[LogRow, ...]
    earlier_log: tuple[LogRow, ...]
    data_folder: str
    version: str


_TONES = MappingProxyType(
    {
        ServingState.FIRST_RUN: "off",
        ServingState.SERVING: "good",
        ServingState.STARTING: "busy",
        ServingState.STOPPED: "off",
        ServingState.PORT_TAKEN: "bad",
        ServingState.NO_NETWORK: "warn",
    }
)
_ICONS = MappingProxyType(
    {
        "pull": "down",
        "push": "up",
        "procedure": "phone",
        "device": "phone",
        "cloud_pull": "cloud_down",
        "cloud_push": "cloud_up",
    }
)
_NOTICE_PAGES = MappingProxyType({Notice.RESTORED: RESTORE_PAGE, Notice.MOVED_AWAY: MOVE_PAGE})
_WITH_CLOUD = ("cloud_pull", "cloud_push")


def main_view(
    status: KioskStatus, cloud: CloudView, backups: BackupsView, checks: CheckView, words: Translator
) -> MainView:
    """The main page for what the four say, in the language of ``words``."""
    found = problems(status, cloud, backups, checks, words)
    log = tuple(_log_row(line, status.now_ms, words) for line in status.log)
    return MainView(
        state=_state_view(status, words, needs_attention=bool(found)),
        address=status.phone_url if status.state is ServingState.SERVING else None,
        addresses=status.addresses if len(status.addresses) > 1 else (),
        problems=found,
        notices=tuple(
            NoticeLine(
                view.notice.value,
                words.text(f"notices.{view.notice.value}", **view.values),
                _page_of(view.notice, words),
            )
            for view in status.notices
        ),
        cloud=cloud_card(cloud, status.now_ms, words),
        safety=safety(backups, status.now_ms, words),
        counts=tuple((words.text(f"counts.{name}"), words.number(status.counts.get(name, 0))) for name in COUNTED),
        waiting=waiting_phones(status, words),
        phones=tuple(_phone_row(phone, status.now_ms, words) for phone in _synced_last(status)),
        activity=charts(status.activity, words),
        log=log[:LOG_LINES_SHOWN],
        earlier_log=log[LOG_LINES_SHOWN:],
        data_folder=status.data_folder,
        version=words.text("data.version", version=status.version),
    )


def _page_of(notice: Notice, words: Translator) -> tuple[str, str] | None:
    address = _NOTICE_PAGES.get(notice)
    return (address, words.text(f"notices.{notice.value}.page")) if address else None


def tone_of(state: ServingState) -> str:
    """The colour and icon of a state."""
    return _TONES[state]


def _state_view(status: KioskStatus, words: Translator, *, needs_attention: bool) -> StateView:
    """A sentence that says what is wrong already needs no other one."""
    tone, headline = _TONES[status.state], words.text(f"state.{status.state.value}")
    icon = tone
    if status.state is ServingState.SERVING and status.write_failure:
        tone, icon, headline = "bad", "bad", words.text("problems.storage")
    elif status.state is ServingState.SERVING and needs_attention:
        tone, icon, headline = "warn", "bad", words.text("state.serving.attention")
    return StateView(
        tone=tone,
        icon=icon,
        headline=headline,
        detail=_detail(status, words),
        buttons=_buttons(status, words),
    )


def _detail(status: KioskStatus, words: Translator) -> str:
    if status.state is ServingState.PORT_TAKEN and status.port_holder:
        return words.text("state.port_taken.by", holder=status.port_holder, port=status.port)
    key = f"state.{status.state.value}.detail"
    detail = words.text(key, port=status.port) if words.has(key) else ""
    if status.state is ServingState.SERVING and status.is_kept_awake:
        return f"{detail} {words.text('state.kept_awake')}"
    return detail


def _buttons(status: KioskStatus, words: Translator) -> tuple[Button, ...]:
    stop = Button("/stop", words.text("action.stop"))
    if status.state in (ServingState.SERVING, ServingState.NO_NETWORK):
        return (stop,)
    if status.state is ServingState.STOPPED:
        return (Button("/start", words.text("action.start"), is_primary=True),)
    if status.state is not ServingState.PORT_TAKEN:
        return ()
    again = Button("/start", words.text("action.try_again"), is_primary=True)
    if status.free_port is None:
        return (again,)
    other = Button(
        "/port",
        words.text("action.use_port", port=status.free_port),
        field="port",
        value=str(status.free_port),
        hint=words.text("action.use_port.warning"),
    )
    return (again, other)


def _synced_last(status: KioskStatus) -> list[PhoneView]:
    synced = [phone for phone in status.phones if phone.last_sync_ms and phone.status in IN_USE]
    return sorted(synced, key=lambda phone: -phone.last_sync_ms)[:PHONES_SHOWN]


def _phone_row(phone: PhoneView, now_ms: int, words: Translator) -> PhoneRow:
    return PhoneRow(
        name=phone_name(phone, words),
        user=phone.user_name if phone.name else None,
        generation=generation_of(phone, words),
        last_sync=words.relative_time(phone.last_sync_ms, now_ms),
        last_sync_exact=words.date_time(phone.last_sync_ms),
        received=words.number(phone.records_received),
        sent=words.number(phone.records_sent),
        receipt=receipt_line(phone, words),
        clock=clock_line(phone, words),
    )


def _log_row(line: SyncLine, now_ms: int, words: Translator) -> LogRow:
    has_failed, sentence, remarks = _told_of_cloud(line, words) if line.kind in _WITH_CLOUD else _told(line, words)
    remarks += [words.text(f"sync_note.{note}") for note in line.notes if words.has(f"sync_note.{note}")]
    return LogRow(
        icon="bad" if has_failed else _ICONS.get(line.kind, "computer"),
        has_failed=has_failed,
        sentence=sentence,
        when=words.relative_time(line.at_ms, now_ms),
        when_exact=words.date_time(line.at_ms),
        size=words.size(line.bytes) if line.bytes and line.records else None,
        remarks=tuple(remarks),
    )


def _told_of_cloud(line: SyncLine, words: Translator) -> tuple[bool, str, list[str]]:
    """Whether it is a failure, the sentence, and remarks. What passes by itself is no failure."""
    trouble = trouble_of(line.result)
    if trouble is None:
        return False, _sentence_by_count(line, words), []
    if trouble.passes_by_itself:
        return False, words.text("log.cloud.later"), []
    return True, words.text("log.cloud.failed"), [words.error(line.result)]


def _told(line: SyncLine, words: Translator) -> tuple[bool, str, list[str]]:
    user = line.user_name or words.text("log.unknown_user")
    if line.result != "ok":
        return True, words.text("log.failed", user=user), [words.error(line.result)]
    if line.kind == "device":
        decision = "blocked" if line.action == "blocked" else "revoked" if line.action == "revoked" else "paired"
        return False, words.text(f"log.device.{decision}"), []
    if line.kind == "procedure":
        return False, words.text("log.procedure", user=user, count=line.records), []
    if line.kind not in ("pull", "push"):
        return False, words.text("log.local", count=line.records), []
    return False, _sentence_by_count(line, words, user=user), []


def _sentence_by_count(line: SyncLine, words: Translator, **values: str) -> str:
    key = f"log.{line.kind}"
    return words.text(key, count=line.records, **values) if line.records else words.text(f"{key}.nothing", **values)


def dismissable(name: str) -> Notice | None:
    """The notice of this name, if there is one."""
    return Notice(name) if name in set(Notice) else None
