"""What rules matched and what was sent to VIPs, from a host's OpenFlow counters.

The way from a rule to its flows: an ACL's UUID begins with the `stage-hint` of its logical flows,
and a logical flow's UUID begins with the cookie of its OpenFlow flows (man 7 ovn-architecture).
Each is 8 hexadecimal digits, so that strangers collide now and then: stage, table and tenant are
compared too. A flow of VIPs may be that of several tenants' equal ones: address and tenant tell.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from networking.backends.base import RuleHits, VipCount
from networking.backends.ovn.balancing import address_of
from networking.backends.ovn.identity import TENANT, noun_of, noun_stamp
from networking.backends.ovn.openflow import FlowCount
from networking.backends.ovn.ovsdb import Ovsdb
from networking.backends.ovn.tables import EXTERNAL_IDS
from networking.backends.ovn.values import mapping, stamps
from networking.planning import Json

_PREFIX = 8
_STAGES = {"to-lport": "ls_out_acl", "from-lport": "ls_in_acl_after_lb"}
# A packet to a VIP meets exactly one of these flows, before its address is exchanged: at its own
# switch if it is for a port that is served there, otherwise at the router.
_REQUESTS = ("ls_in_pre_stateful", "lr_in_defrag")
_DATAPATHS = {"Logical_Switch": "logical-switch", "Logical_Router": "logical-router"}

_Row = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class LogicalFlow:
    """A flow that counts: the cookie of its OpenFlow flows, and where it is compiled to. Without a
    rule it counts what is sent to VIPs, perhaps to those of several tenants."""

    cookie: int
    pipeline: str
    table: int
    tenant_id: str = ""
    rule_id: str = ""


@dataclass(frozen=True, slots=True)
class Counting:
    """Which flows count what, on all hosts: `flows` by cookie, `tenants` by the number of their
    logical datapaths, `vips` by tenant and address."""

    flows: Mapping[int, tuple[LogicalFlow, ...]]
    tenants: Mapping[int, str]
    vips: Mapping[tuple[str, str], str]


_Hints = Mapping[tuple[str, str], list[tuple[str, str]]]
_NOBODY = "", ""


def counting(northbound: Ovsdb, southbound: Ovsdb) -> Counting:
    """The flows that count for rules and VIPs of all tenants. Keep the answer while nothing
    changes: it takes reading all logical flows of rules. Raises BackendError."""
    acls, balancers, *holders = northbound.transact(
        [
            _select("ACL", "_uuid", "direction", EXTERNAL_IDS, stamp=noun_stamp("rule")),
            _select("Load_Balancer", "_uuid", "vips", EXTERNAL_IDS, stamp=noun_stamp("vip")),
            *(_select(table, "_uuid", EXTERNAL_IDS) for table in _DATAPATHS),
        ]
    )
    hints = _hints(acls["rows"])
    stages = {stage for _, stage in hints}
    if balancers["rows"]:
        stages |= set(_REQUESTS)
    if not stages:
        return Counting({}, {}, {})
    *results, bindings = southbound.transact(
        [*map(_of_stage, sorted(stages)), _select("Datapath_Binding", "tunnel_key", EXTERNAL_IDS)]
    )
    flows: dict[int, tuple[LogicalFlow, ...]] = {}
    for flow in _flows((row for result in results for row in result["rows"]), hints):
        flows[flow.cookie] = (*flows.get(flow.cookie, ()), flow)
    rows = [row for result in holders for row in result["rows"]]
    return Counting(flows, _tenants(bindings["rows"], rows), dict(_vips(balancers["rows"])))


def counted(
    host: str, known: Counting, counts: Iterable[FlowCount]
) -> tuple[tuple[RuleHits, ...], tuple[VipCount, ...]]:
    """The counters of one host, by rule and by VIP."""
    pairs = [(flow, count) for count in counts for flow in known.flows.get(count.cookie, ())]
    offsets = _offsets(pairs)
    rules, vips = [], []
    for flow, count in pairs:
        if count.table - flow.table != offsets[flow.pipeline]:
            continue
        series = f"{count.cookie:08x}-{count.table}-{count.priority}-{count.match:08x}"
        tenant_id = known.tenants.get(count.datapath, "")
        if flow.rule_id and flow.tenant_id == tenant_id:
            rules.append(RuleHits(host, flow.rule_id, series, count.packets, count.bytes))
        elif not flow.rule_id and (vip_id := known.vips.get((tenant_id, count.destination))):
            vips.append(VipCount(vip_id, series, count.bytes, count.packets))
    return tuple(rules), tuple(vips)


def _hints(acls: Iterable[_Row]) -> _Hints:
    """Whose flows carry a hint at a stage: the tenant and the rule."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in acls:
        marks = stamps(row[EXTERNAL_IDS])
        owner = marks[TENANT], noun_of(marks).id
        found.setdefault((_prefix(row), _STAGES[row["direction"]]), []).append(owner)
    return found


def _select(table: str, *columns: str, stamp: Mapping[str, str] | None = None) -> Json:
    where = [[EXTERNAL_IDS, "includes", mapping(stamp)]] if stamp else []
    return {"op": "select", "table": table, "where": where, "columns": list(columns)}


def _of_stage(stage: str) -> Json:
    columns = ("_uuid", "pipeline", "table_id", EXTERNAL_IDS)
    return _select("Logical_Flow", *columns, stamp={"stage-name": stage})


def _flows(rows: Iterable[_Row], hints: _Hints) -> Iterator[LogicalFlow]:
    for row in rows:
        marks = dict(row[EXTERNAL_IDS][1])
        key = marks.get("stage-hint", ""), marks["stage-name"]
        for owner in (_NOBODY,) if key[1] in _REQUESTS else hints.get(key, ()):
            yield LogicalFlow(int(_prefix(row), 16), row["pipeline"], row["table_id"], *owner)


def _tenants(bindings: Iterable[_Row], holders: Iterable[_Row]) -> dict[int, str]:
    """The tenants of logical datapaths. The central daemon makes one flow of two tenants' equal
    ones: only the datapath tells whose packets it counted."""
    owners = {row["_uuid"][1]: stamps(row[EXTERNAL_IDS]).get(TENANT, "") for row in holders}
    found = {}
    for row in bindings:
        marks = dict(row[EXTERNAL_IDS][1])
        uuid = next((marks[key] for key in _DATAPATHS.values() if key in marks), "")
        if tenant_id := owners.get(uuid):
            found[row["tunnel_key"]] = tenant_id
    return found


def _vips(balancers: Iterable[_Row]) -> Iterator[tuple[tuple[str, str], str]]:
    for row in balancers:
        marks = stamps(row[EXTERNAL_IDS])
        for front, _ in row["vips"][1]:
            yield (marks[TENANT], address_of(front)), noun_of(marks).id


def _prefix(row: _Row) -> str:
    return str(row["_uuid"][1][:_PREFIX])


def _offsets(pairs: Iterable[tuple[LogicalFlow, FlowCount]]) -> Mapping[str, int]:
    """Where each pipeline's OpenFlow tables begin. It differs between releases of OVN, and most
    flows with the cookie of a logical flow are that flow's."""
    seen: dict[str, Counter[int]] = {}
    for flow, count in pairs:
        seen.setdefault(flow.pipeline, Counter())[count.table - flow.table] += 1
    return {pipeline: offsets.most_common(1)[0][0] for pipeline, offsets in seen.items()}
