"""Rules in the order in which they are matched, and whom an address or a port concerns."""

import json
from uuid import UUID

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Value

from networking.models import Group, GroupNetwork, GroupPort, Network, Port, Rule, RuleTerm, Site
from networking.planning.addresses import Address, read
from networking.selectors.base import one, visible
from networking.selectors.changes import unfinished_state
from tenants.access import Actor

# SQL/JSON path (PostgreSQL manual, section 9.16.2): a range of ports that has this one. The lax
# mode would take the ranges apart.
HAS_PORT = "strict $[*] ? (@[0] <= $port && @[1] >= $port)"


def rules(
    actor: Actor, *, q: str = "", group_id: UUID | None = None, action: str = ""
) -> QuerySet[Rule]:
    """The rules in the order of the list, with their terms; those that retire come last. Each has
    `unfinished` as networks do.

    `q` is part of the name or description, or an address or a port that the rule names: by a
    prefix, by a group that has it now, by a site, by a range. `group_id` asks for the rules that
    name a group.
    """
    rows = (
        visible(Rule.objects.all(), actor)
        .prefetch_related("terms__group", "terms__site")
        .annotate(unfinished=unfinished_state())
        .order_by(F("rank").asc(nulls_last=True), "id")
    )
    if action:
        rows = rows.filter(action=action)
    if group_id is not None:
        rows = rows.filter(Exists(_terms(Q(group_id=group_id))))
    if q:
        rows = rows.filter(_matching(q.strip(), actor))
    return rows


def rule(actor: Actor, rule_id: UUID) -> Rule:
    """One rule, as in the list. Raises Missing."""
    return one(rules(actor), rule_id, "rule")


def _matching(text: str, actor: Actor) -> Q:
    found = Q(name__icontains=text) | Q(description__icontains=text)
    if text.isascii() and text.isdigit() and len(text) <= 5:
        found |= Q(
            Func(
                F("ports"),
                Value(HAS_PORT, output_field=None),
                Value(json.dumps({"port": int(text)})),
                function="jsonb_path_exists",
                output_field=BooleanField(),
            )
        )
        return found
    try:
        address = read(text)
    except ValueError:
        return found
    named = (
        Q(prefix__net_contains_or_equals=str(address))
        | Q(group_id__in=_groups_with(address, actor))
        | Q(site_id__in=_sites_with(address, actor))
    )
    return found | Q(Exists(_terms(named)))


def _terms(named: Q) -> QuerySet[RuleTerm]:
    return RuleTerm.objects.filter(named, tenant_id=OuterRef("tenant_id"), rule=OuterRef("pk"))


def _groups_with(address: Address, actor: Actor) -> list[UUID]:
    """The groups that an address belongs to, in five queries."""
    family = f"ipv{address.version}"
    ports = visible(Port.objects.filter(retiring_at=None), actor)
    holders = list(ports.filter(**{f"{family}_address": str(address)}))
    labels = [port.labels for port in holders]
    networks = visible(Network.objects.filter(retiring_at=None), actor)
    here = networks.filter(**{f"{family}_prefix__net_contains": str(address)})
    linked = set(GroupNetwork.objects.filter(network__in=here).values_list("group_id", flat=True))
    linked |= set(GroupPort.objects.filter(port__in=holders).values_list("group_id", flat=True))
    groups = visible(Group.objects.filter(retiring_at=None), actor)
    return [
        group.id
        for group in groups
        if group.id in linked
        or any(address in prefix for prefix in group.prefixes)
        or (group.labels and any(group.labels.items() <= one.items() for one in labels))
    ]


def _sites_with(address: Address, actor: Actor) -> list[UUID]:
    sites = visible(Site.objects.filter(retiring_at=None), actor)
    return [
        site.id for site in sites if any(address in prefix for prefix in site.accepted_prefixes)
    ]
