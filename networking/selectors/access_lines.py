"""Access lines of an attachment: where the next site's neighbour can be."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from uuid import UUID

from networking.models import Attachment, Site
from networking.planning.addresses import Address, Prefix
from networking.selectors.base import admit, one
from tenants.access import Actor, Capability

LOOKED_AT = 64  # addresses of a long line; whoever has more neighbours on it types the next one


@dataclass(frozen=True, slots=True)
class LineEnd:
    """One family of a line: the router's address, and a free one for the site, or ""."""

    prefix: str
    router: str
    neighbour: str


@dataclass(frozen=True, slots=True)
class AccessLine:
    """A circuit from the router to a site. `sites` are the names of those on it."""

    ipv4: LineEnd | None
    ipv6: LineEnd | None
    sites: tuple[str, ...]

    @property
    def free(self) -> bool:
        """Whether another site fits on it, in every family that it has."""
        return all(end.neighbour for end in (self.ipv4, self.ipv6) if end)


def access_lines(actor: Actor, attachment_id: UUID) -> tuple[AccessLine, ...]:
    """The lines of an attachment, in their order. Raises Missing.

    The router takes the first host address of a line and sites the next ones. The prefixes are
    listed by line: the first IPv4 prefix and the first IPv6 prefix are one circuit.
    """
    admit(actor, Capability.CUSTOMERS_VIEW, "attachment")
    attachment = one(Attachment.objects.all(), attachment_id, "attachment")
    sites = list(Site.objects.filter(attachment=attachment).order_by("name"))
    families: dict[int, list[Prefix]] = {4: [], 6: []}
    for prefix in attachment.access_prefixes:
        families[prefix.version].append(prefix)
    return tuple(_line(v4, v6, sites) for v4, v6 in zip_longest(families[4], families[6]))


def _line(v4: Prefix | None, v6: Prefix | None, sites: Iterable[Site]) -> AccessLine:
    on_it = [site for site in sites if any(_on(address, v4, v6) for address in _ends(site))]
    taken = {address for site in on_it for address in _ends(site)}
    ends = [_end(prefix, taken) if prefix else None for prefix in (v4, v6)]
    return AccessLine(ends[0], ends[1], tuple(site.name for site in on_it))


def _end(prefix: Prefix, taken: set[Address]) -> LineEnd:
    hosts: Iterator[Address] = iter(prefix.hosts())
    router = next(hosts)
    free = (address for address in islice(hosts, LOOKED_AT) if address not in taken)
    return LineEnd(str(prefix), str(router), str(next(free, "")))


def _ends(site: Site) -> list[Address]:
    return [address for address in (site.neighbour_ipv4, site.neighbour_ipv6) if address]


def _on(address: Address, *prefixes: Prefix | None) -> bool:
    return any(prefix is not None and address in prefix for prefix in prefixes)
