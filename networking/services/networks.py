"""Networks: create, update, delete."""

from dataclasses import replace
from ipaddress import IPv6Network
from uuid import UUID

from networking.compiler import NONE, Focus
from networking.intent.eui64 import eui64_address
from networking.models import Change, Network, NetworkSite, Port, Site
from networking.selectors.base import one
from networking.services.accept import Draft, scopes_of, with_fabrics, writing
from networking.services.act import Act, Snapshot, mark_retiring
from networking.services.constraints import guarded
from networking.services.guards import check_version, writer_of
from networking.services.network_fields import (
    NetworkInput,
    NetworkPatch,
    check_empty,
    check_ungrouped,
    fill,
    place,
)
from networking.services.probes import first_probe, keep_probe
from networking.services.wording import summary_of
from portal.lib.ids import uuid7
from tenants.access import Actor

__all__ = ["NetworkInput", "NetworkPatch", "create", "delete", "snapshot", "update"]


def create(actor: Actor, wanted: NetworkInput) -> Change:
    """A new network of the actor's tenant. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        region, fabric = place(tenant_id, wanted.region)
        network = Network(id=uuid7(), tenant_id=tenant_id, region=region)
        sites = fill(network, wanted, fabric)
        first_probe(network)
        _watch(draft, network)
        with guarded():
            network.save(force_insert=True)
        _choose(network, sites)
        return draft.accept(
            Act.create(
                network,
                f"Add network {network.name} {network.ipv4_prefix}",
                snapshot(network, sites),
                _warnings(network, sites),
            )
        )


def update(
    actor: Actor, network_id: UUID, fields: NetworkPatch, *, expect: int | None = None
) -> Change:
    """Change some fields of a network that is at version `expect`. Raises Refusal.

    A new IPv6 prefix gives every machine the address that it will form in it.
    """
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        network = _get(tenant_id, network_id)
        check_version(network, expect)
        _, fabric = place(tenant_id, network.region.code)
        chosen = list(network.sites.filter(retiring_at=None).order_by("name"))
        before, old_ipv6 = snapshot(network, chosen), network.ipv6_prefix
        current = _as_input(network, chosen)
        sites = fill(network, replace(current, **fields), fabric, current)
        renumbered = network.ipv6_prefix != old_ipv6
        keep_probe(network)
        _watch(draft, network, renumbered=renumbered)
        network.version += 1
        with guarded():
            network.save()
        _choose(network, sites)
        if renumbered:
            _renumber(network)
        after = snapshot(network, sites)
        summary = summary_of("network", network.name, before, after)
        warnings = _warnings(network, sites, before)
        return draft.accept(Act.update(network, summary, before, after, warnings))


def delete(actor: Actor, network_id: UUID, *, expect: int | None = None) -> Change:
    """Retire a network without machines; its row goes once no device holds it. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        network = _get(tenant_id, network_id)
        check_version(network, expect)
        check_empty(network)
        check_ungrouped(network)
        sites = list(network.sites.order_by("name"))
        _watch(draft, network)
        mark_retiring(network)
        summary = f"Delete network {network.name} {network.ipv4_prefix}"
        return draft.accept(Act.delete(network, summary, snapshot(network, sites)))


def snapshot(network: Network, sites: list[Site]) -> Snapshot:
    """The editable fields, as a change keeps them and a revert reads them."""
    return {
        "name": network.name,
        "region": network.region.code,
        "ipv4_prefix": str(network.ipv4_prefix),
        "ipv6_prefix": str(network.ipv6_prefix or ""),
        "dhcp": network.dhcp,
        "mtu": network.mtu,
        "learned_by": str(network.learned_by),
        "default_deny": network.default_deny,
        "sites": sorted(site.name for site in sites),
    }


def _watch(draft: Draft, network: Network, *, renumbered: bool = False) -> None:
    """The region's devices, and the other fabrics: to them the network is elsewhere, and a group
    may hold it. Its machines matter only when all of them get new addresses."""
    machines = None if renumbered else NONE
    focus = Focus(
        networks=frozenset({network.id}),
        ports=machines,
        rules=NONE,
        vips=machines,
        members=machines,
    )
    here = scopes_of(draft.ways, network.region_id)
    draft.watch(with_fabrics(here, network.tenant_id), focus)


def _get(tenant_id: UUID, network_id: UUID) -> Network:
    rows = Network.objects.filter(tenant_id=tenant_id).select_related("region")
    return one(rows, network_id, "network")


def _as_input(network: Network, sites: list[Site]) -> NetworkInput:
    fields = snapshot(network, sites) | {"sites": tuple(site.id for site in sites)}
    return NetworkInput(**fields)


def _choose(network: Network, sites: list[Site]) -> None:
    rows = NetworkSite.objects.filter(tenant_id=network.tenant_id, network=network)
    rows.exclude(site__in=sites).delete()
    NetworkSite.objects.bulk_create(
        (NetworkSite(tenant_id=network.tenant_id, network=network, site=site) for site in sites),
        ignore_conflicts=True,
    )


def _renumber(network: Network) -> None:
    prefix: IPv6Network | None = network.ipv6_prefix
    ports = list(Port.objects.filter(tenant_id=network.tenant_id, network=network))
    for port in ports:
        port.ipv6_address = eui64_address(str(prefix), str(port.mac)) if prefix else None
    Port.objects.bulk_update(ports, ["ipv6_address"], batch_size=500)


def _warnings(
    network: Network, chosen: list[Site], before: Snapshot | None = None
) -> tuple[str, ...]:
    """What is allowed and may surprise."""
    return (*_cut(network, before or {}), *_unlearned(network, chosen))


def _cut(network: Network, before: Snapshot) -> tuple[str, ...]:
    """What turning default deny on or off means."""
    was = bool(before.get("default_deny"))
    if network.default_deny and not was:
        return (
            f"What no rule allows is cut: towards the machines of {network.name}, and from them to "
            "destinations outside your networks. Replies, health checks, DHCP and neighbour "
            "discovery pass.",
        )
    if was and not network.default_deny:
        return (f"What no rule denies passes, to and from the machines of {network.name}.",)
    return ()


def _unlearned(network: Network, chosen: list[Site]) -> tuple[str, ...]:
    """Nobody learns it, or not everybody who was chosen."""
    if network.learned_by == Network.LearnedBy.NONE:
        return ()
    region = network.region
    near = Site.objects.filter(
        tenant_id=network.tenant_id, attachment__fabric__region=region, retiring_at=None
    )
    here = set(near.values_list("id", flat=True))
    if not here:
        return (f"No site learns {network.name}: you have none in {region.name}.",)
    far = [site.name for site in chosen if site.id not in here]
    if far:
        return (
            f"{', '.join(far)} will not learn {network.name}: only sites in {region.name} can.",
        )
    return ()
