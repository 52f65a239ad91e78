"""A healthy clinic computer's facts, for tests of the checks: whatever a test needs otherwise is replaced.

Knows nothing of how facts are judged. Held to the same contract as the real ones (tests/kiosk/doctor/test_probes.py).
"""

from __future__ import annotations

from kiosk.doctor.facts import (
    ClockFacts,
    CloudFacts,
    DataFacts,
    DiskFacts,
    FirewallState,
    FolderFacts,
    InstanceFacts,
    MemoryFacts,
    NetworkFacts,
    PortFacts,
    ProfileFacts,
    ReachFacts,
    SleepFacts,
    VersionFacts,
    WebViewFacts,
)
from tests.fakes.clock import DAY_MS, HOUR_MS, START_MS
from tests.fakes.network import WIFI

NOW = START_MS
GIGABYTE = 10**9

PORT = PortFacts(has_server=True, is_listening=True, is_taken=False, port=4001)
NETWORK = NetworkFacts((WIFI,), WIFI, changed_from=None, was_told=True)
REACH = ReachFacts(is_listening=True, reached=(WIFI.ip,))
PROFILE = ProfileFacts(applies=True)
CLOCK = ClockFacts(NOW, NOW - 30 * DAY_MS, cloud_ahead_ms=800, phone_offsets_ms=(-4_000, 2_000, 900), zone="EET")
DISK = DiskFacts(free_bytes=80 * GIGABYTE, database_bytes=GIGABYTE)
FOLDER = FolderFacts(is_writable=True, file_system="NTFS")
MEMORY = MemoryFacts(available_bytes=3 * GIGABYTE)
SLEEP = SleepFacts(idle_minutes=30, is_kept_awake=True)
WEBVIEW = WebViewFacts(is_needed=True, version="130.0.2849.56")
INSTANCES = InstanceFacts(others=0)
VERSION = VersionFacts("0.1.0", "0.1.0", NOW - 30 * DAY_MS, NOW)
CLOUD = CloudFacts(
    is_connected=True, last_success_ms=NOW - HOUR_MS, last_try_ms=NOW - HOUR_MS, round_ms=2_500, waiting=3,
    oldest_waiting_ms=NOW - HOUR_MS,
)  # fmt: skip
DATA = DataFacts(
    now_ms=NOW,
    born_ms=NOW - 90 * DAY_MS,
    checked_ms=NOW - DAY_MS,
    revision="0005",
    newest_revision="0005",
    backed_up_ms=NOW - 20 * HOUR_MS,
    drilled_ms=NOW - 5 * DAY_MS,
    drill_result="ok",
    phones=4,
    last_phone_sync_ms=NOW - HOUR_MS,
    cloud_ahead_ms=800,
    cloud=CLOUD,
)


class FakeProbes:
    """See kiosk.doctor.probes.Probes. Change an attribute to change a fact; what is None the computer does not tell."""

    def __init__(self) -> None:
        self.port_facts: PortFacts | None = PORT
        self.network_facts: NetworkFacts | None = NETWORK
        self.reach_facts: ReachFacts | None = REACH
        self.firewall_state: FirewallState | None = FirewallState.ALLOWS
        self.profile_facts: ProfileFacts | None = PROFILE
        self.clock_facts: ClockFacts | None = CLOCK
        self.disk_facts: DiskFacts | None = DISK
        self.folder_facts: FolderFacts | None = FOLDER
        self.memory_facts: MemoryFacts | None = MEMORY
        self.sleep_facts: SleepFacts | None = SLEEP
        self.webview_facts: WebViewFacts | None = WEBVIEW
        self.instance_facts: InstanceFacts | None = INSTANCES
        self.version_facts: VersionFacts | None = VERSION
        self.data_facts: DataFacts | None = DATA

    def port(self) -> PortFacts | None:
        return self.port_facts

    def network(self) -> NetworkFacts | None:
        return self.network_facts

    def reach(self) -> ReachFacts | None:
        return self.reach_facts

    def firewall(self) -> FirewallState | None:
        return self.firewall_state

    def profile(self) -> ProfileFacts | None:
        return self.profile_facts

    def clock(self) -> ClockFacts | None:
        return self.clock_facts

    def disk(self) -> DiskFacts | None:
        return self.disk_facts

    def folder(self) -> FolderFacts | None:
        return self.folder_facts

    def memory(self) -> MemoryFacts | None:
        return self.memory_facts

    def sleep(self) -> SleepFacts | None:
        return self.sleep_facts

    def webview(self) -> WebViewFacts | None:
        return self.webview_facts

    def instances(self) -> InstanceFacts | None:
        return self.instance_facts

    def version(self) -> VersionFacts | None:
        return self.version_facts

    def data(self) -> DataFacts | None:
        return self.data_facts
