"""Whether phones can reach this computer: what to think of its port, addresses, firewall and last visitors.

Knows nothing of how the facts were measured. Pure functions.
"""

from __future__ import annotations

from kiosk.doctor.facts import DataFacts, FirewallState, NetworkFacts, PortFacts, ProfileFacts, ReachFacts
from kiosk.doctor.judgement import Judgement, bad, doubtful, good, unclear
from web.ui.check_port import Cure, SharedReason

DAY_MS = 24 * 3_600_000
PHONES_SILENT_MS = 3 * DAY_MS


def judge_port(facts: PortFacts) -> Judgement:
    """Whether phones are served."""
    port = facts.port
    if facts.is_taken:
        cure = Cure.USE_FREE_PORT if facts.has_server and facts.free_port is not None else None
        value = str(facts.free_port) if cure else ""
        if facts.holder:
            return bad("taken_by", cure, value, holder=facts.holder, port=port)
        return bad("taken", cure, value, port=port)
    if not facts.has_server:
        return doubtful("no_server", port=port)
    if not facts.is_listening:
        return bad("stopped", Cure.START_SERVING)
    return doubtful("first_run") if facts.is_first_run else good("listening", port=port)


def judge_network(facts: NetworkFacts) -> Judgement:
    """Whether this computer is on a network at all."""
    if facts.chosen is None:
        return bad("none")
    return good("connected", address=facts.chosen.ip, adapter=facts.chosen.interface)


def judge_reach(facts: ReachFacts) -> Judgement:
    """Whether this computer reaches its own server at every address of its own."""
    if not facts.is_listening:
        return unclear(SharedReason.NOT_SERVING)
    if not facts.reached:
        return bad("none", Cure.FIREWALL_HELP)
    if facts.unreached:
        return doubtful("some", Cure.FIREWALL_HELP, addresses=", ".join(facts.unreached))
    return good("all", addresses=", ".join(facts.reached))


def judge_firewall(state: FirewallState) -> Judgement:
    """Whether the system lets phones in."""
    if state is FirewallState.UNREADABLE:
        return unclear()
    if state is FirewallState.BLOCKS:
        return bad("blocks", Cure.FIREWALL_HELP)
    if state is FirewallState.UNSURE:
        return doubtful("unsure", Cure.FIREWALL_HELP)
    return good(state.value)


def judge_profile(facts: ProfileFacts) -> Judgement:
    """Windows: whether it takes the clinic's network for a public one, where it lets nobody in."""
    if not facts.applies:
        return good(SharedReason.NOT_HERE)
    if facts.public:
        return doubtful("public", Cure.NETWORK_HELP, network=", ".join(facts.public))
    return good("private")


def judge_adapters(facts: NetworkFacts) -> Judgement:
    """Whether it is clear which of several networks the phones are on."""
    if facts.chosen is None:
        return good("none")
    if facts.chosen.is_virtual:
        return doubtful("virtual", Cure.CHOOSE_ADDRESS, address=facts.chosen.ip, adapter=facts.chosen.interface)
    real = {address.interface for address in facts.addresses if not address.is_virtual}
    if len(real) > 1:
        return doubtful("several", Cure.CHOOSE_ADDRESS, address=facts.chosen.ip, adapter=facts.chosen.interface)
    return good("one", adapter=facts.chosen.interface)


def judge_address(facts: NetworkFacts) -> Judgement:
    """Whether phones still know where this computer is."""
    if facts.changed_from and facts.chosen:
        return doubtful("changed", Cure.SHOW_CODE, old=facts.changed_from, new=facts.chosen.ip)
    return good("same" if facts.was_told else "not_told")


def judge_phones(facts: DataFacts) -> Judgement:
    """Whether phones have come lately."""
    if facts.failure:
        return unclear(SharedReason.NO_DATABASE)
    if facts.last_phone_sync_ms is None:
        return good("none_yet")
    if facts.now_ms - facts.last_phone_sync_ms > PHONES_SILENT_MS:
        return doubtful("long_ago", when=facts.last_phone_sync_ms)
    return good("lately", when=facts.last_phone_sync_ms)
