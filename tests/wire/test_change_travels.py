"""A change from the service to real hosts, a real router and the customer's sites, and back."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from lab import Lab
from networking.engine import judge, restored, sweep
from networking.models import Network, Verdict
from networking.services import networks, ports
from portal.lib.db import DatabaseRole, acting_as
from tests.lab.byhand import eventually
from tests.wire.looks import pinging, pings, pings_steadily, routes
from tests.wire.portal import said, settle
from tests.wire.story import Story, told

pytestmark = pytest.mark.wire

SECONDS = re.compile(r" after (\d+\.\d) s$")


@pytest.fixture(scope="module")
def story(lab: Lab, django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    with told(lab, django_db_blocker) as running:
        yield running


@pytest.fixture(scope="module")
def web(story: Story) -> Any:
    """Acme's network of two machines; the id of its row."""
    made = story.acme.add_network("web", "10.1.0.0/24", "fd10:1::/64")
    story.acme.add_port(made.subject_id, "web-1", "10.1.0.11")
    story.acme.add_port(made.subject_id, "web-2", "10.1.0.12")
    settle()
    eventually(lambda: len(story.lab.machines()) == 2)
    return made.subject_id


def test_sites_learn_a_new_network_within_seconds(story: Story) -> None:
    change = story.acme.add_network("lan", "10.1.5.0/24", "fd10:1:5::/64")
    settle()
    verdicts = said(change)
    assert set(verdicts) == {"fra-ovn", "h1", "h2", "pe1", "acme-berlin", "acme-munich"}
    for site in ("acme-berlin", "acme-munich"):
        text = verdicts[site].text
        assert text.startswith(f"{site} learned 10.1.5.0/24 and fd10:1:5::/64 after ")
        assert float(SECONDS.search(text)[1]) < 5
        assert {"10.1.5.0/24", "fd10:1:5::/64"} <= routes(story.lab, site)
    assert verdicts["fra-ovn"].text.startswith("enforced on 2 of 2 hosts after ")
    assert "10.1.5.0/24" not in routes(story.lab, "globex-oslo")

    deleted = story.acme.act(networks.delete, change.subject_id)
    settle()
    for site in ("acme-berlin", "acme-munich"):
        text = said(deleted)[site].text
        assert text.startswith(f"{site} forgot 10.1.5.0/24 and fd10:1:5::/64 after ")
        eventually(lambda s=site: not {"10.1.5.0/24", "fd10:1:5::/64"} & routes(story.lab, s))
    with acting_as(DatabaseRole.WORKER):
        assert not Network.objects.filter(pk=change.subject_id).exists()


def test_machines_reach_each_other_over_two_hosts(story: Story, web: Any) -> None:
    def placed() -> set[str]:
        story.provider.collect()
        rows = [story.acme.port(name) for name in ("web-1", "web-2")]
        return {row.host.name for row in rows if row.host and row.up}

    assert eventually(lambda: placed() == {"h1", "h2"})
    second = story.acme.port("web-2")
    for address in (second.ipv4_address, second.ipv6_address):
        assert eventually(lambda a=str(address): pings(story.lab, "acme/web-1", a))


def test_no_packet_is_lost_while_a_new_portal_takes_over(story: Story, web: Any) -> None:
    """As after an upgrade or a restore: all is compared anew, and the next change claims it."""
    address = str(story.acme.port("web-1").ipv4_address)
    assert eventually(lambda: pings_steadily(story.lab, "acme-berlin", address))
    devices = ("fra-ovn", "pe1")
    with pinging(story.lab, "acme-berlin", address, seconds=2) as lost:
        with acting_as(DatabaseRole.WORKER):
            restored.forget()
        taken_over = {name: story.acme.scope(name) for name in devices}
        assert {scope.pk for scope in taken_over.values()} <= set(sweep.unobserved())
        for name in devices:
            story.acme.check_drift(name)
            assert not story.acme.scope(name).drift
        story.acme.add_network("next", "10.1.20.0/24")
        settle()
    assert lost == []
    for name in devices:
        assert story.acme.scope(name).token > taken_over[name].token


