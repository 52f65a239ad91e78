"""THE list of checks: what each is called, which facts it needs, and what judges them.

Knows nothing of when or in which order they run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from kiosk.doctor import computer_checks, data_checks, phone_checks
from kiosk.doctor.judgement import Judgement, unclear
from kiosk.doctor.probes import Probes
from web.ui.check_port import Area, Finding, SharedReason

F = TypeVar("F")


@dataclass(frozen=True)
class Check(Generic[F]):
    """``number`` stands for the check in codes that people read out (kiosk/diagnostics/short_code.py): it is never
    given to another one, also when the check is gone."""

    number: int
    name: str
    area: Area
    measure: Callable[[Probes], F | None]
    judge: Callable[[F], Judgement]
    reasons: frozenset[str]  # those of its own; any check may give a SharedReason besides

    def run(self, probes: Probes) -> Finding:
        """Measures and judges. Raises what measuring may raise."""
        facts = self.measure(probes)
        return self.found(unclear() if facts is None else self.judge(facts))

    def found(self, judgement: Judgement) -> Finding:
        """A judgement under this check's name. Raises LookupError for a reason that is not listed."""
        if judgement.reason not in self.reasons and judgement.reason not in set(SharedReason):
            raise LookupError(f"{self.name} gives the reason {judgement.reason}")
        return Finding(
            self.name,
            self.area,
            judgement.verdict,
            judgement.reason,
            judgement.values,
            judgement.cure,
            judgement.cure_value,
        )


def reasons(words: str) -> frozenset[str]:
    """Reasons, separated by spaces."""
    return frozenset(words.split())


CHECKS = (
    Check(
        1,
        "port",
        Area.PHONES,
        lambda probes: probes.port(),
        phone_checks.judge_port,
        reasons("listening stopped taken taken_by no_server first_run"),
    ),
    Check(
        2,
        "network",
        Area.PHONES,
        lambda probes: probes.network(),
        phone_checks.judge_network,
        reasons("connected none"),
    ),
    Check(
        3,
        "reachable",
        Area.PHONES,
        lambda probes: probes.reach(),
        phone_checks.judge_reach,
        reasons("all some none"),
    ),
    Check(
        4,
        "firewall",
        Area.PHONES,
        lambda probes: probes.firewall(),
        phone_checks.judge_firewall,
        reasons("off allows blocks unsure"),
    ),
    Check(
        5,
        "network_profile",
        Area.PHONES,
        lambda probes: probes.profile(),
        phone_checks.judge_profile,
        reasons("private public"),
    ),
    Check(
        6,
        "adapters",
        Area.PHONES,
        lambda probes: probes.network(),
        phone_checks.judge_adapters,
        reasons("one none several virtual"),
    ),
    Check(
        7,
        "address",
        Area.PHONES,
        lambda probes: probes.network(),
        phone_checks.judge_address,
        reasons("same changed not_told"),
    ),
    Check(
        8,
        "phones",
        Area.PHONES,
        lambda probes: probes.data(),
        phone_checks.judge_phones,
        reasons("lately long_ago none_yet"),
    ),
    Check(
        9,
        "clock",
        Area.COMPUTER,
        lambda probes: probes.clock(),
        computer_checks.judge_clock,
        reasons("plausible too_early too_late"),
    ),
    Check(
        10,
        "cloud_clock",
        Area.COMPUTER,
        lambda probes: probes.clock(),
        computer_checks.judge_cloud_clock,
        reasons("agrees ahead behind"),
    ),
    Check(
        11,
        "phone_clocks",
        Area.COMPUTER,
        lambda probes: probes.clock(),
        computer_checks.judge_phone_clocks,
        reasons("agrees ahead behind no_pushes"),
    ),
    Check(
        12,
        "time_zone",
        Area.COMPUTER,
        lambda probes: probes.clock(),
        computer_checks.judge_time_zone,
        reasons("fits whole_hours"),
    ),
    Check(
        13,
        "disk",
        Area.COMPUTER,
        lambda probes: probes.disk(),
        computer_checks.judge_disk,
        reasons("enough low full"),
    ),
    Check(
        14,
        "folder",
        Area.COMPUTER,
        lambda probes: probes.folder(),
        computer_checks.judge_folder,
        reasons("safe not_writable remote synced fat"),
    ),
    Check(
        15,
        "memory",
        Area.COMPUTER,
        lambda probes: probes.memory(),
        computer_checks.judge_memory,
        reasons("enough low full"),
    ),
    Check(
        16,
        "sleep",
        Area.COMPUTER,
        lambda probes: probes.sleep(),
        computer_checks.judge_sleep,
        reasons("never kept_awake sleeps"),
    ),
    Check(
        17,
        "webview",
        Area.COMPUTER,
        lambda probes: probes.webview(),
        computer_checks.judge_webview,
        reasons("present missing"),
    ),
    Check(
        18,
        "instances",
        Area.COMPUTER,
        lambda probes: probes.instances(),
        computer_checks.judge_instances,
        reasons("alone others"),
    ),
    Check(
        19,
        "version",
        Area.COMPUTER,
        lambda probes: probes.version(),
        computer_checks.judge_version,
        reasons("current old mixed"),
    ),
    Check(
        20,
        "database",
        Area.DATA,
        lambda probes: probes.data(),
        data_checks.judge_database,
        reasons("sound none_yet not_due never long_ago faults cannot_open"),
    ),
    Check(
        21,
        "migrations",
        Area.DATA,
        lambda probes: probes.data(),
        data_checks.judge_migrations,
        reasons("newest behind newer"),
    ),
    Check(
        22,
        "backup",
        Area.DATA,
        lambda probes: probes.data(),
        data_checks.judge_backup,
        reasons("recent not_due never old"),
    ),
    Check(
        23,
        "restore_drill",
        Area.DATA,
        lambda probes: probes.data(),
        data_checks.judge_drill,
        reasons("sound not_due never long_ago failed"),
    ),
    Check(
        24,
        "cloud",
        Area.CLOUD,
        lambda probes: probes.data(),
        data_checks.judge_cloud,
        reasons("lately not_yet never long_ago paused"),
    ),
    Check(
        25,
        "cloud_key",
        Area.CLOUD,
        lambda probes: probes.data(),
        data_checks.judge_cloud_key,
        reasons("accepted key_refused looks_empty other_cloud"),
    ),
    Check(
        26,
        "cloud_speed",
        Area.CLOUD,
        lambda probes: probes.data(),
        data_checks.judge_cloud_speed,
        reasons("quick slow no_round"),
    ),
    Check(
        27,
        "outbox",
        Area.CLOUD,
        lambda probes: probes.data(),
        data_checks.judge_outbox,
        reasons("empty moving waiting"),
    ),
    Check(
        28,
        "set_aside",
        Area.CLOUD,
        lambda probes: probes.data(),
        data_checks.judge_set_aside,
        reasons("none some"),
    ),
)
