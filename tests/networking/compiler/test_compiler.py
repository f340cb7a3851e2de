"""From rows to intent."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from networking.compiler import Focus, Ways, compile_scope
from networking.intent import FabricIntent, Port, Route, RouterIntent, Transit
from networking.models import Attachment, Fabric, Host, Network, Scope, Site
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from tenants.models import Tenant
from tests.factories.acts import Frankfurt, add_network, add_port, add_site, register_provider
from tests.world import World

Compile = Callable[..., FabricIntent | RouterIntent]


@pytest.fixture
def compiled(world: World, fra: Frankfurt) -> Compile:
    """Compiles the scope of a tenant on Frankfurt's fabric or router."""

    def compile_for(tenant: Tenant, device: str, focus: Focus | None = None) -> object:
        with in_role(DatabaseRole.WORKER):
            scope = Scope.objects.select_related("tenant", "fabric", "router").get(
                tenant=tenant, **{device: getattr(fra, device)}
            )
            return compile_scope(scope, *([focus] if focus else []))

    return compile_for


def test_a_fabric_holds_networks_with_machines_and_the_way_out(
    world: World, fra: Frankfurt, compiled: Compile
):
    web = add_network(world.acme, "web", ipv6_prefix="fd10:1::/64", mtu=1300, dhcp=False)
    port = add_port(world.acme, web, mac="02:00:00:00:00:01", ipv4_address="10.1.0.9")
    add_network(world.globex, "office")
    intent = compiled(world.acme, "fabric")
    (network,) = intent.networks
    assert (intent.tenant.slug, intent.generation) == ("acme", 3)
    assert (network.ipv4_prefix, network.ipv4_gateway) == ("10.1.0.0/24", "10.1.0.1")
    assert (network.ipv6_prefix, network.ipv6_gateway) == ("fd10:1::/64", "fd10:1::1")
    assert (network.mtu, network.dhcp) == (1300, False)
    address = "fd10:1::ff:fe00:1"
    assert network.ports == (Port(str(port.id), "web-1", "02:00:00:00:00:01", "10.1.0.9", address),)
    assert intent.transit == Transit(
        id=str(fra.attachments[0].id),
        name="c01",
        bridge_mapping="wan",
        vlan=101,
        gateway_ipv4="100.64.1.2/29",
        router_ipv4="100.64.1.1",
        gateway_ipv6="fd00:64:1::2/64",
        router_ipv6="fd00:64:1::1",
        hosts=("h1", "h2"),
    )


@pytest.mark.parametrize(
    ("silent", "carry"),
    [(("h1",), ("h2",)), (("h2",), ("h1",)), (("h1", "h2"), ("h1", "h2"))],
)
def test_a_silent_host_carries_no_gateway_unless_all_are(
    fra: Frankfurt, world: World, compiled: Compile, silent: tuple[str, ...], carry: tuple[str, ...]
):
    with in_role(DatabaseRole.WORKER):
        Host.objects.filter(name__in=silent).update(silent_since=timezone.now())
    assert compiled(world.acme, "fabric").transit.hosts == carry


def test_a_router_holds_routes_and_what_each_site_learns(
    world: World, fra: Frankfurt, compiled: Compile
):
    berlin = add_site(world.acme, fra.attachments[0], "Berlin", neighbour_ipv6="fd00:31:1:1::2")
    add_site(world.acme, fra.attachments[0], "Munich", line=1, accepted=())
    web = add_network(world.acme, "web", ipv6_prefix="fd10:1::/64")
    add_network(world.acme, "db", "10.1.1.0/24", learned_by="some", sites=(berlin.id,))
    add_network(world.acme, "lab", "10.1.2.0/24", learned_by="none")
    intent = compiled(world.acme, "router")
    assert (intent.vrf, intent.asn) == ("c01", 65000)
    assert [route.prefix for route in intent.routes] == [
        "10.1.1.0/24",
        "10.1.2.0/24",
        "10.1.0.0/24",
        "fd10:1::/64",
    ]
    assert intent.routes[-1] == Route("fd10:1::/64", "fd00:64:1::2", str(web.id), "web")
    learned = {site.name: site.advertised for site in intent.sites}
    assert learned == {
        "Berlin": ("10.1.0.0/24", "10.1.1.0/24", "fd10:1::/64"),
        "Munich": ("10.1.0.0/24",),
    }
    (site, _) = intent.sites
    assert (site.asn, site.max_prefixes) == (65101, 50)
    assert site.neighbours == ("172.31.1.2", "fd00:31:1:1::2")
    assert site.accepted == ("10.200.1.0/24",)


