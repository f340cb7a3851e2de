"""Rules: create, update, move, copy, delete."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count
from uuid import UUID

from networking.compiler import NONE, Focus
from networking.models import Change, Rule
from networking.selectors.base import one
from networking.services.accept import Draft, fabric_scopes, writing
from networking.services.act import Act, mark_retiring
from networking.services.constraints import guarded
from networking.services.guards import check_version, writer_of
from networking.services.rule_fields import (
    RuleInput,
    RulePatch,
    Sides,
    as_input,
    check_free_name,
    fill,
    locate,
    sides_of,
    snapshot,
    write_terms,
)
from networking.services.rule_ranks import check_room, rank_at
from networking.services.rule_terms import Vocabulary
from networking.services.rule_warnings import WITH_TERMS, warnings_of
from networking.services.wording import summary_of
from portal.lib.errors import Refusal
from portal.lib.ids import uuid7
from tenants.access import Actor

__all__ = [
    "RuleInput",
    "RulePatch",
    "copy",
    "create",
    "delete",
    "move",
    "update",
    "watch_rules",
]

NAME_MOST = 63
RENUMBERED = "There was no room left at this place: all rules were numbered anew, in their order."


def create(
    actor: Actor, wanted: RuleInput, *, before: UUID | None = None, after: UUID | None = None
) -> Change:
    """A new rule directly before or after another one, or else behind all. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        rule = Rule(id=uuid7(), tenant_id=tenant_id)
        sides = fill(rule, wanted, Vocabulary(tenant_id, wanted.terms))
        check_free_name(rule)
        check_room(Rule.objects.filter(tenant_id=tenant_id, retiring_at=None).count() + 1)
        watch_rules(draft, [rule.id])
        more = _place(rule, before, after)
        with guarded():
            rule.save(force_insert=True)
        write_terms(rule, sides)
        warnings = (*more, *warnings_of(rule, sides))
        return draft.accept(
            Act.create(rule, f"Add rule {rule.name}", _whole(rule, sides), warnings)
        )


def update(actor: Actor, rule_id: UUID, fields: RulePatch, *, expect: int | None = None) -> Change:
    """Change some fields of a rule that is at version `expect`. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        rule = _get(tenant_id, rule_id)
        check_version(rule, expect)
        old = snapshot(rule, sides_of(rule))
        wanted = replace(as_input(old), **fields)
        sides = fill(rule, wanted, Vocabulary(tenant_id, wanted.terms))
        check_free_name(rule)
        watch_rules(draft, [rule.id])
        rule.version += 1
        with guarded():
            rule.save()
        write_terms(rule, sides)
        new = snapshot(rule, sides)
        summary = summary_of("rule", rule.name, old, new)
        return draft.accept(Act.update(rule, summary, old, new, warnings_of(rule, sides)))


def move(
    actor: Actor,
    rule_id: UUID,
    *,
    before: UUID | None = None,
    after: UUID | None = None,
    expect: int | None = None,
) -> Change:
    """Put a rule directly before or after another one, or else behind all. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        rule = _get(tenant_id, rule_id)
        check_version(rule, expect)
        if rule_id in (before, after):
            raise Refusal("rule-itself", "A rule cannot stand beside itself.", field="before")
        sides = sides_of(rule)
        old = {"name": rule.name, "after": _above(rule)}
        # Numbering anew moves nothing: it comes before what the move is compared with.
        more = _place(rule, before, after)
        watch_rules(draft, [rule.id])
        rule.version += 1
        with guarded():
            rule.save()
        new = {"name": rule.name, "after": _above(rule)}
        where = f"behind {new['after']}" if new["after"] else "to the top"
        warnings = (*more, *warnings_of(rule, sides))
        return draft.accept(Act.update(rule, f"Move rule {rule.name} {where}", old, new, warnings))


def copy(actor: Actor, rule_id: UUID) -> Change:
    """The same rule once more, directly behind the first and under a free name. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id):
        rule = _get(tenant_id, rule_id)
        check_version(rule, None)
        wanted = as_input(snapshot(rule, sides_of(rule)))
        return create(actor, replace(wanted, name=_copy_name(rule)), after=rule.id)


def delete(actor: Actor, rule_id: UUID, *, expect: int | None = None) -> Change:
    """Retire a rule; the row goes once no device holds it. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        rule = _get(tenant_id, rule_id)
        check_version(rule, expect)
        before = _whole(rule, sides_of(rule))
        watch_rules(draft, [rule.id])
        rule.rank = None
        mark_retiring(rule)
        return draft.accept(Act.delete(rule, f"Delete rule {rule.name}", before))


def _whole(rule: Rule, sides: Sides) -> dict[str, object]:
    """The snapshot with the rule's place: the name of the one above it."""
    return snapshot(rule, sides) | {"after": _above(rule)}


def _above(rule: Rule) -> str:
    rows = Rule.objects.filter(tenant_id=rule.tenant_id, rank__lt=rule.rank)
    return rows.order_by("-rank").values_list("name", flat=True).first() or ""


def _place(rule: Rule, before: UUID | None, after: UUID | None) -> tuple[str, ...]:
    """Write the rank into the row; what may surprise comes back."""
    if before is not None and after is not None:
        raise Refusal("place-doubled", "Say before which rule or after which one.", field="before")
    rule.rank, renumbered = rank_at(
        rule.tenant_id,
        before=locate(rule.tenant_id, before, "before"),
        after=locate(rule.tenant_id, after, "after"),
        moving=rule,
    )
    return (RENUMBERED,) if renumbered else ()


def watch_rules(draft: Draft, rule_ids: Iterable[UUID]) -> None:
    """Every fabric of the tenant has all its rules; a plan speaks of these."""
    focus = Focus(
        networks=NONE,
        ports=NONE,
        groups=NONE,
        rules=frozenset(rule_ids),
        vips=NONE,
        members=NONE,
        way_out=False,
    )
    draft.watch(fabric_scopes(draft.tenant_id), focus)


def _get(tenant_id: UUID, rule_id: UUID) -> Rule:
    rows = Rule.objects.filter(tenant_id=tenant_id).prefetch_related(*WITH_TERMS)
    return one(rows, rule_id, "rule")


def _copy_name(rule: Rule) -> str:
    taken = set(
        Rule.objects.filter(tenant_id=rule.tenant_id, name__startswith=rule.name[:50]).values_list(
            "name", flat=True
        )
    )
    endings = ("-copy" if number == 1 else f"-copy-{number}" for number in count(1))
    names = (rule.name[: NAME_MOST - len(ending)] + ending for ending in endings)
    return next(name for name in names if name not in taken)
