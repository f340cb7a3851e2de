"""Rows of the networking app. Each function enters the database role that may write the row."""

from pathlib import Path

from networking.models import (
    AllowedPrefix,
    Attachment,
    Fabric,
    FabricAccess,
    Host,
    Region,
    Router,
    RouterAccess,
    Site,
)
from portal.lib.db import DatabaseRole, acting_as
from tenants.models import Tenant

HOSTS = ("h1", "h2")
ROUTER_ASN = 65000


def make_region(code: str = "north", name: str = "") -> Region:
    """A place for fabrics and routers."""
    with acting_as(DatabaseRole.WORKER):
        return Region.objects.create(code=code, name=name or code.title())


def make_fabric(
    region: Region, path: str | Path, name: str = "lab", hosts: tuple[str, ...] = HOSTS
) -> Fabric:
    """A simulated fabric; the first host carries gateways, and the second if it fails."""
    with acting_as(DatabaseRole.STAFF):
        fabric = Fabric.objects.create(region=region, name=name, backend=Fabric.Backend.SIMULATOR)
        config = {"path": str(path), "hosts": list(hosts)}
        FabricAccess.objects.create(fabric=fabric, config=config)
        for place, host in enumerate(hosts):
            Host.objects.create(fabric=fabric, name=host, gateway_priority=max(0, 20 - 10 * place))
    return fabric


def make_router(region: Region, path: str | Path, name: str = "pe1") -> Router:
    """A simulated provider edge router."""
    with acting_as(DatabaseRole.STAFF):
        router = Router.objects.create(
            region=region, name=name, backend=Router.Backend.SIMULATOR, asn=ROUTER_ASN
        )
        RouterAccess.objects.create(router=router, config={"path": str(path)})
    return router


def make_attachment(
    router: Router, fabric: Fabric, number: int = 1, tenant: Tenant | None = None
) -> Attachment:
    """The hand-off number `number` (1 to 99): VRF c01, VLAN 101, transit 100.64.1.0/29."""
    with acting_as(DatabaseRole.STAFF):
        return Attachment.objects.create(
            router=router,
            fabric=fabric,
            tenant=tenant,
            name=f"a{number:02}",
            vrf=f"c{number:02}",
            vlan=100 + number,
            interface=f"c{number:02}-core",
            bridge_mapping="wan",
            transit_ipv4=f"100.64.{number}.0/29",
            router_ipv4=f"100.64.{number}.1",
            gateway_ipv4=f"100.64.{number}.2",
            transit_ipv6=f"fd64:{number}::/64",
            router_ipv6=f"fd64:{number}::1",
            gateway_ipv6=f"fd64:{number}::2",
            access_prefixes=[f"100.65.{number}.0/24"],
        )


def make_site(attachment: Attachment, name: str = "Berlin", number: int = 1) -> Site:
    """The customer's location number `number` behind a claimed attachment."""
    third = attachment.vlan - 100
    with acting_as(DatabaseRole.STAFF):
        return Site.objects.create(
            tenant=attachment.tenant,
            attachment=attachment,
            name=name,
            asn=65100 + number,
            neighbour_ipv4=f"100.65.{third}.{4 * number + 2}",
            accepted_prefixes=[f"192.168.{number}.0/24"],
        )


def allow_prefix(tenant: Tenant, prefix: str = "10.0.0.0/8") -> AllowedPrefix:
    """Address space that the tenant may use."""
    with acting_as(DatabaseRole.STAFF):
        return AllowedPrefix.objects.create(tenant=tenant, prefix=prefix)
