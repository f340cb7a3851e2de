"""Simulated packets: judged by the evaluator upon what the fabric holds."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.fabric import SimulatedFabric
from networking.backends.simulator.faults import Faults
from networking.backends.simulator.recall import recall
from networking.backends.simulator.traffic import PACKET, Traffic
from networking.intent import FabricIntent, Protocol, RuleAction, ScopeRef
from networking.planning import diff
from networking.reach import Machine, Probe, ToVip
from tests.networking.backends.ovn.intents import make_intent, scope_of
from tests.networking.backends.ovn.policies import group_of, rule, vip_of, with_policy
from tests.networking.reach.worlds import world


@pytest.fixture
def config(tmp_path: Path) -> SimulatorConfig:
    return SimulatorConfig(str(tmp_path / "fabric.sqlite"), ("h1", "h2"))


def carry(config: SimulatorConfig, intent: FabricIntent) -> ScopeRef:
    scope = scope_of(intent.tenant)
    with SimulatedFabric(config) as fabric:
        fabric.claim(scope, 1)
        plan = diff(fabric.render(intent), fabric.observe(scope), order=fabric.order)
        fabric.apply(scope, plan, 1)
    return scope


@pytest.mark.parametrize("seed", range(5))
def test_a_held_intent_is_recalled(config: SimulatorConfig, seed: int) -> None:
    for intent in (world(Random(seed)).fabric, with_policy(make_intent())):
        scope = carry(config, intent)
        with SimulatedFabric(config) as fabric:
            held = recall(intent.tenant, fabric.observe(scope))
            assert not diff(fabric.render(held), fabric.render(intent))


def test_the_deciding_rule_counts(config: SimulatorConfig) -> None:
    intent = make_intent()
    one, two = intent.networks[0].ports
    web = group_of("web", one)
    deny = rule(10, web, None, RuleAction.DENY, Protocol.TCP, 80)
    scope = carry(config, replace(intent, groups=(web,), rules=(deny,)))
    traffic = Traffic(config, scope)
    probe = Probe(Machine(one.id), Machine(two.id), Protocol.TCP, 80)
    assert not traffic.send(probe, packets=7).allowed
    assert traffic.send(replace(probe, port=81), packets=5).allowed
    traffic.send(probe)
    with SimulatedFabric(config) as fabric:
        place, _ = fabric.locate([one.id, two.id])
        (hit,) = fabric.measure(place.host).rules
        assert (hit.rule_id, hit.packets, hit.bytes) == (deny.id, 8, 8 * PACKET)
        (other,) = {"h1", "h2"} - {place.host}
        assert fabric.measure(other).rules == ()


def test_packets_count_at_their_machines_and_at_the_vip(config: SimulatorConfig) -> None:
    intent = make_intent()
    one, two = intent.networks[0].ports
    vip = vip_of(two)
    scope = carry(config, replace(intent, vips=(vip,)))
    traffic = Traffic(config, scope)
    assert traffic.send(Probe(Machine(one.id), ToVip(vip.id), Protocol.TCP, 80), packets=3).allowed
    assert traffic.send(Probe(Machine(one.id), Machine(two.id), Protocol.TCP, 80)).allowed
    with SimulatedFabric(config) as fabric:
        told = [fabric.measure(host) for host in config.hosts]
    ports = {one.port_id: one for measurement in told for one in measurement.ports}
    assert (ports[one.id].packets_out, ports[one.id].bytes_out) == (4, 4 * PACKET)
    assert (ports[two.id].packets_in, ports[two.id].bytes_in) == (4, 4 * PACKET)
    assert ports[one.id].packets_in == ports[two.id].packets_out == 0
    (asked,) = [one for measurement in told for one in measurement.vips]
    assert (asked.vip_id, asked.packets, asked.bytes) == (vip.id, 3, 3 * PACKET)


def test_a_dead_member_is_sent_nothing(config: SimulatorConfig) -> None:
    intent = make_intent()
    one, two = intent.networks[0].ports
    vip = vip_of(two, intent.networks[1].ports[0])
    scope = carry(config, replace(intent, vips=(vip,)))
    probe = Probe(Machine(one.id), ToVip(vip.id), Protocol.TCP, 80)
    assert Traffic(config, scope).send(probe).member == two.id
    Faults(config, "fabric").member_down(two.id)
    assert Traffic(config, scope).send(probe).member == vip.members[1].port_id
    Faults(config, "fabric").member_down(vip.members[1].port_id)
    refused = Traffic(config, scope).send(probe)
    assert not refused.allowed
    assert "has no member" in refused.decision.text
