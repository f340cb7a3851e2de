"""What a plan is about, so that a preview need not compile all that a tenant has."""

from dataclasses import dataclass
from uuid import UUID

NONE: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Focus:
    """Which nouns to compile; None for all. What a plan says of one of them does not need the
    others. `members` are the machines that are looked at as members of groups and VIPs;
    `way_out` is the way to the router with the prefixes that lie elsewhere and those of VIPs, and
    `sites` are those that rules name. `machines_alone` says that nothing is written but fields of
    machines, so that networks, and what groups are made of, stay."""

    networks: frozenset[UUID] | None = None
    ports: frozenset[UUID] | None = None
    groups: frozenset[UUID] | None = None
    rules: frozenset[UUID] | None = None
    vips: frozenset[UUID] | None = None
    members: frozenset[UUID] | None = None
    way_out: bool = True
    sites: bool = True
    machines_alone: bool = False


EVERYTHING = Focus()
