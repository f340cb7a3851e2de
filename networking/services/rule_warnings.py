"""Rules that are allowed and can never match: said, not refused.

Looks only at rules that are matched earlier and might decide everything that this one asks about;
of very many such rules at the first ones.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from networking.intent import Protocol
from networking.models import Group, Port, Rule, RuleTerm
from networking.models.members import memberships, within
from networking.planning import addresses
from networking.services.rule_fields import Sides, sides_of
from networking.services.rule_terms import Meant, Side

LOOKED_AT = 200  # earlier rules that are compared in full
WITH_TERMS = ("terms__group", "terms__site")


def warnings_of(rule: Rule, sides: Sides) -> tuple[str, ...]:
    """Why the rule can never match, in sentences; none if it may, or is disabled."""
    if not rule.enabled:
        return ()
    return (*_empty(rule, sides), *_shadowed(rule, sides))


def _shadowed(rule: Rule, sides: Sides) -> Iterable[str]:
    for earlier in _candidates(rule, sides)[:LOOKED_AT]:
        if covers(earlier, rule, sides):
            yield (
                f"Rule {rule.name} can never match: rule {earlier.name}, which is matched before "
                "it, decides everything that it would."
            )
            return


def _candidates(rule: Rule, sides: Sides) -> QuerySet[Rule]:
    rows = Rule.objects.filter(
        tenant_id=rule.tenant_id,
        enabled=True,
        rank__lt=rule.rank,
        protocol__in={Protocol.ANY.value, rule.protocol},
    ).exclude(id=rule.id)
    for side, terms in (
        (RuleTerm.Side.SOURCE, sides.source),
        (RuleTerm.Side.DESTINATION, sides.destination),
    ):
        here = RuleTerm.objects.filter(rule=OuterRef("pk"), side=side)
        covered = Q(~Exists(here))
        if terms:
            covered |= Q(Exists(here.filter(_names(terms[0]))))
        rows = rows.filter(covered)
    return rows.order_by("rank").prefetch_related(*WITH_TERMS)


def _names(meant: Meant) -> Q:
    """Terms that have all addresses of this one."""
    if meant.group is not None:
        return Q(group=meant.group)
    if meant.site is not None:
        return Q(site=meant.site)
    return Q(prefix__net_contains_or_equals=str(meant.prefix))


def covers(earlier: Rule, rule: Rule, sides: Sides) -> bool:
    """Whether the earlier rule decides all that the rule would; protocols aside."""
    wide = sides_of(earlier)
    return (
        _side_covers(wide.source, sides.source)
        and _side_covers(wide.destination, sides.destination)
        and _ports_cover(earlier.ports, rule.ports)
    )


def _side_covers(wide: Side, narrow: Side) -> bool:
    if not wide:
        return True
    return bool(narrow) and all(any(_has(one, other) for one in wide) for other in narrow)


def _has(wide: Meant, narrow: Meant) -> bool:
    if wide.prefix is not None and narrow.prefix is not None:
        return addresses.within(narrow.prefix, wide.prefix)
    return wide.key == narrow.key


def _ports_cover(wide: list[list[int]], narrow: list[list[int]]) -> bool:
    if not wide:
        return True
    return bool(narrow) and all(
        any(low <= first and last <= high for low, high in wide) for first, last in narrow
    )


def _empty(rule: Rule, sides: Sides) -> Iterable[str]:
    for field, side in (("source", sides.source), ("destination", sides.destination)):
        named = [meant.group for meant in side if meant.group is not None]
        if named and len(named) == len(side) and not _anybody(rule.tenant_id, named):
            names = ", ".join(group.name for group in named)
            yield f"Rule {rule.name} matches nothing yet: its {field}, {names}, has no members."


def _anybody(tenant_id: UUID, groups: list[Group]) -> bool:
    found = memberships(Group.objects.filter(id__in=[group.id for group in groups]))
    if any(one.prefixes or one.networks for one in found):
        return True
    which = Q(pk__in=())
    for one in found:
        which |= within(one)
    return Port.objects.filter(which, tenant_id=tenant_id, retiring_at=None).exists()
