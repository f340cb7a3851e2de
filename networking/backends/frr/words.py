"""The names by which our stanzas are known on a router, and what each kind is called."""

import re
from ipaddress import ip_network
from typing import Final, Literal, NamedTuple

STATIC_ROUTE: Final = "static-route"
PREFIX_LIST: Final = "prefix-list"
NEIGHBOR: Final = "neighbor"

ORDER: Final = (PREFIX_LIST, NEIGHBOR, STATIC_ROUTE)
"""Filters before the sessions that use them; routes last, so that a new one meets its filter."""

ROUTE_TAG: Final = 4200
"""Marks our static routes; the router's route-map DEMARC redistributes these alone."""

Family = Literal["ipv4", "ipv6"]
Direction = Literal["in", "out"]

FAMILIES: Final[tuple[Family, ...]] = ("ipv4", "ipv6")

COMMAND: Final[dict[Family, str]] = {"ipv4": "ip", "ipv6": "ipv6"}
"""What route and prefix-list commands of a family begin with."""

GUARD: Final[dict[Family, str]] = {
    "ipv4": "deny 255.255.255.255/32",
    "ipv6": "deny ::/128",
}
"""First entry of each list. FRR lets everything pass a list without entries; this entry matches
nothing that could ever be routed, and what no entry matches is denied."""

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_VRF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,35}")
_LIST_NAME = re.compile(rf"demarc-({_UUID})-({_UUID})-(in|out)([46])")
_DESCRIPTION = re.compile(rf"demarc:({_UUID})")


def checked_vrf(name: str) -> str:
    """The name itself. Raises ValueError for one that no VRF can have (zebra takes 36 letters)."""
    if not _VRF.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a VRF.")
    return name


def family_of(prefix_or_address: str) -> Family:
    """Raises ValueError for what is neither."""
    return "ipv4" if ip_network(prefix_or_address, strict=False).version == 4 else "ipv6"


def list_name(tenant_id: str, site_id: str, direction: Direction, family: Family) -> str:
    """Prefix lists are global to a router, so the name tells the tenant too."""
    return f"demarc-{tenant_id}-{site_id}-{direction}{family[-1]}"


class ListName(NamedTuple):
    """Whom a prefix list of ours serves."""

    tenant_id: str
    site_id: str
    direction: str
    family: Family


def parse_list_name(name: str) -> ListName | None:
    """What `list_name` made the name from, None for any other name."""
    match = _LIST_NAME.fullmatch(name)
    if match is None:
        return None
    return ListName(match[1], match[2], match[3], "ipv4" if match[4] == "4" else "ipv6")


def description(site_id: str) -> str:
    """What marks a neighbour as ours."""
    return f"demarc:{site_id}"


def parse_description(text: str) -> str | None:
    """The site id of a neighbour of ours, None for any other."""
    match = _DESCRIPTION.fullmatch(text)
    return match[1] if match else None
