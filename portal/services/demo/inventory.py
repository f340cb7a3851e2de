"""What there is to run on: the lab's inventory, or the same provider simulated."""

import json
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

VERSION = 1
FABRIC_NAME = "fra"
"""One name wherever it runs, so that a demo may move between simulator and lab."""

GATEWAY_PRIORITIES = (20, 10)
"""The first host carries the gateways, the second takes over."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """A provider: the lab's inventory and the backends that reach it."""

    data: dict[str, Any]
    fabric_backend: str
    fabric_config: dict[str, Any]
    router_backend: str
    router_config: dict[str, Any]

    def sites_of(self, slug: str) -> list[dict[str, Any]]:
        """The sites that were built for a customer; a spare one is nobody's."""
        return [site for site in self.data["sites"] if site["name"].startswith(f"{slug}-")]


def read(path: Path) -> Inventory:
    """The inventory of a running lab. Raises ValueError for one of another version."""
    data = json.loads(path.read_text())
    if data["version"] != VERSION:
        raise ValueError(f"{path} has version {data['version']}; this reads version {VERSION}.")
    fabric, router = data["fabric"], data["router"]
    return Inventory(
        data=data,
        fabric_backend="ovn",
        fabric_config={
            "northbound": fabric["northbound"],
            "southbound": fabric["southbound"],
            "hosts": [[host["name"], host["ovsdb"]] for host in fabric["hosts"]],
        },
        router_backend="frr",
        router_config={
            "host": router["ssh_host"],
            "port": router["ssh_port"],
            "username": router["ssh_user"],
            "private_key_file": router["private_key_file"],
            "host_key": router["host_key"],
        },
    )


def simulated(state: Path) -> Inventory:
    """The lab's provider, in a file below the state folder."""
    path = str(state / "simulator.sqlite3")
    hosts = ["h1", "h2"]
    data = {
        "region": {"code": "fra", "name": "Frankfurt"},
        "fabric": {
            "bridge_mapping": "wan",
            "machine_mtu": 1442,
            "hosts": [{"name": name} for name in hosts],
        },
        "router": {"name": "pe1", "asn": 65000},
        "attachments": [_attachment(number) for number in range(1, 10)],
        "sites": [
            _site("acme-berlin", 1, 0, 65101, 200, 1),
            _site("acme-munich", 1, 1, 65102, 200, 2),
            _site("globex-oslo", 2, 0, 65201, 200, 1),
            _site("spare-hamburg", 3, 0, 65301, 210, 1),
        ],
    }
    return Inventory(
        data=data,
        fabric_backend="simulator",
        fabric_config={"path": path, "hosts": hosts},
        router_backend="simulator",
        router_config={"path": path},
    )


def _attachment(number: int) -> dict[str, Any]:
    v4, v6 = IPv4Network(f"100.64.{number}.0/29"), IPv6Network(f"fd00:64:{number}::/64")
    return {
        "name": f"c{number:02}",
        "vrf": f"c{number:02}",
        "vlan": 100 + number,
        "interface": f"c{number:02}-core",
        "transit_v4": {"prefix": str(v4), "router": str(v4[1]), "gateway": str(v4[2])},
        "transit_v6": {"prefix": str(v6), "router": str(v6[1]), "gateway": str(v6[2])},
        "access": [
            {
                "prefix_v4": f"172.31.{number}.{4 * line}/30",
                "prefix_v6": f"fd00:31:{number}:{line + 1}::/64",
            }
            for line in range(2)
        ],
    }


def _site(name: str, number: int, line: int, asn: int, space: int, lan: int) -> dict[str, Any]:
    return {
        "name": name,
        "attachment": f"c{number:02}",
        "asn": asn,
        "neighbour_v4": f"172.31.{number}.{4 * line + 2}",
        "neighbour_v6": f"fd00:31:{number}:{line + 1}::2",
        "lan_v4": f"10.{space}.{lan}.0/24",
        "lan_v6": f"fd10:{space}:{lan}::/64",
    }
