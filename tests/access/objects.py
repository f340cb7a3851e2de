"""What stands in addresses: for each varying part, a row made for a tenant, "acme" or "globex"."""

from collections.abc import Callable
from typing import Any

from billing.models import Plan, PlanVersion
from billing.statements import this_period
from networking.models import (
    Attachment,
    Change,
    Generation,
    Group,
    Network,
    Port,
    Region,
    Rule,
    Vip,
)
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.ids import uuid7
from tests.factories.networking import (
    allow_prefix,
    make_attachment,
    make_fabric,
    make_region,
    make_router,
)
from tests.factories.networking import make_site as make_site_at
from tests.factories.tenants import make_membership, make_person, make_token
from tests.world import World

# A number of its own for each tenant's attachment.
NUMBERS = {"acme": 1, "globex": 2}


def make_member(world: World, tenant: str) -> Any:
    """Someone who may leave again."""
    person = make_person(f"{uuid7()}@{tenant}.example")
    return make_membership(world.tenant(tenant), person, "read_only").id


def make_network(world: World, tenant: str) -> Network:
    """A network; both tenants' have the same prefix."""
    region = _region()
    with acting_as(DatabaseRole.WORKER):
        network: Network = Network.objects.create(
            tenant=world.tenant(tenant), region=region, name="web", ipv4_prefix="10.1.0.0/24"
        )
    return network


def make_port(world: World, tenant: str) -> Any:
    """A port of a machine."""
    network = make_network(world, tenant)
    with acting_as(DatabaseRole.WORKER):
        return Port.objects.create(
            tenant=world.tenant(tenant),
            network=network,
            name="web-1",
            mac="02:00:00:00:00:01",
            ipv4_address="10.1.0.2",
        ).id


def make_group(world: World, tenant: str) -> Any:
    """A group of machines by label."""
    with acting_as(DatabaseRole.WORKER):
        return Group.objects.create(
            tenant=world.tenant(tenant), name="shop", labels={"app": "shop"}
        ).id


def make_rule(world: World, tenant: str) -> Any:
    """A rule that allows all."""
    with acting_as(DatabaseRole.WORKER):
        return Rule.objects.create(tenant=world.tenant(tenant), name="all", rank=64).id


def make_vip(world: World, tenant: str) -> Any:
    """A VIP that nobody serves."""
    region = _region()
    with acting_as(DatabaseRole.WORKER):
        return Vip.objects.create(
            tenant=world.tenant(tenant), region=region, name="shop", ipv4_address="10.9.0.1"
        ).id


def make_change(world: World, tenant: str) -> Any:
    """A change of a network."""
    network = make_network(world, tenant)
    with acting_as(DatabaseRole.WORKER):
        Generation.objects.create(tenant=world.tenant(tenant), number=1)
        return Change.objects.create(
            tenant=world.tenant(tenant),
            generation=1,
            verb=Change.Verb.CREATE,
            subject_type="network",
            subject_id=network.id,
            subject_name=network.name,
            summary="Create network web",
            after={"name": "web", "region": network.region.code, "ipv4_prefix": "10.1.0.0/24"},
        ).id


def make_own_attachment(world: World, tenant: str) -> Attachment:
    """An attachment that the tenant has claimed."""
    region = _region()
    fabric = make_fabric(region, "unused", name=f"fabric-{tenant}")
    router = make_router(region, "unused", name=f"pe-{tenant}")
    return make_attachment(router, fabric, NUMBERS[tenant], world.tenant(tenant))


def make_site(world: World, tenant: str) -> Any:
    """A location behind an attachment."""
    return make_site_at(make_own_attachment(world, tenant)).id


def _region() -> Region:
    with acting_as(DatabaseRole.WORKER):
        existing = Region.objects.first()
    return existing or make_region()


def make_draft() -> PlanVersion:
    """A plan's first version, which is a draft; the same one each time."""
    with acting_as(DatabaseRole.STAFF):
        plan, _ = Plan.objects.get_or_create(code="standard", defaults={"name": "Standard"})
        return PlanVersion.objects.select_related("plan").get_or_create(plan=plan, number=1)[0]


NO_OBJECTS = {"slug", "period", "code", "number", "fabric_id", "router_id"}
"""What stands in addresses and names nothing that a tenant has."""

OBJECTS: dict[str, Callable[[World, str], Any]] = {
    "slug": lambda world, tenant: tenant,
    "code": lambda world, tenant: make_draft().plan.code,
    "number": lambda world, tenant: make_draft().number,
    "period": lambda world, tenant: str(this_period()),
    "fabric_id": lambda world, tenant: make_fabric(_region(), "unused", name="fabric").id,
    "router_id": lambda world, tenant: make_router(_region(), "unused", name="pe").id,
    "membership_id": make_member,
    "token_id": lambda world, tenant: make_token(world.tenant(tenant), "network").id,
    "uidb36": lambda world, tenant: world.person(tenant, "admin").id.hex,
    "key": lambda world, tenant: "used-up",
    "network_id": lambda world, tenant: make_network(world, tenant).id,
    "port_id": make_port,
    "group_id": make_group,
    "rule_id": make_rule,
    "vip_id": make_vip,
    "site_id": make_site,
    "change_id": make_change,
    "attachment_id": lambda world, tenant: make_own_attachment(world, tenant).id,
    "allowed_prefix_id": lambda world, tenant: allow_prefix(world.tenant(tenant)).id,
}
