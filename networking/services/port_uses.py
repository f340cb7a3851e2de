"""Groups and VIPs that name a machine by itself: they lose it when it goes, and a revert gives it
back to them."""

from collections.abc import Mapping, Sequence

from networking.models import Group, GroupPort, Port, Vip, VipMember

Uses = dict[str, list[str]]
NOUNS = {"groups": "group", "vips": "VIP"}


def uses(port: Port) -> Uses:
    """Their names, as a change's snapshot keeps them; what there is none of is left out."""
    groups = Group.objects.filter(port_links__port=port, retiring_at=None).order_by("name")
    vips = Vip.objects.filter(member_links__port=port, retiring_at=None).order_by("name")
    found = {
        "groups": list(groups.values_list("name", flat=True)),
        "vips": list(vips.values_list("name", flat=True)),
    }
    return {noun: names for noun, names in found.items() if names}


def warnings_of(port: Port, used: Uses) -> tuple[str, ...]:
    """What is said to who deletes a machine that is named: it is taken out, nothing is refused."""
    users = [f"{NOUNS[noun]} {name}" for noun, names in used.items() for name in names]
    if not users:
        return ()
    lose = "lose" if len(users) > 1 else "loses"
    return (f"{port.name} is named by {_listed(users)}, which {lose} it.",)


def give_back(port: Port, used: Mapping[str, Sequence[str]]) -> None:
    """Name the machine in those of these groups and VIPs that are still there."""
    own = {"tenant_id": port.tenant_id, "port": port}
    staying = {"tenant_id": port.tenant_id, "retiring_at": None}
    groups = Group.objects.filter(name__in=used.get("groups", ()), **staying)
    vips = Vip.objects.filter(
        name__in=used.get("vips", ()), region=port.network.region_id, **staying
    )
    GroupPort.objects.bulk_create(GroupPort(group=group, **own) for group in groups)
    VipMember.objects.bulk_create(VipMember(vip=vip, **own) for vip in vips)


def _listed(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