@pytest.mark.parametrize("site", ["acme-berlin", "acme-munich"])
def test_machine_and_site_reach_each_other(story: Story, web: Any, site: str) -> None:
    plan = next(one for one in story.lab.plan.sites if one.name == site)
    for name in ("web-1", "web-2"):
        port = story.acme.port(name)
        for address in (port.ipv4_address, port.ipv6_address):
            assert eventually(lambda a=str(address): pings(story.lab, site, a)), (site, address)
        for host in (plan.host_v4.ip, plan.host_v6.ip):
            machine = f"acme/{name}"
            assert eventually(lambda h=str(host), m=machine: pings(story.lab, m, h))


def test_a_network_is_learned_by_the_chosen_site_alone(story: Story) -> None:
    berlin = story.acme.site_id("acme-berlin")
    change = story.acme.add_network("private", "10.1.7.0/24", learned_by="some", sites=(berlin,))
    settle()
    assert "10.1.7.0/24" in routes(story.lab, "acme-berlin")
    assert "10.1.7.0/24" not in routes(story.lab, "acme-munich")
    assert "acme-munich" not in said(change)


def test_what_is_altered_on_the_router_by_hand_is_put_right(story: Story, web: Any) -> None:
    lab, vrf = story.lab, "c01"
    gateway = story.lab.plan.attachments[0].gateway_v4.ip
    done = lab.exec(
        "pe1", "vtysh", "-c", "configure terminal", "-c", f"vrf {vrf}",
        "-c", f"no ip route 10.1.0.0/24 {gateway} tag 4200",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    eventually(lambda: "10.1.0.0/24" not in routes(lab, "acme-berlin"))
    story.acme.check_drift("pe1")
    eventually(lambda: "10.1.0.0/24" in routes(lab, "acme-berlin"))
    drift = story.acme.scope("pe1").drift
    assert "was missing" in drift["summary"]
    assert drift["repaired_at"]


def test_a_dead_host_is_left_behind_and_catches_up(
    story: Story, web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "HOST_PATIENCE", 1.0)
    story.lab.fail("controller", "h2")
    try:
        change = story.acme.add_network("late", "10.1.9.0/24")
        settle()
        verdicts = said(change)
        assert verdicts["fra-ovn"].text.startswith("enforced on 1 of 2 hosts; h2 silent since ")
        assert verdicts["h2"].state == Verdict.State.BEHIND
        assert "10.1.9.0/24" in routes(story.lab, "acme-berlin")
    finally:
        story.lab.heal("controller", "h2")

    def back() -> bool:
        settle()
        story.provider.collect()
        return said(change)["h2"].state == Verdict.State.OK

    eventually(back, within=20)
    assert said(change)["h2"].text.startswith("h2 caught up after ")
    assert said(change)["fra-ovn"].text == "enforced on 2 of 2 hosts"


def test_a_site_that_is_away_learns_when_it_returns(story: Story) -> None:
    story.lab.fail("site", "acme-munich")
    try:
        eventually(lambda: story.provider.session("acme-munich") != "Established", within=30)
        change = story.acme.add_network("away", "10.1.11.0/24")
        settle()
        text = said(change)["acme-munich"].text
        assert text.startswith("acme-munich's BGP session is down (")
        assert "10.1.11.0/24" in routes(story.lab, "acme-berlin")
    finally:
        story.lab.heal("site", "acme-munich")

    def back() -> bool:
        story.provider.collect()
        return said(change)["acme-munich"].state == Verdict.State.OK

    eventually(back, within=30)
    assert "acme-munich learned 10.1.11.0/24 at " in said(change)["acme-munich"].text
    # The router tells what it has sent; the site takes a moment to use it.
    eventually(lambda: "10.1.11.0/24" in routes(story.lab, "acme-munich"))


def test_a_deleted_machine_is_unplugged(story: Story, web: Any) -> None:
    made = story.acme.add_port(web, "short-lived")
    settle()
    eventually(lambda: "short-lived" in {machine.name for machine in story.lab.machines()})
    story.acme.act(ports.delete, made.subject_id)
    settle()
    eventually(lambda: "short-lived" not in {machine.name for machine in story.lab.machines()})
