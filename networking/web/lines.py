"""Rows as tables show them: the object, its state, and what else stands in the line."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from networking.models import Change, Group, Network, Port, Site
from networking.models.base import NounRow
from networking.planning.addresses import host_capacity
from networking.selectors.group_use import GroupUse
from networking.web import states
from networking.web.states import Status


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """A network; `used` and `capacity` count IPv4 addresses of machines."""

    network: Network
    status: Status
    used: int
    capacity: int
    learned_by: str


@dataclass(frozen=True, slots=True)
class PortLine:
    """A port."""

    port: Port
    status: Status


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A port in a group, and why it is in it."""

    port: Port
    status: Status
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group and what it amounts to."""

    group: Group
    status: Status
    use: GroupUse


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site."""

    site: Site
    status: Status


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change."""

    change: Change
    status: Status


@dataclass(frozen=True, slots=True)
class Learning:
    """A network and a site of its region that learns it, or does not."""

    network: Network
    site: Site
    status: Status


def network_lines(networks: Iterable[Network]) -> tuple[NetworkLine, ...]:
    """Of networks as their selector gives them."""
    return tuple(
        NetworkLine(
            network,
            states.noun(network),
            network.port_count,  # type: ignore[attr-defined]
            host_capacity(network.ipv4_prefix),
            learned_by(network),
        )
        for network in networks
    )


def port_lines(ports: Iterable[Port]) -> tuple[PortLine, ...]:
    """Of ports as their selector gives them."""
    return tuple(PortLine(port, states.port(port)) for port in ports)


def member_lines(
    ports: Iterable[Port], why: Callable[[Port], tuple[str, ...]]
) -> tuple[MemberLine, ...]:
    """Of ports as their selector gives them."""
    return tuple(MemberLine(port, states.port(port), why(port)) for port in ports)


def group_lines(groups: Iterable[Group], use: Mapping[UUID, GroupUse]) -> tuple[GroupLine, ...]:
    """Of groups as their selector gives them, with their use."""
    return tuple(GroupLine(group, states.noun(group), use[group.id]) for group in groups)


def site_lines(sites: Iterable[Site]) -> tuple[SiteLine, ...]:
    """Of sites."""
    return tuple(SiteLine(site, states.site(site)) for site in sites)


def change_lines(changes: Iterable[Change]) -> tuple[ChangeLine, ...]:
    """Of changes."""
    return tuple(
        ChangeLine(change, states.change(change.state, change.reason)) for change in changes
    )


def any_unfinished(rows: Iterable[NounRow]) -> bool:
    """Whether a change of one of these is under way, so that the page has to look again."""
    return any(row.unfinished or row.retiring_at for row in rows)  # type: ignore[attr-defined]


def learned_by(network: Network) -> str:
    """Which sites learn the network, in words."""
    if network.learned_by == Network.LearnedBy.SOME:
        return ", ".join(sorted(site.name for site in network.sites.all())) or "no site"
    return str(Network.LearnedBy(network.learned_by).label).lower()


def learning(network: Network, site: Site) -> Learning:
    """Whether a site of the network's region has learned it, as its router last saw."""
    return Learning(network, site, _learned(network, site))


def _learned(network: Network, site: Site) -> Status:
    sent = set(map(str, site.prefixes_sent))
    has = [prefix for prefix in map(str, network.prefixes) if prefix in sent]
    if network.retiring_at is not None or not _chosen(network, site):
        return Status("busy", "Not forgotten yet") if has else Status("off", "Not told")
    session = states.site(site)
    if session.tone == "bad":
        return Status("bad", "Session down", "It learns the network once its session returns")
    if len(has) == len(network.prefixes):
        return Status("ok", "Learned", f"Sent to {site.name}: {', '.join(has)}")
    return Status("busy", "Not learned yet", "The router has not sent it yet")


def _chosen(network: Network, site: Site) -> bool:
    if network.learned_by == Network.LearnedBy.SOME:
        return any(chosen.id == site.id for chosen in network.sites.all())
    return network.learned_by == Network.LearnedBy.ALL
