"""Sites: the provider's to make, and every refusal."""

import pytest

from networking.models import Network, Site
from networking.services import networks, sites
from networking.services.sites import SiteInput
from portal.lib.errors import Refusal
from tenants.access import acting_as
from tests.factories.acts import Frankfurt, add_network, add_site
from tests.world import World


def berlin(fra: Frankfurt, **fields: object) -> SiteInput:
    """A site that nothing is wrong with, but for what the test says."""
    wanted = {
        "name": "Berlin",
        "attachment": fra.attachments[0].id,
        "asn": 65101,
        "neighbour_ipv4": "172.31.1.2",
        "neighbour_ipv6": "fd00:31:1:1::2",
        "accepted_prefixes": ("10.200.1.0/24", "fd10:200:1::/64"),
    }
    return SiteInput(**(wanted | fields))


def test_the_router_alone_hears_of_a_site(world: World, fra: Frankfurt):
    add_network(world.acme, "web", ipv6_prefix="fd10:1::/64")
    add_network(world.acme, "lab", "10.1.1.0/24", learned_by="none")
    staff = world.staff_actor("operator")
    with acting_as(staff):
        change = sites.create(staff, world.acme.id, berlin(fra))
    (scope,) = change.plan
    assert scope["scope"] == "pe-fra"
    assert [line["text"] for line in scope["lines"]] == [
        "site Berlin (AS 65101, neighbour 172.31.1.2, fd00:31:1:1::2, may announce "
        "10.200.1.0/24, fd10:200:1::/64) on pe-fra",
        "Berlin learns 10.1.0.0/24, fd10:1::/64",
    ]


@pytest.mark.parametrize(
    ("fields", "code", "field", "says"),
    [
        ({"name": "-"}, "name-invalid", "name", "letter or digit"),
        ({"name": "Munich"}, "name-taken", "name", "Munich"),
        ({"asn": 65000}, "asn-invalid", "asn", "provider's own"),
        ({"asn": 0}, "asn-invalid", "asn", "64512 to 65534"),
        ({"asn": 2**32}, "asn-invalid", "asn", "64512 to 65534"),
        ({"neighbour_ipv4": "172.31.2.2"}, "neighbour-outside", "neighbour_ipv4", "172.31.1.0/30"),
        ({"neighbour_ipv4": "172.31.1.6"}, "neighbour-taken", "neighbour_ipv4", "Munich"),
        ({"neighbour_ipv6": "10.0.0.1"}, "address-invalid", "neighbour_ipv6", "IPv6"),
        ({"accepted_prefixes": ("10.200.1.9/24",)}, "prefix-invalid", None, "10.200.1.0/24"),
        ({"accepted_prefixes": ("10.1.0.0/20",)}, "prefix-overlap", None, "network web"),
        ({"accepted_prefixes": ("100.64.1.0/24",)}, "prefix-overlap", None, "transit of c01"),
        ({"accepted_prefixes": ("127.0.0.0/8",)}, "prefix-unusable", None, "other purposes"),
        ({"max_prefixes": 0}, "max-prefixes-invalid", "max_prefixes", "from 1"),
    ],
)
def test_bad_input_is_refused(
    world: World, fra: Frankfurt, fields: dict[str, object], code: str, field: str, says: str
):
    add_network(world.acme)
    add_site(world.acme, fra.attachments[0], "Munich", line=1)
    staff = world.staff_actor("operator")
    with acting_as(staff), pytest.raises(Refusal) as caught:
        sites.create(staff, world.acme.id, berlin(fra, **fields))
    assert (caught.value.code, caught.value.field) == (code, field or "accepted_prefixes")
    assert says in caught.value.message


def test_an_attachment_of_another_customer_is_unknown(world: World, fra: Frankfurt):
    staff = world.staff_actor("operator")
    with acting_as(staff), pytest.raises(Refusal) as caught:
        sites.create(staff, world.acme.id, berlin(fra, attachment=fra.attachments[1].id))
    assert caught.value.code == "attachment-unknown"


def test_a_site_may_be_the_way_to_the_internet(world: World, fra: Frankfurt):
    add_network(world.acme)
    staff = world.staff_actor("operator")
    with acting_as(staff):
        sites.create(staff, world.acme.id, berlin(fra, accepted_prefixes=("0.0.0.0/0", "::/0")))
    add_network(world.acme, "shop", "10.1.5.0/24")


def test_update_and_delete(world: World, fra: Frankfurt):
    site = add_site(world.acme, fra.attachments[0], "Berlin")
    staff = world.staff_actor("operator")
    with acting_as(staff):
        change = sites.update(staff, site.id, {"max_prefixes": 9}, expect=1)
        assert change.plan[0]["lines"] == [
            {"action": "update", "text": "site Berlin: prefix limit 50 → 9"}
        ]
        with pytest.raises(Refusal) as caught:
            sites.update(staff, site.id, {"asn": 65109}, expect=1)
        assert caught.value.status == 412
        sites.delete(staff, site.id, expect=2)
        assert Site.objects.get().retiring_at
        with pytest.raises(Refusal) as caught:
            sites.delete(staff, site.id)
        assert caught.value.code == "retiring"


def test_a_network_outlives_its_chosen_site(world: World, fra: Frankfurt):
    site = add_site(world.acme, fra.attachments[0], "Berlin")
    network = add_network(world.acme, learned_by="some", sites=(site.id,))
    staff, actor = world.staff_actor("operator"), world.actor("acme", "network")
    with acting_as(staff):
        sites.delete(staff, site.id)
    with acting_as(actor):
        with pytest.raises(Refusal) as caught:
            networks.update(actor, network.id, {"mtu": 1300})
        assert caught.value.code == "sites-needed"
        networks.update(actor, network.id, {"mtu": 1300, "learned_by": "all"})
        assert Network.objects.get().mtu == 1300
