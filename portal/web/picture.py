"""The picture of the provider's regions: customers, routers, fabrics, hosts. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from django.urls import reverse

from networking.selectors.devices import (
    AttachmentCount,
    FabricRow,
    HostRow,
    RegionRow,
    RouterAttachmentRow,
    RouterRow,
)
from networking.web.states import Status, device
from networking.web.topology import SHOWN, FabricItem, Item, NetworkItem, Uplink
from portal.lib.words import count, exact

SPARE = Status("off", "Spare", "For the next customers to claim")
DOWN = Status("bad", "Session down", "A session with one of its sites is down")
ATTACHED = Status("ok", "Attached", "No session known to be down")


def region_items(regions: Iterable[RegionRow]) -> list[FabricItem]:
    """What to draw, fabric by fabric: left the customers behind each router, right the hosts. The
    regions have `topology.SHOWN` of each, the worst first; the rest is a box that leads there."""
    return [
        FabricItem(
            gateway=Item(fabric.name, region.name, device(fabric), _of_fabric(fabric)),
            uplinks=tuple(_uplinks(fabric, region.routers)),
            networks=tuple(map(NetworkItem, _hosts(fabric))),
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


def _uplinks(fabric: FabricRow, routers: Iterable[RouterRow]) -> Iterable[Uplink]:
    for router in routers:
        here = next((one for one in router.counts if one.fabric == fabric.name), None)
        if here is None:
            continue
        rows = (row for row in router.attachments if row.fabric == fabric.name)
        items = _customers([row for row in rows if row.customer], here, _of_router(router))
        yield Uplink(
            Item(router.name, f"AS {router.asn}", device(router), _of_router(router)), tuple(items)
        )


def _customers(
    rows: Sequence[RouterAttachmentRow], here: AttachmentCount, href: str
) -> Iterator[Item]:
    """As many as there is room for, then how many more there are, then the spare attachments."""
    claimed, room = here.total - here.spare, SHOWN - bool(here.spare)
    drawn = rows if claimed <= room else rows[: room - 1]
    yield from map(_customer, drawn)
    if more := claimed - len(drawn):
        down = here.down - sum(row.down for row in drawn)
        detail = f"{down} with a session down" if down else "none known to be down"
        yield Item(count(more, "more customer"), detail, DOWN if down else ATTACHED, href)
    if here.spare:
        noun = "attachments" if here.spare > 1 else "attachment"
        yield Item(f"{here.spare} spare", noun, SPARE, f"{href}?spare=on")


def _customer(row: RouterAttachmentRow) -> Item:
    assert row.customer is not None, "spare ones were left out"
    href = reverse("portal:customer_detail", args=[row.customer.slug])
    status = DOWN if row.down else ATTACHED
    return Item(row.customer.name, f"{row.name} · VLAN {row.vlan}", status, href)


def _hosts(fabric: FabricRow) -> Iterator[Item]:
    drawn = fabric.hosts if fabric.total <= SHOWN else fabric.hosts[: SHOWN - 1]
    yield from map(_host, drawn)
    if more := fabric.total - len(drawn):
        silent = fabric.silent - sum(host.silent_since is not None for host in drawn)
        status = Status("bad", "Silent") if silent else Status("ok", "Live")
        detail = f"{silent} silent" if silent else "none silent"
        yield Item(count(more, "more host"), detail, status, _of_fabric(fabric))


def _host(host: HostRow) -> Item:
    gateway = f"gateway priority {host.gateway_priority} · " if host.gateway_priority else ""
    return Item(host.name, f"{gateway}{count(host.ports, 'machine')}", host_status(host))


def _of_fabric(fabric: FabricRow) -> str:
    return reverse("portal:fabric_detail", args=[fabric.id])


def _of_router(router: RouterRow) -> str:
    return reverse("portal:router_detail", args=[router.id])
