"""Registers what the provider runs, as a file describes it."""

from collections.abc import Mapping
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
from portal.lib.errors import Refusal
from tenants.access import SYSTEM

Data = Mapping[str, Any]


def register(data: Data) -> list[str]:
    """Make the rows of every region, or bring them up to date, in one transaction; what there is,
    in words. What the file does not name is left as it is. Raises Refusal, and nothing is
    written."""
    try:
        with db.acting_as(DatabaseRole.STAFF):
            return [line for region in data["regions"] for line in _region(region)]
    except KeyError as error:
        raise Refusal("file-incomplete", f"An entry {error} is missing.") from error
    except TypeError as error:
        raise Refusal("file-invalid", f"An entry does not fit: {error}.") from error


def _region(data: Data) -> list[str]:
    region = infrastructure.register_region(SYSTEM, data["code"], data["name"])
    said = [f"region {region.code}"]
    fabrics = {}
    for entry in data.get("fabrics", ()):
        wanted = {name: value for name, value in entry.items() if name != "hosts"}
        fabric = infrastructure.register_fabric(SYSTEM, region, FabricInput(**wanted))
        fabrics[fabric.name] = fabric
        for host in entry["hosts"]:
            infrastructure.register_host(SYSTEM, fabric, **host)
        said.append(f"fabric {fabric.name} with {len(entry['hosts'])} hosts")
    for entry in data.get("routers", ()):
        wanted = {name: value for name, value in entry.items() if name != "attachments"}
        router = infrastructure.register_router(SYSTEM, region, RouterInput(**wanted))
        for one in entry["attachments"]:
            on = fabrics[one["fabric"]]
            infrastructure.register_attachment(SYSTEM, router, on, _attachment(one))
        said.append(f"router {router.name} with {len(entry['attachments'])} attachments")
    return said


def _attachment(data: Data) -> AttachmentInput:
    fields = {name: value for name, value in data.items() if name != "fabric"}
    fields["ipv4"] = LinkInput(**data["ipv4"])
    fields["ipv6"] = LinkInput(**data["ipv6"]) if data.get("ipv6") else None
    fields["access_prefixes"] = tuple(data["access_prefixes"])
    return AttachmentInput(**fields)
