"""What decided, in sentences."""

from networking.intent import Network, Rule, RuleAction, Site, Vip
from networking.reach.ends import End
from networking.reach.probe import Decider, Decision
from networking.reach.tables import Ip

_VERBS = {
    RuleAction.ALLOW: "allows",
    RuleAction.DENY: "denies",
    RuleAction.REJECT: "rejects",
}


def by_rule(rule: Rule) -> Decision:
    """The first rule that matched."""
    return Decision(Decider.RULE, rule.id, f"Rule {rule.name} {_VERBS[rule.action]} it.")


def by_default(network: Network) -> Decision:
    """No rule matched."""
    what = "denies by default" if network.default_deny else "lets pass what no rule denies"
    return Decision(
        Decider.DEFAULT, network.id, f"No rule matches, and network {network.name} {what}."
    )


def nobody_has(end: End) -> Decision:
    """An address of a network that is no machine's."""
    assert end.inside is not None
    network = end.inside.network
    return Decision(
        Decider.ADDRESS, network.id, f"No machine of network {network.name} has {end.address}."
    )


def gateway(end: End, *, answers: bool) -> Decision:
    """The gateway answers pings, and serves nothing."""
    assert end.inside is not None
    network = end.inside.network
    what = "answers pings" if answers else "answers nothing but pings"
    return Decision(Decider.ADDRESS, network.id, f"The gateway of network {network.name} {what}.")


def no_site_has(address: Ip) -> Decision:
    """An address outside that no site may announce."""
    return Decision(Decider.ROUTE, "", f"No site may announce {address}: nothing leads there.")


def no_way_out(network: Network | None, version: int) -> Decision:
    """The fabric does not lead to a router."""
    where = f"Network {network.name}" if network else "The fabric"
    noun_id = network.id if network else ""
    return Decision(Decider.ROUTE, noun_id, f"{where} has no way out to a router for IPv{version}.")


def not_routed(address: Ip) -> Decision:
    """The router has no static route towards the fabric."""
    return Decision(Decider.ROUTE, "", f"The router has no route to {address}.")


def not_learned(site: Site, address: Ip) -> Decision:
    """The site was not told of the address; so it sends nothing there, and no replies."""
    return Decision(Decider.ROUTE, site.id, f"Site {site.name} does not learn {address}.")


def sites_learn(site: Site, other: Site) -> Decision:
    """Two sites were told of each other."""
    return Decision(
        Decider.ROUTE, site.id, f"Sites {site.name} and {other.name} learn each other's prefixes."
    )


def no_vip_has(address: Ip) -> Decision:
    """An address that is kept for VIPs."""
    return Decision(Decider.VIP, "", f"No VIP has {address}: it is dropped.")


def not_served(vip: Vip, what: str) -> Decision:
    """The VIP has no such port."""
    return Decision(Decider.VIP, vip.id, f"VIP {vip.name} does not serve {what}.")


def no_member(vip: Vip, version: int) -> Decision:
    """Nobody serves the VIP."""
    return Decision(
        Decider.VIP, vip.id, f"VIP {vip.name} has no member with an IPv{version} address."
    )


def elsewhere(vip_address: Ip) -> Decision:
    """A VIP of another fabric than the client's."""
    return Decision(Decider.ROUTE, "", f"{vip_address} is published on another fabric.")
