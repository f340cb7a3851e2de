"""Who belongs to a group now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.db.models import Func, Q, QuerySet, TextField

from networking.models.group import Group, GroupNetwork
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
    """What a group is made of. `networks` are by id, with their prefixes as text."""

    id: UUID
    name: str
    labels: Mapping[str, str]
    prefixes: tuple[Prefix, ...]
    networks: Mapping[UUID, tuple[str, ...]]


def memberships(groups: QuerySet[Group]) -> list[Membership]:
    """The groups by name, in two queries. Networks that retire are left out."""
    rows = list(groups.order_by("name"))
    networks: dict[UUID, dict[UUID, tuple[str, ...]]] = defaultdict(dict)
    if rows:
        links = GroupNetwork.objects.filter(group__in=rows, network__retiring_at=None)
        for link in links.select_related("network").order_by("network__name"):
            prefixes = tuple(str(prefix) for prefix in link.network.prefixes)
            networks[link.group_id][link.network_id] = prefixes
    return [
        Membership(row.id, row.name, row.labels, tuple(row.prefixes), networks[row.id])
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


def within(group: Membership) -> Q:
    """The ports that belong to the group for any reason."""
    found = Q(network__in=list(group.networks))
    if group.labels:
        found |= Q(labels__contains=dict(group.labels))
    for prefix in group.prefixes:
        family = "ipv4_address" if prefix.version == 4 else "ipv6_address"
        found |= Q(**{f"{family}__net_contained_or_equal": str(prefix)})
    return found


class ByLabel:
    """Machines found by what they are labelled, without looking at each of them for each group."""

    def __init__(self, candidates: Iterable[Machine]) -> None:
        self._machines = list(candidates)
        self._labelled: dict[tuple[str, str], set[int]] = defaultdict(set)
        for number, machine in enumerate(self._machines):
            for label in machine.labels.items():
                self._labelled[label].add(number)

    def having(self, labels: Mapping[str, str]) -> list[Machine]:
        """Those with all of these labels, in their order; nobody has none."""
        if not labels:
            return []
        sets = [self._labelled.get(label, set()) for label in labels.items()]
        return [self._machines[number] for number in sorted(set.intersection(*sets))]
