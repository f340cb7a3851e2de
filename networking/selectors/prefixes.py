"""A tenant's address space: what it may use, what is taken, what is free."""

from dataclasses import dataclass
from uuid import UUID

from networking.models import AllowedPrefix, Attachment, Network, Site
from networking.planning import addresses
from networking.planning.addresses import Prefix
from networking.selectors.base import visible
from tenants.access import Actor


@dataclass(frozen=True, slots=True)
class Taken:
    """A prefix that no new network may meet, and what has it, in words."""

    prefix: Prefix
    holder: str


@dataclass(frozen=True, slots=True)
class AddressSpace:
    """All that decides where a network may be."""

    allowed: tuple[Prefix, ...]
    taken: tuple[Taken, ...]

    def conflict(self, prefix: Prefix) -> Taken | None:
        """What has an address of this prefix, if anything has."""
        return next((one for one in self.taken if addresses.overlap(one.prefix, prefix)), None)

    def allows(self, prefix: Prefix) -> bool:
        """Whether the tenant may use all of it."""
        return any(addresses.within(prefix, one) for one in self.allowed)

    def free(self, length: int, *, version: int, limit: int) -> tuple[Prefix, ...]:
        """The first free prefixes of this length."""
        return addresses.free_prefixes(
            self.allowed, [one.prefix for one in self.taken], length, version=version, limit=limit
        )


def address_space(tenant_id: UUID, *, without: UUID | None = None) -> AddressSpace:
    """The tenant's space as it is now, in four queries; `without` leaves one network out.

    Networks that retire count: devices may still hold them. A site that announces a default
    route takes nothing by it.
    """
    allowed = AllowedPrefix.objects.filter(
        tenant_id=tenant_id, purpose=AllowedPrefix.Purpose.NETWORKS
    ).order_by("prefix")
    networks = Network.objects.filter(tenant_id=tenant_id)
    if without is not None:
        networks = networks.exclude(id=without)
    taken = [
        Taken(
            prefix, f"network {network.name}" + (" (being deleted)" if network.retiring_at else "")
        )
        for network in networks
        for prefix in network.prefixes
    ]
    for site in Site.objects.filter(tenant_id=tenant_id):
        taken += [
            Taken(prefix, f"what site {site.name} announces")
            for prefix in site.accepted_prefixes
            if prefix.prefixlen
        ]
    for attachment in Attachment.objects.filter(tenant_id=tenant_id):
        taken += provider_prefixes(attachment)
    return AddressSpace(tuple(row.prefix for row in allowed), tuple(taken))


def provider_prefixes(attachment: Attachment) -> list[Taken]:
    """The links that the provider numbered: towards the fabric and towards the sites."""
    transit = [one for one in (attachment.transit_ipv4, attachment.transit_ipv6) if one]
    return [
        *(Taken(prefix, f"the provider's transit of {attachment.name}") for prefix in transit),
        *(
            Taken(prefix, f"the access line of {attachment.name}")
            for prefix in attachment.access_prefixes
        ),
    ]


def free_prefixes(
    actor: Actor, length: int, *, version: int = 4, limit: int = 3
) -> tuple[Prefix, ...]:
    """Prefixes of this length that the actor's tenant could make a network of now."""
    if actor.tenant is None:
        return ()
    return address_space(actor.tenant.id).free(length, version=version, limit=limit)


@dataclass(frozen=True, slots=True)
class AllowedPrefixRow:
    """A prefix that a tenant may use: for `networks` or for `vips`."""

    id: UUID
    prefix: str
    purpose: str


def allowed_prefixes(actor: Actor, tenant_id: UUID | None = None) -> tuple[AllowedPrefixRow, ...]:
    """What the actor's tenant may use; the provider names the tenant."""
    rows = visible(AllowedPrefix.objects.all(), actor)
    if tenant_id is not None:
        rows = rows.filter(tenant_id=tenant_id)
    return tuple(
        AllowedPrefixRow(row.id, str(row.prefix), row.purpose) for row in rows.order_by("prefix")
    )
