"""Who belongs to a group now, and why: asked of the database by `within`, of one machine by
`reasons`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import NamedTuple
from uuid import UUID

from django.db.models import Func, Q, QuerySet, TextField

from networking.models.group import Group, GroupNetwork, GroupPort
from networking.models.network import Network
from networking.models.port import Port
from networking.planning.addresses import Prefix

SELECTORS_MOST = 8  # beyond it one look at all labels is cheaper than many conditions


class Machine(NamedTuple):
    """A port, as far as membership goes. Addresses are text without a length."""

    id: UUID
    name: str
    network_id: UUID
    labels: Mapping[str, str]
    ipv4: str
    ipv6: str


@dataclass(frozen=True, slots=True)
class Membership:
    """What a group is made of. `networks` and `ports` are by id."""

    id: UUID
    name: str
    labels: Mapping[str, str]
    prefixes: tuple[Prefix, ...] = ()
    networks: Mapping[UUID, Network] = field(default_factory=dict)
    ports: frozenset[UUID] = frozenset()


def memberships(groups: QuerySet[Group]) -> list[Membership]:
    """The groups by name, in three queries. Networks and ports that retire are left out."""
    rows = list(groups.order_by("name"))
    networks: dict[UUID, dict[UUID, Network]] = defaultdict(dict)
    ports: dict[UUID, set[UUID]] = defaultdict(set)
    if rows:
        whole = GroupNetwork.objects.filter(group__in=rows, network__retiring_at=None)
        for link in whole.select_related("network").order_by("network__name"):
            networks[link.group_id][link.network_id] = link.network
        named = GroupPort.objects.filter(group__in=rows, port__retiring_at=None)
        for group_id, port_id in named.values_list("group_id", "port_id"):
            ports[group_id].add(port_id)
    return [
        Membership(
            row.id,
            row.name,
            row.labels,
            tuple(row.prefixes),
            networks[row.id],
            frozenset(ports[row.id]),
        )
        for row in rows
    ]


def machines(rows: QuerySet[Port]) -> list[Machine]:
    """These ports by name, those on their way out left out, in one query."""
    texts = rows.filter(retiring_at=None).order_by("name")
    found = texts.values_list("id", "name", "network_id", "labels", host("ipv4"), host("ipv6"))
    return [
        Machine(port_id, name, network_id, labels, ipv4, ipv6 or "")
        for port_id, name, network_id, labels, ipv4, ipv6 in found
    ]


def host(family: str) -> Func:
    """The address without a length (PostgreSQL manual, network address functions)."""
    return Func(f"{family}_address", function="host", output_field=TextField())


def selecting(selectors: Sequence[Mapping[str, str]]) -> Q:
    """The ports that one of these label selectors may choose."""
    if len(selectors) > SELECTORS_MOST:
        return ~Q(labels={})
    found = Q(pk__in=())
    for labels in selectors:
        found |= Q(labels__contains=dict(labels))
    return found


def within(group: Membership, labelled: Q | None = None) -> Q:
    """The ports that belong to the group for any reason; `labelled` are those with its labels,
    where somebody knows a quicker way to them."""
    found = Q(network__in=list(group.networks))
    if group.ports:
        found |= Q(pk__in=group.ports)
    if group.labels:
        found |= labelled or Q(labels__contains=dict(group.labels))
    for prefix in group.prefixes:
        family = "ipv4_address" if prefix.version == 4 else "ipv6_address"
        found |= Q(**{f"{family}__net_contained_or_equal": str(prefix)})
    return found


def reasons(machine: Machine, group: Membership) -> Iterator[str]:
    """Why the machine belongs to the group, in words; nothing if it does not."""
    if machine.id in group.ports:
        yield "named"
    if group.labels and group.labels.items() <= machine.labels.items():
        labels = ", ".join(f"{key}={value}" for key, value in group.labels.items())
        yield f"label{'s' if len(group.labels) > 1 else ''} {labels}"
    if machine.network_id in group.networks:
        yield f"network {group.networks[machine.network_id].name}"
    own = [ip_address(text) for text in (machine.ipv4, machine.ipv6) if text]
    for prefix in group.prefixes:
        if any(address in prefix for address in own):
            yield f"prefix {prefix}"


class Candidates:
    """Machines that groups choose from, without looking at each of them for each group."""

    def __init__(self, machines: Iterable[Machine]) -> None:
        self._machines = list(machines)
        self._named: dict[UUID, int] = {}
        self._labelled: dict[tuple[str, str], set[int]] = defaultdict(set)
        for number, machine in enumerate(self._machines):
            self._named[machine.id] = number
            for label in machine.labels.items():
                self._labelled[label].add(number)

    def chosen(self, group: Membership) -> list[Machine]:
        """Those that the group has by label or by name, in their order."""
        found = {self._named[one] for one in group.ports if one in self._named}
        if group.labels:
            sets = [self._labelled.get(label, set()) for label in group.labels.items()]
            found |= set.intersection(*sets)
        return [self._machines[number] for number in sorted(found)]
