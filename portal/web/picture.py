"""The picture of the provider's regions: customers, routers, fabrics, hosts. Pure."""

from collections.abc import Iterable, Sequence

from django.urls import reverse

from networking.selectors.provider import FabricRow, HostRow, RegionRow, RouterRow
from networking.web.states import Status, device
from networking.web.topology import FabricItem, Item, NetworkItem, Uplink
from portal.lib.words import count, exact

SPARE = Status("off", "Spare", "For the next customers to claim")


def region_items(regions: Iterable[RegionRow]) -> list[FabricItem]:
    """What to draw, fabric by fabric: left the customers behind each router, right the hosts."""
    return [
        FabricItem(
            gateway=Item(fabric.name, region.name, device(fabric)),
            uplinks=tuple(_uplinks(fabric, region.routers)),
            networks=tuple(NetworkItem(_host(host)) for host in fabric.hosts),
        )
        for region in regions
        for fabric in region.fabrics
    ]


def host_status(host: HostRow) -> Status:
    """Of a host, as its fabric last reported it."""
    if host.silent_since is not None:
        return Status("bad", "Silent", f"since {exact(host.silent_since)}")
    if host.seen_at is None:
        return Status("off", "Not seen yet", "")
    return Status("ok", "Live", f"heard of at {exact(host.seen_at)}")


def _uplinks(fabric: FabricRow, routers: Sequence[RouterRow]) -> Iterable[Uplink]:
    for router in routers:
        here = [row for row in router.attachments if row.fabric == fabric.name]
        if not here:
            continue
        items = [
            Item(
                row.customer.name,
                f"{row.name} · VLAN {row.vlan}",
                Status("ok", "Attached"),
                reverse("portal:customer_detail", args=[row.customer.slug]),
            )
            for row in here
            if row.customer
        ]
        spare = len(here) - len(items)
        if spare:
            items.append(
                Item(f"{spare} spare", "attachments" if spare > 1 else "attachment", SPARE)
            )
        yield Uplink(Item(router.name, f"AS {router.asn}", device(router)), tuple(items))


def _host(host: HostRow) -> Item:
    gateway = f"gateway priority {host.gateway_priority} · " if host.gateway_priority else ""
    return Item(host.name, f"{gateway}{count(host.ports, 'machine')}", host_status(host))
