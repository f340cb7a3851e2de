"""A tenant's groups and rules, and what its sites stand for in them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from networking import intent
from networking.compiler.focus import NONE, Focus
from networking.models import Port, Rule, RuleTerm, Site
from networking.models.members import Candidates, Membership, machines, selecting

Sides = Mapping[tuple[str, str], list[intent.Term]]
"""By the rule's id and the side."""
_EVERYBODY = (intent.ANY,)


def groups(found: Sequence[Membership], chosen: Candidates) -> tuple[intent.Group, ...]:
    """The groups with the addresses of their members."""
    return tuple(
        intent.Group(str(group.id), group.name, tuple(dict.fromkeys(_addresses(group, chosen))))
        for group in found
    )


def candidates(tenant_id: UUID, found: Sequence[Membership], focus: Focus) -> Candidates:
    """The machines that the groups may have by label or by name: one query at most."""
    selectors = [group.labels for group in found if group.labels]
    named = frozenset[UUID]().union(*(group.ports for group in found))
    if not (selectors or named) or focus.members == NONE:
        return Candidates(())
    rows = Port.objects.filter(selecting(selectors) | Q(id__in=named), tenant_id=tenant_id)
    if focus.members is not None:
        rows = rows.filter(id__in=focus.members)
    return Candidates(machines(rows))


def _addresses(group: Membership, chosen: Candidates) -> Iterable[str]:
    for machine in chosen.chosen(group):
        yield machine.ipv4
        if machine.ipv6:
            yield machine.ipv6
    for network in group.networks.values():
        yield from map(str, network.prefixes)
    yield from map(str, group.prefixes)


def rules(tenant_id: UUID, focus: Focus) -> tuple[intent.Rule, ...]:
    """The rules in the order in which they are matched: two queries. There may be thousands, so
    nothing is read of them but what a device or a comparison is told."""
    if focus.rules == NONE:
        return ()
    rows = Rule.objects.filter(tenant_id=tenant_id, retiring_at=None)
    terms = RuleTerm.objects.filter(tenant_id=tenant_id)
    if focus.rules is not None:
        rows, terms = rows.filter(id__in=focus.rules), terms.filter(rule__in=focus.rules)
    told = ("name", "rank", "protocol", "ports", "action", "enabled", "log")
    found = list(rows.order_by("rank").values_list(_text("id"), *told))
    sides = _sides(terms) if found else {}
    return tuple(
        intent.Rule(
            id=rule_id,
            name=name,
            rank=rank,
            source=tuple(sides.get((rule_id, RuleTerm.Side.SOURCE), _EVERYBODY)),
            destination=tuple(sides.get((rule_id, RuleTerm.Side.DESTINATION), _EVERYBODY)),
            protocol=intent.Protocol(protocol),
            ports=tuple(intent.PortRange(first, last) for first, last in ports),
            action=intent.RuleAction(action),
            enabled=enabled,
            log=log,
        )
        for rule_id, name, rank, protocol, ports, action, enabled, log in found
    )


def _sides(terms: QuerySet[RuleTerm]) -> Sides:
    """Most rules name what others name, too: each such term is made once."""
    made: dict[tuple[str | None, ...], intent.Term] = {}
    found: dict[tuple[str, str], list[intent.Term]] = defaultdict(list)
    texts = terms.order_by("position").values_list(
        _text("rule_id"),
        "side",
        _text("group_id"),
        "group__name",
        _text("site_id"),
        "site__name",
        _text("prefix"),
    )
    for rule_id, side, *named in texts:
        term = made.get(key := tuple(named))
        if term is None:
            term = made[key] = _term(*named)
        found[rule_id, side].append(term)
    return found


def _term(
    group_id: str | None, group: str | None, site_id: str | None, site: str | None, prefix: str
) -> intent.Term:
    if group_id is not None:
        return intent.Term(intent.TermKind.GROUP, group_id, group or "")
    if site_id is not None:
        return intent.Term(intent.TermKind.SITE, site_id, site or "")
    return intent.Term(intent.TermKind.PREFIX, prefix)


def _text(column: str) -> Cast:
    """The column as the database writes it."""
    return Cast(column, TextField())


def sites(tenant_id: UUID) -> tuple[intent.SitePrefixes, ...]:
    """The sites that a rule names. The others are nothing to a fabric."""
    named = RuleTerm.objects.filter(tenant_id=tenant_id, site__isnull=False, rule__retiring_at=None)
    rows = Site.objects.filter(
        tenant_id=tenant_id, retiring_at=None, id__in=named.values("site_id")
    )
    return tuple(
        intent.SitePrefixes(
            str(row.id), row.name, tuple(sorted(str(prefix) for prefix in row.accepted_prefixes))
        )
        for row in rows.order_by("name")
    )