def test_what_retires_is_left_out(world: World, fra: Frankfurt, compiled: Compile):
    site = add_site(world.acme, fra.attachments[0], "Berlin")
    web = add_network(world.acme)
    port = add_port(world.acme, web)
    old = add_network(world.acme, "old", "10.1.1.0/24")
    with in_role(DatabaseRole.WORKER):
        for row in (site, port, old):
            row.retiring_at = timezone.now()
            row.save()
    fabric, router = compiled(world.acme, "fabric"), compiled(world.acme, "router")
    assert [network.name for network in fabric.networks] == ["web"]
    assert fabric.networks[0].ports == ()
    assert [route.prefix for route in router.routes] == ["10.1.0.0/24"]
    assert router.sites == ()


def test_a_released_attachment_wants_nothing(world: World, fra: Frankfurt, compiled: Compile):
    add_network(world.acme)
    with in_role(DatabaseRole.STAFF):
        Attachment.objects.filter(tenant=world.acme).update(tenant=None)
    assert compiled(world.acme, "router").routes == ()
    fabric = compiled(world.acme, "fabric")
    assert fabric.transit is None
    assert len(fabric.networks) == 1


def test_an_attachment_without_ipv6_routes_none(world: World, fra: Frankfurt, compiled: Compile):
    add_network(world.acme, ipv6_prefix="fd10:1::/64")
    with in_role(DatabaseRole.STAFF):
        Attachment.objects.filter(tenant=world.acme).update(
            transit_ipv6=None, router_ipv6=None, gateway_ipv6=None
        )
    assert [route.prefix for route in compiled(world.acme, "router").routes] == ["10.1.0.0/24"]
    assert compiled(world.acme, "fabric").transit.gateway_ipv6 == ""


def test_the_attachment_decides_which_fabric_carries_a_region(
    world: World, fra: Frankfurt, compiled: Compile
):
    with in_role(DatabaseRole.STAFF):
        first = Fabric.objects.create(region=fra.region, name="aaa", backend="simulator")
        assert Ways(world.acme.id).fabric_of(fra.region.id) == fra.fabric
        Attachment.objects.filter(tenant=world.acme).update(tenant=None)
        assert Ways(world.acme.id).fabric_of(fra.region.id) == first


def test_networks_of_another_region_are_not_carried(
    world: World, fra: Frankfurt, compiled: Compile
):
    register_provider("ber", "Berlin")
    add_network(world.acme, "far", "10.1.9.0/24", region="ber")
    assert compiled(world.acme, "fabric").networks == ()
    assert compiled(world.acme, "router").routes == ()


def test_a_focus_leaves_the_rest_out(world: World, fra: Frankfurt, compiled: Compile):
    web = add_network(world.acme, "web")
    add_network(world.acme, "db", "10.1.1.0/24")
    one, _ = add_port(world.acme, web, "web-1"), add_port(world.acme, web, "web-2")
    focus = Focus(frozenset({web.id}), frozenset({one.id}))
    intent = compiled(world.acme, "fabric", focus)
    assert [network.name for network in intent.networks] == ["web"]
    assert [port.name for port in intent.networks[0].ports] == ["web-1"]


@pytest.mark.parametrize("device", ["fabric", "router"])
def test_queries_do_not_grow(world: World, fra: Frankfurt, device: str):
    def queries() -> int:
        with in_role(DatabaseRole.WORKER):
            scope = Scope.objects.select_related("tenant", "fabric", "router").get(
                tenant=world.acme, **{device: getattr(fra, device)}
            )
            with CaptureQueriesContext(connection) as captured:
                compile_scope(scope)
        return len(captured)

    add_port(world.acme, add_network(world.acme))
    few = queries()
    with in_role(DatabaseRole.WORKER):
        Network.objects.bulk_create(
            Network(
                tenant=world.acme,
                region=fra.region,
                name=f"n-{index}",
                ipv4_prefix=f"10.1.{index}.0/24",
            )
            for index in range(1, 60)
        )
    add_site(world.acme, fra.attachments[0], "Berlin")
    assert queries() == few <= 11
    with in_role(DatabaseRole.WORKER):
        assert Site.objects.count() == 1
