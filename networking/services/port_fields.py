"""What people say of a port, checked and written into its row."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any, TypedDict
from uuid import UUID

from networking.intent.eui64 import eui64_address
from networking.models import Network, Port
from networking.planning.addresses import gateway, host_capacity
from networking.selectors.free_address import free_address
from networking.services.guards import check_label, taken_name
from networking.services.labels import check_labels
from networking.services.prefixes import read_address
from portal.lib.errors import Refusal

MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
# IEEE 802: the two low bits of the first octet say multicast and locally administered.
MULTICAST, LOCAL = 0x01, 0x02


@dataclass(frozen=True, slots=True)
class PortInput:
    """What a person says of a machine's connection. An empty address or MAC is chosen for them;
    the IPv6 address follows from the MAC."""

    network: UUID
    name: str
    ipv4_address: str = ""
    mac: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


class PortPatch(TypedDict, total=False):
    """The fields of `PortInput` that can change."""

    name: str
    ipv4_address: str
    mac: str
    labels: Mapping[str, str]


def fill(port: Port, wanted: PortInput) -> None:
    """Check what is wanted and write it into the row; what it has already is nobody else's. Raises
    Refusal."""
    network: Network = port.network
    if not port.name or wanted.name != port.name:
        port.name = _name(port, wanted.name)
    port.labels = check_labels(wanted.labels, "machine")
    if not port.mac or wanted.mac not in ("", str(port.mac)):
        port.mac = _mac(port, wanted.mac) if wanted.mac else new_mac(port.tenant_id)
    if not port.ipv4_address or wanted.ipv4_address != str(port.ipv4_address):
        port.ipv4_address = _ipv4_address(port, network, wanted.ipv4_address)
    port.ipv6_address = (
        eui64_address(str(network.ipv6_prefix), str(port.mac)) if network.ipv6_prefix else None
    )


def new_mac(tenant_id: UUID) -> str:
    """A random unicast, locally administered MAC address that no port of the tenant has."""
    while True:
        first, *rest = secrets.token_bytes(6)
        mac = ":".join(f"{octet:02x}" for octet in (first & ~MULTICAST | LOCAL, *rest))
        if not Port.objects.filter(tenant_id=tenant_id, mac=mac).exists():
            return mac


def _name(port: Port, name: str) -> str:
    check_label(name, "machine")
    other = _others(port).filter(name=name).first()
    if other is not None:
        raise taken_name("machine", name, retiring=other.retiring_at is not None)
    return name


def _mac(port: Port, text: str) -> str:
    mac = text.strip().lower().replace("-", ":")
    if not MAC.fullmatch(mac):
        raise Refusal(
            "mac-invalid",
            f"{text!r} is not a MAC address. Write it like 02:00:5e:10:00:01.",
            field="mac",
        )
    if int(mac[:2], 16) & MULTICAST or mac == "00:00:00:00:00:00":
        raise Refusal(
            "mac-invalid",
            f"{mac} is no address of a single network card. Leave it empty to get one.",
            field="mac",
        )
    other = _others(port).filter(mac=mac).first()
    if other is not None:
        raise Refusal(
            "mac-taken", f"{mac} is the MAC address of machine {_holder(other)}.", field="mac"
        )
    return mac


def _ipv4_address(port: Port, network: Network, text: str) -> IPv4Address:
    prefix: IPv4Network = network.ipv4_prefix
    if not text:
        return _free_address(network, prefix)
    address = read_address(text, 4, "ipv4_address")
    _check_position(address, network, prefix)
    other = _others(port).filter(network=network, ipv4_address=str(address)).first()
    if other is not None:
        free = free_address(network)
        hint = f" {free} is free." if free else ""
        raise Refusal(
            "address-taken",
            f"{address} is the address of machine {_holder(other)}.{hint}",
            field="ipv4_address",
        )
    return address


def _free_address(network: Network, prefix: IPv4Network) -> IPv4Address:
    free = free_address(network)
    if free is None:
        raise Refusal(
            "network-full",
            f"Network {network.name} is full: {prefix} has room for {host_capacity(prefix)} "
            "machines. Delete one or add another network.",
            field="network",
        )
    return free


def _check_position(address: IPv4Address, network: Network, prefix: IPv4Network) -> None:
    reserved = {
        gateway(prefix): "its gateway",
        prefix.network_address: "the network itself",
        prefix.broadcast_address: "its broadcast address",
        network.probe_ipv4: "where health checks come from",
    }
    if address not in prefix:
        text = f"{address} is outside of network {network.name} ({prefix})."
    elif address in reserved:
        text = f"{address} is no machine's: in network {network.name} it is {reserved[address]}."
    else:
        return
    free = free_address(network)
    hint = f" {free} is free." if free else " The network is full."
    raise Refusal("address-outside", text + hint, field="ipv4_address")


def _others(port: Port) -> Any:
    return Port.objects.filter(tenant_id=port.tenant_id).exclude(id=port.id)


def _holder(port: Port) -> str:
    return port.name + (", which is being deleted" if port.retiring_at else "")
