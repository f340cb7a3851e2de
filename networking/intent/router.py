"""What a tenant wants of a provider edge router: routes to its fabric and sessions to its sites."""

from dataclasses import dataclass

from networking.intent.scope import TenantRef


@dataclass(frozen=True, slots=True)
class Route:
    """A static route in the tenant's VRF: one of its prefixes, by way of its gateway."""

    prefix: str
    next_hop: str
    network_id: str
    network_name: str


@dataclass(frozen=True, slots=True)
class Site:
    """A customer's location that speaks BGP (RFC 4271) with the tenant's VRF.

    `neighbours` holds one address per family. `accepted` are the prefixes that the site may
    announce (more specific ones are refused), `advertised` those that it is sent. A session of
    which more than `max_prefixes` are accepted is torn down (RFC 4486, Cease/1).
    """

    id: str
    name: str
    asn: int
    neighbours: tuple[str, ...]
    accepted: tuple[str, ...]
    advertised: tuple[str, ...]
    max_prefixes: int


@dataclass(frozen=True, slots=True)
class RouterIntent:
    """Everything one tenant wants of one router, at one generation. `asn` is the router's own."""

    tenant: TenantRef
    generation: int
    vrf: str
    asn: int
    routes: tuple[Route, ...] = ()
    sites: tuple[Site, ...] = ()
