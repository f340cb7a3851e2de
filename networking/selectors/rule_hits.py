"""What rules matched, as hosts counted it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from networking.models import Rule, RuleHits
from networking.selectors.base import visible
from tenants.access import Actor


def rule_hits(actor: Actor, rules: Sequence[Rule]) -> Mapping[UUID, RuleHits]:
    """Of these rules, which the actor was given, by id; those not counted yet are missing."""
    rows = RuleHits.objects.filter(rule__in=[rule.id for rule in rules])
    return {row.rule_id: row for row in visible(rows, actor)}
