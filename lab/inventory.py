"""The inventory: what the running lab tells others about itself, as JSON.

The schema is documented in docs/lab.md; a change that breaks readers raises ``VERSION``.
"""

import json
import os
from pathlib import Path
from typing import Any

from lab.central import Central
from lab.host import Host
from lab.router import Router
from lab.ssh import ADDRESS, USER
from lab.topology import WAN_NETWORK, Attachment, Circuit, Site, Topology

VERSION = 1


def build(
    name: str, plan: Topology, central: Central, hosts: list[Host], router: Router
) -> dict[str, Any]:
    """The inventory of a running lab."""
    tunnels = {host.name: str(host.tunnel.ip) for host in plan.hosts}
    return {
        "version": VERSION,
        "name": name,
        "region": {"code": plan.region_code, "name": plan.region_name},
        "fabric": {
            "name": plan.fabric,
            "northbound": central.northbound,
            "southbound": central.southbound,
            "bridge_mapping": WAN_NETWORK,
            "machine_mtu": plan.machine_mtu,
            "hosts": [
                {
                    "name": host.name,
                    "ovsdb": host.switch.ovsdb,
                    "tunnel_address": tunnels[host.name],
                }
                for host in hosts
            ],
        },
        "router": {
            "name": router.name,
            "asn": plan.router.asn,
            "ssh_host": ADDRESS,
            "ssh_port": router.ssh.port,
            "ssh_user": USER,
            "private_key_file": str(router.ssh.client_key),
            "host_key": router.ssh.host_key,
        },
        "attachments": [_attachment(plan, attachment) for attachment in plan.attachments],
        "sites": [_site(plan, site) for site in plan.sites],
    }


def _attachment(plan: Topology, attachment: Attachment) -> dict[str, Any]:
    return {
        "name": attachment.name,
        "router": plan.router.name,
        "vrf": attachment.vrf,
        "vlan": attachment.vlan,
        "interface": attachment.interface,
        "transit_v4": {
            "prefix": str(attachment.router_v4.network),
            "router": str(attachment.router_v4.ip),
            "gateway": str(attachment.gateway_v4.ip),
        },
        "transit_v6": {
            "prefix": str(attachment.router_v6.network),
            "router": str(attachment.router_v6.ip),
            "gateway": str(attachment.gateway_v6.ip),
        },
        "access": [_circuit(circuit) for circuit in attachment.circuits],
    }


def _circuit(circuit: Circuit) -> dict[str, str]:
    return {
        "interface": circuit.interface,
        "prefix_v4": str(circuit.router_v4.network),
        "router_v4": str(circuit.router_v4.ip),
        "site_v4": str(circuit.site_v4.ip),
        "prefix_v6": str(circuit.router_v6.network),
        "router_v6": str(circuit.router_v6.ip),
        "site_v6": str(circuit.site_v6.ip),
    }


def _site(plan: Topology, site: Site) -> dict[str, Any]:
    circuit = plan.circuit(site)
    return {
        "name": site.name,
        "attachment": site.attachment,
        "circuit": site.circuit,
        "asn": site.asn,
        "neighbour_v4": str(circuit.site_v4.ip),
        "neighbour_v6": str(circuit.site_v6.ip),
        "lan_v4": str(site.lan_v4),
        "lan_v6": str(site.lan_v6),
        "host_v4": str(site.host_v4.ip),
        "host_v6": str(site.host_v6.ip),
    }


def write(path: Path, inventory: dict[str, Any]) -> None:
    """Write the inventory whole, so that no reader sees half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(inventory, indent=1) + "\n")
    os.replace(fresh, path)
