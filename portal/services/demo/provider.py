"""Registers what an inventory tells of: region, fabric, hosts, router, attachments."""

from typing import Any

from networking.services import infrastructure
from networking.services.infrastructure import (
    AttachmentInput,
    FabricInput,
    LinkInput,
    RouterInput,
)
from portal.lib import db
from portal.lib.db import DatabaseRole
from portal.services.demo.inventory import FABRIC_NAME, GATEWAY_PRIORITIES, Inventory
from tenants.access import SYSTEM


def register(inventory: Inventory) -> None:
    """Make the rows, or bring them up to date."""
    data = inventory.data
    fabric, router = data["fabric"], data["router"]
    with db.acting_as(DatabaseRole.STAFF):
        region = infrastructure.register_region(
            SYSTEM, data["region"]["code"], data["region"]["name"]
        )
        on = infrastructure.register_fabric(
            SYSTEM,
            region,
            FabricInput(
                FABRIC_NAME,
                inventory.fabric_backend,
                inventory.fabric_config,
                fabric["machine_mtu"],
            ),
        )
        for place, host in enumerate(fabric["hosts"]):
            priority = GATEWAY_PRIORITIES[place] if place < len(GATEWAY_PRIORITIES) else 0
            infrastructure.register_host(SYSTEM, on, host["name"], priority)
        edge = infrastructure.register_router(
            SYSTEM,
            region,
            RouterInput(
                router["name"], inventory.router_backend, router["asn"], inventory.router_config
            ),
        )
        for attachment in data["attachments"]:
            wanted = _attachment(attachment, fabric["bridge_mapping"])
            infrastructure.register_attachment(SYSTEM, edge, on, wanted)


def _attachment(data: dict[str, Any], bridge_mapping: str) -> AttachmentInput:
    lines = data["access"]
    return AttachmentInput(
        name=data["name"],
        vrf=data["vrf"],
        vlan=data["vlan"],
        interface=data["interface"],
        bridge_mapping=bridge_mapping,
        ipv4=LinkInput(**data["transit_v4"]),
        ipv6=LinkInput(**data["transit_v6"]),
        access_prefixes=tuple(
            line[f"prefix_{family}"] for family in ("v4", "v6") for line in lines
        ),
    )
