"""Where a VIP can be: in the tenant's VIP prefixes, outside its networks and others' VIPs."""

from collections.abc import Sequence
from itertools import chain, islice
from typing import Literal

from django.db.models import QuerySet

from networking.models import AllowedPrefix, Network, Vip
from networking.planning.addresses import Address
from networking.services.prefixes import read_address
from portal.lib.errors import Refusal

LOOKED_AT = 65_536  # addresses of a prefix in which a free one is looked for
FIELDS: dict[Literal[4, 6], str] = {4: "ipv4_address", 6: "ipv6_address"}


def set_addresses(vip: Vip, ipv4: str, ipv6: str) -> None:
    """Check both addresses and write them into the row; without any, a free IPv4 address is
    chosen. An address that stays as it is stays allowed. Raises Refusal."""
    allowed = _allowed(vip)
    for version, text in ((4, ipv4), (6, ipv6)):
        field = FIELDS[version]  # type: ignore[index]
        old = getattr(vip, field)
        if text.strip() and text.strip() == str(old or ""):
            continue
        new = read_address(text, version, field) if text.strip() else None  # type: ignore[call-overload]
        if new is not None:
            _check(vip, new, allowed, field)
        setattr(vip, field, new)
    if not (vip.ipv4_address or vip.ipv6_address):
        vip.ipv4_address = _free(vip, allowed)


def _allowed(vip: Vip) -> list[AllowedPrefix]:
    rows = AllowedPrefix.objects.filter(tenant_id=vip.tenant_id, purpose=AllowedPrefix.Purpose.VIPS)
    return list(rows.order_by("prefix"))


def _check(vip: Vip, address: Address, allowed: Sequence[AllowedPrefix], field: str) -> None:
    names = ", ".join(str(row.prefix) for row in allowed if row.prefix.version == address.version)
    may = f"Take one from {names}." if names else "Ask your provider for a prefix for VIPs."
    for network in Network.objects.filter(tenant_id=vip.tenant_id).order_by("name"):
        if any(address in prefix for prefix in network.prefixes):
            raise Refusal(
                "vip-inside",
                f"{address} lies in network {network.name}; machines there would look for it "
                f"beside themselves. A VIP is outside of all networks. {may}",
                field=field,
            )
    home = next((row for row in allowed if address in row.prefix), None)
    if home is None:
        raise Refusal("address-outside", f"{address} is in no VIP prefix. {may}", field=field)
    _check_region(vip, home, field)
    other = _others(vip).filter(**{field: str(address)}).first()
    if other is not None:
        leaving = ", which is being deleted" if other.retiring_at else ""
        raise Refusal(
            "address-taken", f"{address} is the address of VIP {other.name}{leaving}.", field=field
        )


def _check_region(vip: Vip, home: AllowedPrefix, field: str) -> None:
    """Routers send a whole prefix to one place, so all its VIPs are in one region."""
    for other in _others(vip).exclude(region_id=vip.region_id).select_related("region"):
        if any(one and one in home.prefix for one in (other.ipv4_address, other.ipv6_address)):
            raise Refusal(
                "vip-prefix-elsewhere",
                f"{home.prefix} leads to {other.region}, where VIP {other.name} is. Take an "
                "address of another prefix, or ask your provider for one.",
                field=field,
            )


def _free(vip: Vip, allowed: Sequence[AllowedPrefix]) -> Address:
    taken = set(_others(vip).values_list("ipv4_address", flat=True))
    for row in allowed:
        if row.prefix.version != 4 or _leads_elsewhere(vip, row):
            continue
        # The first and the last one work as well, but people take them for no hosts' addresses.
        ends = (row.prefix.network_address, row.prefix.broadcast_address)
        for address in chain(islice(row.prefix.hosts(), LOOKED_AT), ends):
            if address not in taken:
                return address
    raise Refusal(
        "vip-prefix-needed",
        "You have no free IPv4 address for a VIP: ask your provider for a prefix.",
        field="ipv4_address",
    )


def _leads_elsewhere(vip: Vip, row: AllowedPrefix) -> bool:
    try:
        _check_region(vip, row, "")
    except Refusal:
        return True
    return False


def _others(vip: Vip) -> QuerySet[Vip]:
    return Vip.objects.filter(tenant_id=vip.tenant_id).exclude(id=vip.id)
