"""Groups, rules and VIPs as intent."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from networking import intent
from networking.compiler import EVERYTHING, Focus, compile_scopes
from networking.models import Group, GroupPort, Rule, RuleTerm, Scope
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from tests.factories.acts import (
    Frankfurt,
    add_group,
    add_network,
    add_port,
    add_rule,
    add_site,
    add_vip,
    allow_vips,
    register_provider,
)
from tests.world import World


def fabrics(world: World, focus: Focus = EVERYTHING) -> dict[str, intent.FabricIntent]:
    """What Acme wants of each fabric, by name."""
    with in_role(DatabaseRole.WORKER):
        rows = Scope.objects.select_related("tenant", "fabric", "router")
        scopes = list(rows.filter(tenant=world.acme, fabric__isnull=False))
        return {
            scope.name: one
            for scope, one in zip(scopes, compile_scopes(scopes, focus), strict=True)
            if isinstance(one, intent.FabricIntent)
        }


def test_a_group_has_the_addresses_of_its_members(world: World, fra: Frankfurt):
    web = add_network(world.acme, ipv6_prefix="fd10:1::/64")
    port = add_port(world.acme, web, "web-1", labels={"app": "shop", "tier": "web"})
    add_port(world.acme, web, "web-2", labels={"app": "shop"})
    leaving = add_port(world.acme, web, "web-3", labels={"app": "shop", "tier": "web"})
    db = add_network(world.acme, "db", "10.1.1.0/24")
    labels = {"app": "shop", "tier": "web"}
    add_group(world.acme, labels=labels, networks=(db.id,), prefixes=("192.0.2.0/24",))
    with in_role(DatabaseRole.WORKER):
        leaving.retiring_at = timezone.now()
        leaving.save()
    (group,) = fabrics(world)["fra-sim"].groups
    assert group.addresses == (
        "10.1.0.2",
        str(port.ipv6_address),
        "10.1.1.0/24",
        "192.0.2.0/24",
    )


def test_a_group_has_the_machines_that_it_names_once(world: World, fra: Frankfurt):
    web = add_network(world.acme, ipv6_prefix="fd10:1::/64")
    both = add_port(world.acme, web, "a", labels={"app": "shop"})
    named = add_port(world.acme, web, "b")
    leaving = add_port(world.acme, web, "c")
    ids = (both.id, named.id, leaving.id)
    add_group(world.acme, labels={"app": "shop"}, ports=ids)
    add_group(world.acme, "only", ports=(named.id,))
    with in_role(DatabaseRole.WORKER):
        leaving.retiring_at = timezone.now()
        leaving.save()
    only, shop = fabrics(world)["fra-sim"].groups
    assert only.addresses == (str(named.ipv4_address), str(named.ipv6_address))
    assert shop.addresses == (
        str(both.ipv4_address),
        str(both.ipv6_address),
        str(named.ipv4_address),
        str(named.ipv6_address),
    )
    focus = Focus(members=frozenset({both.id}))
    only, shop = fabrics(world, focus)["fra-sim"].groups
    assert (only.addresses, shop.addresses) == (
        (),
        (str(both.ipv4_address), str(both.ipv6_address)),
    )


def test_rules_come_in_order_with_the_sites_that_they_name(world: World, fra: Frankfurt):
    berlin = add_site(world.acme, fra.attachments[0], "Berlin")
    add_site(world.acme, fra.attachments[0], "Munich", line=1, accepted=())
    add_network(world.acme)
    group = add_group(world.acme, prefixes=("192.0.2.0/24",))
    last = add_rule(world.acme, "last", action="reject", log=True, enabled=False)
    add_rule(
        world.acme,
        "first",
        before=last.id,
        source=("site:Berlin", "fd00::/8"),
        destination=("group:shop",),
        protocol="tcp",
        ports="443,80-81",
    )
    wanted = fabrics(world)["fra-sim"]
    first, second = wanted.rules
    assert first.source == (
        intent.Term(intent.TermKind.SITE, str(berlin.id)),
        intent.Term(intent.TermKind.PREFIX, "fd00::/8"),
    )
    assert first.destination == (intent.Term(intent.TermKind.GROUP, str(group.id)),)
    assert first.ports == (intent.PortRange(80, 81), intent.PortRange(443, 443))
    assert (second.source, second.destination) == ((intent.ANY,), (intent.ANY,))
    assert (second.action, second.enabled, second.log) == ("reject", False, True)
    assert [(site.name, site.prefixes) for site in wanted.sites] == [("Berlin", ("10.200.1.0/24",))]


def test_each_fabric_has_the_policy_and_knows_what_is_elsewhere(world: World, fra: Frankfurt):
    register_provider("ber", "Berlin")
    web = add_network(world.acme)
    far = add_network(world.acme, "far", "10.1.9.0/24", region="ber")
    add_port(world.acme, far, "far-1", labels={"app": "shop"})
    add_group(world.acme, labels={"app": "shop"})
    add_rule(world.acme, "in", destination=("group:shop",))
    here, there = fabrics(world)["fra-sim"], fabrics(world)["ber-sim"]
    assert here.groups == there.groups
    assert here.rules == there.rules
    assert (here.elsewhere, there.elsewhere) == ((str(far.ipv4_prefix),), (str(web.ipv4_prefix),))


def test_a_vip_has_its_machines_once(world: World, fra: Frankfurt):
    allow_vips(world.acme)
    web = add_network(world.acme, ipv6_prefix="fd10:1::/64")
    one = add_port(world.acme, web, "one", labels={"app": "shop"})
    two = add_port(world.acme, web, "two", labels={"app": "shop"})
    three = add_port(world.acme, web, "zzz")
    group = add_group(world.acme, labels={"app": "shop"}, ports=(three.id,))
    add_vip(world.acme, ipv6_address="fd10:99::1", members=(one.id,), group=group.id)
    wanted = fabrics(world)["fra-sim"]
    (vip,) = wanted.vips
    assert [member.port_id for member in vip.members] == [str(one.id), str(two.id), str(three.id)]
    assert (vip.ipv4, vip.ipv6) == ("", "fd10:99::1")
    assert vip.ports == (intent.VipPort(intent.Protocol.TCP, 443, 443),)
    assert vip.check == intent.HealthCheck(interval=2, timeout=1, failures=2, successes=1)
    assert wanted.vip_prefixes == ("fd10:99::/64",)
    (network,) = wanted.networks
    assert (network.probe_ipv4, network.probe_ipv6) == ("10.1.0.5", "fd10:1::2")


def test_default_deny_is_told(world: World, fra: Frankfurt):
    add_network(world.acme, default_deny=True)
    (network,) = fabrics(world)["fra-sim"].networks
    assert network.default_deny


def test_queries_do_not_grow(world: World, fra: Frankfurt):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            fabrics(world)
        return len(captured)

    web = add_network(world.acme)
    port = add_port(world.acme, web, labels={"app": "shop"})
    group = add_group(world.acme, labels={"app": "shop"}, networks=(web.id,), ports=(port.id,))
    add_rule(world.acme, "r", source=("group:shop",))
    few = queries()
    with in_role(DatabaseRole.WORKER):
        Group.objects.bulk_create(
            Group(tenant=world.acme, name=f"g-{n}", labels={"app": f"a-{n}"}) for n in range(50)
        )
        GroupPort.objects.bulk_create(
            GroupPort(tenant=world.acme, group=one, port=port)
            for one in Group.objects.exclude(id=group.id)
        )
        rules = Rule.objects.bulk_create(
            Rule(tenant=world.acme, name=f"r-{n}", rank=1000 + n) for n in range(500)
        )
        RuleTerm.objects.bulk_create(
            RuleTerm(tenant=world.acme, rule=rule, side="source", position=0, group=group)
            for rule in rules
        )
    assert queries() == few


@pytest.mark.parametrize("noun", ["groups", "rules", "vips"])
def test_what_a_focus_leaves_out_is_not_read(world: World, fra: Frankfurt, noun: str):
    allow_vips(world.acme)
    port = add_port(world.acme, add_network(world.acme), labels={"app": "shop"})
    add_group(world.acme, labels={"app": "shop"})
    add_rule(world.acme, "r", source=("group:shop",))
    add_vip(world.acme, members=(port.id,))
    none = Focus(**{noun: frozenset()})  # type: ignore[arg-type]
    assert getattr(fabrics(world)["fra-sim"], noun)
    assert not getattr(fabrics(world, none)["fra-sim"], noun)
