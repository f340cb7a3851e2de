"""Labels and names move machines in and out of groups on the wire, and nobody asks the hosts about
it."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from lab import Lab
from networking import collector
from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.config import OvnConfig
from networking.engine.reconcile import reconcile
from networking.models import Change, RuleHits
from networking.services import groups, ports, rules
from networking.services.groups import GroupInput
from networking.services.rules import RuleInput
from portal.lib.db import DatabaseRole, acting_as
from tests.lab.byhand import eventually
from tests.wire.looks import pings
from tests.wire.portal import said, settle
from tests.wire.story import Story, told
from tests.wire.traffic import send

pytestmark = pytest.mark.wire

SOON = 1.0  # seconds on a machine that others use, too
PORT = 7777
Act = Callable[[Story], tuple[Change, float]]


@pytest.fixture(scope="module")
def story(lab: Lab, django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    """Acme's network denies by default; rules let the group `shop` ping and send datagrams."""
    with told(lab, django_db_blocker) as running:
        acme = running.acme
        web = acme.add_network("web", "10.1.0.0/24", default_deny=True)
        acme.add_port(web.subject_id, "web-1", "10.1.0.11")
        acme.add_port(web.subject_id, "web-2", "10.1.0.12")
        acme.act(groups.create, GroupInput("shop", labels={"app": "shop"}))
        acme.act(rules.create, RuleInput("pings", source=("group:shop",), protocol="icmp"))
        counted = RuleInput("datagrams", ("group:shop",), protocol="udp", ports=str(PORT))
        acme.act(rules.create, counted)
        settle()
        eventually(lambda: len(lab.machines()) == 2)
        yield running
        for rule in rows(running, "rule"):
            acme.act(rules.delete, rule)
        settle()
        for group in rows(running, "group"):
            acme.act(groups.delete, group)
        settle()


def rows(story: Story, noun: str) -> list[Any]:
    """Ids of what was made of this noun."""
    with acting_as(DatabaseRole.WORKER):
        made = Change.objects.filter(tenant=story.acme.actor.tenant.id, subject_type=noun)
        return list(made.order_by().values_list("subject_id", flat=True).distinct())


@pytest.fixture
def central(story: Story) -> Iterator[OvnBackend]:
    """The fabric's databases, asked beside the portal."""
    of = story.lab.central
    with OvnBackend(OvnConfig(of.northbound, of.southbound)) as opened:
        yield opened


def acls(central: OvnBackend) -> Any:
    """All ACLs with their row versions, which every edit changes (man 7 ovsdb-server, _version)."""
    columns = ["_uuid", "_version", "match", "priority"]
    select = {"op": "select", "table": "ACL", "where": [], "columns": columns}
    (found,) = central.northbound.transact([select])
    return sorted(found["rows"], key=str)


def label(story: Story, **labels: str) -> tuple[Change, float]:
    """Label web-1."""
    return carry(story, ports.update, story.acme.port("web-1").pk, {"labels": labels})


def name(story: Story, *machines: str) -> tuple[Change, float]:
    """Have the group name these machines and no others."""
    (shop,) = rows(story, "group")
    chosen = tuple(story.acme.port(machine).pk for machine in machines)
    return carry(story, groups.update, shop, {"ports": chosen})


def carry(story: Story, service: Callable[..., Change], *args: object) -> tuple[Change, float]:
    """Have a worker carry an act; the seconds from acceptance to done."""
    change = story.acme.act(service, *args)
    accepted = time.monotonic()
    reconcile(story.acme.scope("fra-ovn").pk)
    took = time.monotonic() - accepted
    with acting_as(DatabaseRole.WORKER):
        change.refresh_from_db()
    assert change.state == Change.State.DONE
    return change, took


def open_to(story: Story) -> bool:
    return pings(story.lab, "acme/web-1", "10.1.0.12")


@pytest.mark.parametrize(
    ("join", "leave"),
    [
        pytest.param(partial(label, app="shop"), label, id="by-label"),
        pytest.param(lambda story: name(story, "web-1"), name, id="by-name"),
    ],
)
def test_a_member_comes_and_goes_without_a_question(
    story: Story, central: OvnBackend, join: Act, leave: Act
) -> None:
    assert acls(central)
    assert not open_to(story)
    # The verifier asks how hosts are every few seconds; here it does not run.
    number, before = central.progress().requested, acls(central)

    opened, took = join(story)
    eventually(lambda: open_to(story), within=2)
    closed, took_back = leave(story)
    eventually(lambda: not open_to(story), within=2)

    assert central.progress().requested == number
    assert acls(central) == before
    for change, seconds in ((opened, took), (closed, took_back)):
        text = said(change)["fra-ovn"].text
        assert text.startswith("group shop is in force after ")
        assert text.endswith(" s: hosts read it southbound")
        assert set(said(change)) == {"fra-ovn"}
        assert seconds < SOON


def hits(story: Story) -> int:
    """Packets of the rule `datagrams`, read just now."""
    collector.measure_fabric(story.provider.fabric_id)
    with acting_as(DatabaseRole.WORKER):
        return sum(
            RuleHits.objects.filter(rule__name="datagrams").values_list("packets", flat=True)
        )


def test_hits_are_the_packets_that_were_sent(story: Story) -> None:
    label(story, app="shop")
    assert hits(story) == 0
    for total in (20, 27):
        send(story.lab, "acme/web-1", "10.1.0.12", PORT, total - hits(story))
        # A switch adds up a little later what its fast path forwarded.
        eventually(lambda n=total: hits(story) == n, within=10)
    with acting_as(DatabaseRole.WORKER):
        row = RuleHits.objects.get(rule__name="datagrams")
    assert row.since < row.last_hit_at
