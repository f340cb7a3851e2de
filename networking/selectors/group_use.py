"""What groups amount to: how many machines belong to each, and what names them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from networking.models import Group, Port, Rule, RuleTerm, Vip
from networking.models.members import memberships, within
from networking.selectors.base import visible
from tenants.access import Actor


@dataclass(frozen=True, slots=True)
class GroupUse:
    """How many machines belong to a group, and how many rules and VIPs name it."""

    machines: int
    rules: int
    vips: int


def group_use(actor: Actor, groups: Sequence[Group]) -> Mapping[UUID, GroupUse]:
    """The use of these groups, which the actor was given, by id: six queries for any number."""
    ids = [group.id for group in groups]
    found = memberships(visible(Group.objects.filter(id__in=ids), actor))
    staying = visible(Port.objects.filter(retiring_at=None), actor)
    machines = staying.aggregate(
        **{f"m{number}": Count("id", filter=within(one)) for number, one in enumerate(found)}
    )
    terms = visible(RuleTerm.objects.filter(group__in=ids, rule__retiring_at=None), actor)
    rules = dict(terms.values_list("group").annotate(Count("rule", distinct=True)))
    served = visible(Vip.objects.filter(group__in=ids, retiring_at=None), actor)
    vips = dict(served.order_by().values_list("group").annotate(Count("id")))
    return {
        one.id: GroupUse(machines[f"m{number}"], rules.get(one.id, 0), vips.get(one.id, 0))
        for number, one in enumerate(found)
    }


def group_rules(actor: Actor, group_id: UUID) -> QuerySet[Rule]:
    """The rules that name the group, in their order."""
    rows = Rule.objects.filter(terms__group=group_id, retiring_at=None)
    return visible(rows, actor).order_by("rank").distinct()


def group_vips(actor: Actor, group_id: UUID) -> QuerySet[Vip]:
    """The VIPs that the group serves, by name."""
    return visible(Vip.objects.filter(group=group_id, retiring_at=None), actor).order_by("name")
