"""How often rules matched, from the hosts' OpenFlow counters.

The way from a rule to its flows: an ACL's UUID begins with the `stage-hint` of its logical flows,
and a logical flow's UUID begins with the cookie of its OpenFlow flows (man 7 ovn-architecture).
Each is 8 hexadecimal digits, so that strangers collide now and then: stage and table are compared
too. Replies pass by flows of their own and are not counted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from networking.backends.base import RuleHits
from networking.backends.ovn.identity import TENANT, noun_of
from networking.backends.ovn.openflow import FlowCount
from networking.backends.ovn.ovsdb import Ovsdb
from networking.backends.ovn.tables import EXTERNAL_IDS
from networking.backends.ovn.values import mapping, stamps
from networking.planning import Json

_HINT = "stage-hint"
_STAGES = {"to-lport": "ls_out_acl", "from-lport": "ls_in_acl_after_lb"}
_PREFIX = 8


@dataclass(frozen=True, slots=True)
class RuleFlow:
    """A logical flow of a rule: the cookie of its OpenFlow flows, and where it is compiled to."""

    rule_id: str
    cookie: int
    pipeline: str
    table: int


def rule_flows(northbound: Ovsdb, southbound: Ovsdb, tenant_id: str) -> tuple[RuleFlow, ...]:
    """The logical flows of the tenant's rules. Reads those of all rules on the fabric, which the
    southbound database cannot tell apart: keep the answer while nothing changes.

    Raises BackendError.
    """
    rules = _rules(northbound, tenant_id)
    if not rules:
        return ()
    stages = [[[EXTERNAL_IDS, "includes", mapping({"stage-name": s})]] for s in _STAGES.values()]
    results = southbound.transact(
        [
            {
                "op": "select",
                "table": "Logical_Flow",
                "where": where,
                "columns": ["_uuid", "pipeline", "table_id", EXTERNAL_IDS],
            }
            for where in stages
        ]
    )
    rows = (row for result in results for row in result["rows"])
    return tuple(_flows(rows, rules))


def hits(host: str, flows: Iterable[RuleFlow], counts: Iterable[FlowCount]) -> tuple[RuleHits, ...]:
    """The counters of one host, by rule."""
    by_cookie: dict[int, list[RuleFlow]] = {}
    for flow in flows:
        by_cookie.setdefault(flow.cookie, []).append(flow)
    pairs = [(flow, count) for count in counts for flow in by_cookie.get(count.cookie, ())]
    offsets = _offsets(pairs)
    return tuple(
        RuleHits(
            host=host,
            rule_id=flow.rule_id,
            series=f"{count.cookie:08x}-{count.table}-{count.priority}-{count.match:08x}",
            packets=count.packets,
            bytes=count.bytes,
        )
        for flow, count in pairs
        if count.table - flow.table == offsets[flow.pipeline]
    )


def _rules(northbound: Ovsdb, tenant_id: str) -> Mapping[tuple[str, str], str]:
    """The tenant's rules by hint and stage."""
    select = {
        "op": "select",
        "table": "ACL",
        "where": [[EXTERNAL_IDS, "includes", mapping({TENANT: tenant_id})]],
        "columns": ["_uuid", "direction", EXTERNAL_IDS],
    }
    (acls,) = northbound.transact([select])
    found = {}
    for row in acls["rows"]:
        noun = noun_of(stamps(row[EXTERNAL_IDS]))
        if noun.type == "rule":
            found[row["_uuid"][1][:_PREFIX], _STAGES[row["direction"]]] = noun.id
    return found


def _flows(
    rows: Iterable[Mapping[str, Json]], rules: Mapping[tuple[str, str], str]
) -> Iterator[RuleFlow]:
    for row in rows:
        marks = dict(row[EXTERNAL_IDS][1])
        rule_id = rules.get((marks.get(_HINT, ""), marks["stage-name"]))
        if rule_id is not None:
            cookie = int(row["_uuid"][1][:_PREFIX], 16)
            yield RuleFlow(rule_id, cookie, row["pipeline"], row["table_id"])


def _offsets(pairs: Iterable[tuple[RuleFlow, FlowCount]]) -> Mapping[str, int]:
    """Where each pipeline's OpenFlow tables begin. It differs between releases of OVN, and most
    flows with the cookie of a logical flow are that flow's."""
    seen: dict[str, Counter[int]] = {}
    for flow, count in pairs:
        seen.setdefault(flow.pipeline, Counter())[count.table - flow.table] += 1
    return {pipeline: offsets.most_common(1)[0][0] for pipeline, offsets in seen.items()}
