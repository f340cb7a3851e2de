"""Counters of rules: flows told from strangers, and where a switch is asked.

That counts equal packets is proven in tests/wire.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from networking.backends.base import BackendError, UnreachableError
from networking.backends.ovn import openflow
from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.config import OvnConfig
from networking.backends.ovn.counters import Counting, LogicalFlow, counted, counting
from networking.backends.ovn.openflow import FlowCount
from tests.contracts.ovn_central import OvnCentral
from tests.networking.backends.ovn.conftest import Enforce
from tests.networking.backends.ovn.intents import make_intent
from tests.networking.backends.ovn.policies import with_policy

ACME, GLOBEX = 1, 2
"""Logical datapaths."""

TENANTS = {ACME: "acme", GLOBEX: "globex"}


def known(*flows: LogicalFlow, vips: dict[tuple[str, str], str] | None = None) -> Counting:
    by_cookie = {f.cookie: tuple(g for g in flows if g.cookie == f.cookie) for f in flows}
    return Counting(by_cookie, TENANTS, vips or {})


def count(cookie: int, table: int, packets: int, datapath: int = ACME, to: str = "") -> FlowCount:
    return FlowCount(cookie, table, 2000, packets, packets, packets * 100, datapath, to)


def test_a_stranger_of_the_same_cookie_is_not_counted() -> None:
    flows = known(
        LogicalFlow(0xA, "egress", 4, "acme", "r1"),
        LogicalFlow(0xB, "egress", 4, "acme", "r1"),
        LogicalFlow(0xC, "ingress", 17, "acme", "r2"),
    )
    counts = [count(0xA, 46, 3), count(0xA, 46, 4), count(0xB, 46, 5), count(0xB, 12, 99),
              count(0xC, 25, 7), count(0xD, 46, 99)]  # fmt: skip
    found, vips = counted("h1", flows, counts)
    assert sum(one.packets for one in found if one.rule_id == "r1") == 12
    assert sum(one.packets for one in found if one.rule_id == "r2") == 7
    assert len({one.series for one in found}) == 4
    assert {one.host for one in found} == {"h1"}
    assert vips == ()


def test_two_tenants_whose_rules_or_flows_have_equal_digits_are_told_apart() -> None:
    """By the datapath that counted: a cookie and a hint have 32 bits each."""
    flows = known(
        LogicalFlow(0xA, "egress", 4, "acme", "r1"), LogicalFlow(0xA, "egress", 4, "globex", "r2")
    )
    found, _ = counted("h1", flows, [count(0xA, 46, 3), count(0xA, 46, 4, GLOBEX)])
    assert {one.rule_id: one.packets for one in found} == {"r1": 3, "r2": 4}


def test_equal_vips_of_two_tenants_share_a_flow_and_no_count() -> None:
    flows = known(
        LogicalFlow(0xA, "ingress", 6),
        vips={("acme", "10.99.0.1"): "v1", ("globex", "10.99.0.1"): "v2"},
    )
    to = "10.99.0.1"
    counts = [count(0xA, 14, 3, to=to), count(0xA, 14, 4, GLOBEX, to), count(0xA, 14, 9, 3, to),
              count(0xA, 14, 9, to="10.99.0.2")]  # fmt: skip
    rules, found = counted("h1", flows, counts)
    assert {one.vip_id: (one.packets, one.bytes) for one in found} == {
        "v1": (3, 300),
        "v2": (4, 400),
    }
    assert rules == ()


def test_logical_flows_of_all_tenants_are_found_in_two_requests(
    backend: OvnBackend, enforce: Enforce, ovn_central: OvnCentral
) -> None:
    """Of two tenants with equal rules and equal VIPs."""
    intents = [with_policy(make_intent()) for _ in range(2)]
    for intent in intents:
        enforce(intent)
    ovn_central.settle()
    before = backend.northbound.requests + backend.southbound.requests
    found = counting(backend.northbound, backend.southbound)
    assert backend.northbound.requests + backend.southbound.requests == before + 2
    flows = [flow for of_cookie in found.flows.values() for flow in of_cookie]
    for intent in intents:
        mine = [flow for flow in flows if flow.tenant_id == intent.tenant.id]
        assert {flow.rule_id for flow in mine} == {r.id for r in intent.rules if r.enabled}
        assert {flow.pipeline for flow in mine} == {"ingress", "egress"}
        (vip,) = intent.vips
        for address in (vip.ipv4, vip.ipv6):
            assert found.vips[intent.tenant.id, address] == vip.id
        datapaths = [key for key, tenant in found.tenants.items() if tenant == intent.tenant.id]
        assert len(datapaths) == len(intent.networks) + 2  # the router, and the transit
    requests = {flow.table for flow in flows if not flow.rule_id}
    assert len(requests) == 2


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
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        hosts = (("h1", f"unix:{tmp_path}/db.sock"),)
        yield OvnConfig("unix:/n", "unix:/s", hosts, timeout=2), answers
        thread.join(timeout=3)


HELLO = bytes.fromhex("04000008 00000001")
METADATA = bytes.fromhex("80000408 0000000000000007")
IPV4_DST = bytes.fromhex("80001804 0a630001")
IPV6_DST = bytes.fromhex("80003610 fd100099000000000000000000000001")
REGISTER = bytes.fromhex("80010908 00000004 00000004")  # a field with its mask, not a standard one


def flow(cookie: int, packets: int, *fields: bytes) -> bytes:
    """A flow in an answer (OpenFlow 1.3, 7.3.5.2), without instructions."""
    match = struct.pack("!HH", 1, 4 + sum(map(len, fields))) + b"".join(fields)
    match += bytes(-len(match) % 8)
    counts = struct.pack("!QQQ", cookie, packets, packets * 100)
    return struct.pack("!HBxIIHHHH4x", 48 + len(match), 14, 1, 0, 120, 0, 0, 0) + counts + match


def part(*flows: bytes, more: bool) -> bytes:
    body = struct.pack("!HH4x", 1, more) + b"".join(flows)
    return struct.pack("!BBHI", 4, 19, 8 + len(body), 1) + body


def test_flows_come_in_several_messages_of_which_some_are_wanted(
    speaker: tuple[OvnConfig, list[bytes]],
) -> None:
    config, answers = speaker
    first = part(flow(0xA, 3, METADATA, IPV4_DST), flow(0xB, 9), more=True)
    second = part(flow(0xC, 4, REGISTER, IPV6_DST), flow(0xA, 5), more=False)
    answers += [HELLO, first, bytes.fromhex("0402000800000009"), second]
    found = openflow.counts(config, "h1", {0xA, 0xC})
    assert [(one.cookie, one.packets, one.bytes) for one in found] == [
        (0xA, 3, 300), (0xC, 4, 400), (0xA, 5, 500),
    ]  # fmt: skip
    assert [(one.datapath, one.destination) for one in found] == [
        (7, "10.99.0.1"), (0, "fd10:99::1"), (0, ""),
    ]  # fmt: skip
    assert {(one.table, one.priority) for one in found} == {(14, 120)}
    assert found[0].match != found[2].match


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x04\x00\x00"])
def test_what_does_not_speak_openflow_is_unreachable(
    speaker: tuple[OvnConfig, list[bytes]], answer: bytes
) -> None:
    config, answers = speaker
    answers.append(answer)
    with pytest.raises(UnreachableError, match="switch of host h1"):
        openflow.counts(config, "h1", {1, 2})
