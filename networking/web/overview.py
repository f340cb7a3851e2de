"""A tenant's network as the dashboard draws it."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from django.urls import reverse

from networking import selectors
from networking.models import Attachment, Fabric, Network, Port, Site
from networking.selectors.topology import fetch_machines, ways_out
from networking.web import states
from networking.web.topology import SHOWN, SHOWN_MACHINES, FabricItem, Item, NetworkItem, Uplink
from tenants.access import Actor


def fabric_items(actor: Actor, slug: str, sites: Sequence[Site]) -> tuple[FabricItem, ...]:
    """What the tenant, whose sites these are, has on each fabric: three queries."""
    networks = list(selectors.with_machines(selectors.networks(actor)).prefetch_related(None))
    items = []
    by_fabric = groupby(ways_out(actor), key=lambda attachment: attachment.fabric)
    for fabric, attachments in by_fabric:
        here = [network for network in networks if network.region_id == fabric.region_id]
        items.append((fabric, list(attachments), here))
    fetch_machines([network for _, _, here in items for network in here[:SHOWN]], SHOWN_MACHINES)
    return tuple(
        FabricItem(
            _gateway(fabric),
            tuple(_uplink(attachment, sites, slug) for attachment in attachments),
            tuple(_network(network, slug) for network in here),
            reverse("networking:site_list", args=[slug]),
            reverse("networking:network_list", args=[slug]),
        )
        for fabric, attachments, here in items
    )


def _gateway(fabric: Fabric) -> Item:
    return Item(fabric.region.name, fabric.name, states.device(fabric))


def _uplink(attachment: Attachment, sites: Iterable[Site], slug: str) -> Uplink:
    router = attachment.router
    behind = (site for site in sites if site.attachment_id == attachment.id)
    return Uplink(
        Item(router.name, f"AS {router.asn}", states.device(router)),
        tuple(_site(site, slug) for site in behind),
    )


def _site(site: Site, slug: str) -> Item:
    href = reverse("networking:site_detail", args=[slug, site.id])
    return Item(site.name, f"AS {site.asn}", states.site(site), href)


def _network(network: Network, slug: str) -> NetworkItem:
    href = reverse("networking:network_detail", args=[slug, network.id])
    item = Item(network.name, str(network.ipv4_prefix), states.noun(network), href)
    ports: Sequence[Port] = getattr(network, "machines", ())
    count: int = network.port_count  # type: ignore[attr-defined]
    return NetworkItem(item, tuple(map(_machine, ports)), count)


def _machine(port: Port) -> Item:
    return Item(port.name, str(port.ipv4_address), states.port(port))
