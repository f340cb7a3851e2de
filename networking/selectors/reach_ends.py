"""What can be written as the end of a question about reach, and whom it means."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from networking.models import Network, Port, Site, Vip
from networking.planning.addresses import Address, read
from networking.selectors.base import visible
from networking.selectors.vips import vip_members
from tenants.access import Actor

SITE, VIP = "site:", "vip:"


def reach_ends(actor: Actor, q: str, most: int) -> list[str]:
    """Ends that have `q` in them, so many at most: sites and VIPs, of which there are few, come
    before machines."""
    text = q.strip()
    nouns = ((SITE, Site.objects.all()), (VIP, Vip.objects.all()), ("", Port.objects.all()))
    found: list[str] = []
    for kind, rows in nouns:
        part = text.removeprefix(kind)
        names = visible(rows, actor).filter(retiring_at=None, name__icontains=part)
        room = names.order_by("name").values_list("name", flat=True)[: most - len(found)]
        found += [f"{kind}{name}" for name in room]
    return found


def named_machines(actor: Actor, ends: Iterable[str]) -> set[UUID]:
    """The machines that the ends mean: by name, by address, and those that serve a VIP."""
    texts = [end.strip() for end in ends]
    addresses = [found for text in texts if (found := _address(text))]
    rows = visible(Port.objects.filter(retiring_at=None), actor)
    machines = set(rows.filter(name__in=texts).values_list("id", flat=True))
    if addresses:
        # By network, which the index of addresses begins with.
        own = visible(Network.objects.all(), actor).values("id")
        at = rows.filter(_having(addresses), network__in=own)
        machines.update(at.values_list("id", flat=True))
    names = [text.removeprefix(VIP) for text in texts if text.startswith(VIP)]
    if names or addresses:
        vips = visible(Vip.objects.filter(retiring_at=None), actor)
        served = vips.filter(Q(name__in=names) | _having(addresses))
        for vip_id in served.values_list("id", flat=True):
            machines.update(vip_members(actor, vip_id).values_list("id", flat=True))
    return machines


def _having(addresses: Iterable[Address]) -> Q:
    found = Q(pk__in=())
    for address in addresses:
        found |= Q(**{f"ipv{address.version}_address": str(address)})
    return found


def _address(text: str) -> Address | None:
    try:
        return read(text)
    except ValueError:
        return None
