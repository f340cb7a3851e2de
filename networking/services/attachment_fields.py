"""What the provider says of an attachment, checked."""

from dataclasses import dataclass
from typing import Any, Literal

from networking.planning.addresses import Address, Prefix
from networking.services.prefixes import read_address, read_prefix
from portal.lib.errors import Refusal

VLANS = range(1, 4095)  # IEEE 802.1Q: 0 and 4095 are reserved


@dataclass(frozen=True, slots=True)
class LinkInput:
    """One family of the link between VRF and fabric: its prefix and both ends' addresses."""

    prefix: str
    router: str
    gateway: str


@dataclass(frozen=True, slots=True)
class AttachmentInput:
    """A hand-off as it was provisioned. `interface` is the router's towards the fabric,
    `bridge_mapping` the fabric's name of the physical network that carries the VLAN."""

    name: str
    vrf: str
    vlan: int
    interface: str
    bridge_mapping: str
    ipv4: LinkInput
    ipv6: LinkInput | None = None
    access_prefixes: tuple[str, ...] = ()


def checked(wanted: AttachmentInput) -> dict[str, Any]:
    """The row's fields. Raises Refusal."""
    if wanted.vlan not in VLANS:
        raise Refusal("vlan-invalid", "A VLAN is a number from 1 to 4094.", field="vlan")
    access = [read_prefix(text, None, "access_prefixes") for text in wanted.access_prefixes]
    return {
        "vrf": wanted.vrf,
        "vlan": wanted.vlan,
        "interface": wanted.interface,
        "bridge_mapping": wanted.bridge_mapping,
        **_link(wanted.ipv4, 4),
        **(_link(wanted.ipv6, 6) if wanted.ipv6 else _no_link()),
        "access_prefixes": access,
    }


def _link(link: LinkInput, version: Literal[4, 6]) -> dict[str, Prefix | Address]:
    prefix = read_prefix(link.prefix, version, f"transit_ipv{version}")
    ends = {
        f"router_ipv{version}": read_address(link.router, version, f"router_ipv{version}"),
        f"gateway_ipv{version}": read_address(link.gateway, version, f"gateway_ipv{version}"),
    }
    for field, address in ends.items():
        if address not in prefix:
            raise Refusal(
                "address-outside", f"{address} is outside of the link {prefix}.", field=field
            )
    if len(set(ends.values())) == 1:
        raise Refusal(
            "address-taken",
            f"Router and gateway cannot both have {link.router}.",
            field=f"gateway_ipv{version}",
        )
    return {f"transit_ipv{version}": prefix, **ends}


def _no_link() -> dict[str, None]:
    return {"transit_ipv6": None, "router_ipv6": None, "gateway_ipv6": None}
