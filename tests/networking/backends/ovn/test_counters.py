"""Counters of rules: flows told from strangers, and where a switch is asked.

That counts equal packets is proven in tests/wire.
"""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from networking.backends.base import BackendError, UnreachableError
from networking.backends.ovn import openflow
from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.config import OvnConfig
from networking.backends.ovn.counters import RuleFlow, hits, rule_flows
from networking.backends.ovn.openflow import FlowCount
from tests.contracts.ovn_central import OvnCentral
from tests.networking.backends.ovn.conftest import Enforce
from tests.networking.backends.ovn.intents import make_intent
from tests.networking.backends.ovn.policies import with_policy


def test_a_stranger_of_the_same_cookie_is_not_counted() -> None:
    flows = [
        RuleFlow("r1", 0xA, "egress", 4),
        RuleFlow("r1", 0xB, "egress", 4),
        RuleFlow("r2", 0xC, "ingress", 17),
    ]
    counts = [
        FlowCount(0xA, 46, 2000, 1, packets=3, bytes=300),
        FlowCount(0xA, 46, 2000, 2, packets=4, bytes=400),
        FlowCount(0xB, 46, 2000, 1, packets=5, bytes=500),
        FlowCount(0xB, 12, 100, 1, packets=99, bytes=9900),
        FlowCount(0xC, 25, 2000, 1, packets=7, bytes=700),
        FlowCount(0xD, 46, 2000, 1, packets=99, bytes=9900),
    ]
    found = hits("h1", flows, counts)
    assert sum(one.packets for one in found if one.rule_id == "r1") == 12
    assert sum(one.packets for one in found if one.rule_id == "r2") == 7
    assert len({one.series for one in found}) == 4
    assert {one.host for one in found} == {"h1"}


def test_logical_flows_of_rules_are_found(
    backend: OvnBackend, enforce: Enforce, ovn_central: OvnCentral
) -> None:
    """Of two tenants with equal rules."""
    intents = [with_policy(make_intent()) for _ in range(2)]
    for intent in intents:
        enforce(intent)
    ovn_central.settle()
    for intent in intents:
        found = rule_flows(backend.northbound, backend.southbound, intent.tenant.id)
        wanted = {rule.id for rule in intent.rules if rule.enabled}
        assert {flow.rule_id for flow in found} == wanted
        assert {flow.pipeline for flow in found} == {"ingress", "egress"}
    assert rule_flows(backend.northbound, backend.southbound, "nobody") == ()


CONFIG = OvnConfig(
    "unix:/x/nb.sock", "unix:/x/sb.sock",
    (("h1", "unix:/run/h1/db.sock"), ("h2", "tcp:10.0.0.2:6640")),
)  # fmt: skip


def test_where_a_switch_speaks_openflow() -> None:
    assert openflow.address(CONFIG, "h1") == "unix:/run/h1/br-int.mgmt"
    with pytest.raises(BackendError, match="under openflow"):
        openflow.address(CONFIG, "h2")
    with pytest.raises(BackendError, match="no host h3"):
        openflow.address(CONFIG, "h3")
    told = OvnConfig.from_json(
        {"northbound": "unix:/n", "southbound": "unix:/s", "hosts": [["h2", "tcp:10.0.0.2:6640"]],
         "openflow": [["h2", "tcp:10.0.0.2:6653"]]}
    )  # fmt: skip
    assert openflow.address(told, "h2") == "tcp:10.0.0.2:6653"


@pytest.fixture
def speaker(tmp_path: Path) -> Iterator[tuple[OvnConfig, list[bytes]]]:
    """A switch that answers with the given bytes, and then hangs up."""
    answers: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "br-int.mgmt"))
        listener.listen()

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                client.sendall(b"".join(answers))
                client.recv(65536)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        hosts = (("h1", f"unix:{tmp_path}/db.sock"),)
        yield OvnConfig("unix:/n", "unix:/s", hosts, timeout=2), answers
        thread.join(timeout=3)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x04\x00\x00"])
def test_what_does_not_speak_openflow_is_unreachable(
    speaker: tuple[OvnConfig, list[bytes]], answer: bytes
) -> None:
    config, answers = speaker
    answers.append(answer)
    with pytest.raises(UnreachableError, match="switch of host h1"):
        openflow.counts(config, "h1", [1, 2])
