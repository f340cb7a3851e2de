"""The one write path: rows, change and audit event in one transaction, tasks when it commits.

A service opens `writing`, which locks the tenant's generation, so that the writes of one tenant
are serial and every check made inside still holds at the commit. It says what it may touch
(`Draft.watch`), writes its rows and hands the act in (`Draft.accept`).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from networking.compiler import EVERYTHING, Focus, Intent, Rows, Ways, compile_rows
from networking.engine import lifetimes
from networking.engine.announce import announce
from networking.intent import FabricIntent
from networking.models import Change, ChangeScope, Fabric, Generation, Router, Scope
from networking.planning import Json, Plan, describe, foresee
from networking.selectors.base import Missing
from networking.services.act import Act
from networking.services.effects import Outlook, outlook
from networking.services.publish import reconcile_on_commit
from portal.lib.errors import Refusal
from tenants import audit
from tenants.access import Actor


@dataclass
class Draft:
    """A write in the making, under the lock of its tenant's generation. `ways` are the tenant's
    ways out, as they were when they were first asked for."""

    actor: Actor
    tenant_id: UUID
    generation: Generation
    ways: Ways

    _scopes: list[Scope] = field(default_factory=list)
    _before: list[Intent] = field(default_factory=list)

    def __post_init__(self) -> None:
        """So far it is about nothing."""
        self._rows = Rows(self.ways, EVERYTHING, self.generation.number)

    def watch(self, scopes: Iterable[Scope], focus: Focus = EVERYTHING) -> None:
        """Remember what these scopes want now. Call it before the first row is written."""
        self._scopes = list(scopes)
        self._rows = Rows(self.ways, focus, self.generation.number)
        self._before = compile_rows(self._scopes, self._rows)

    def accept(self, act: Act) -> Change:
        """Make it the tenant's next generation.

        The scopes whose devices have to do something are asked to; a change that touches none is
        done at once.
        """
        self.generation.number += 1
        self.generation.save(update_fields=["number"])
        plans, meaning = self._plans()
        change = self._write(act, plans, meaning)
        touched = [scope for scope, _ in plans]
        self._ask(change, touched)
        lifetimes.accepted(change)
        audit.record(
            self.actor,
            f"{act.subject_type}.{act.verb}",
            subject_type=act.subject_type,
            subject_id=act.subject_id,
            subject_name=act.subject_name,
            tenant_id=self.tenant_id,
            detail={"change": str(change.id), "before": act.before, "after": act.after},
        )
        _announce(change, touched)
        return change

    def _plans(self) -> tuple[list[tuple[Scope, Plan]], Outlook]:
        rows = self._rows.later(self.generation.number)
        after = compile_rows(self._scopes, rows)
        plans = zip(self._scopes, map(foresee, self._before, after), strict=True)
        steps = [
            (was, will)
            for was, will in zip(self._before, after, strict=True)
            if isinstance(was, FabricIntent) and isinstance(will, FabricIntent)
        ]
        meaning = outlook(steps, rows.all_groups) if steps else Outlook()
        return [(scope, plan) for scope, plan in plans if plan], meaning

    def _write(self, act: Act, plans: list[tuple[Scope, Plan]], meaning: Outlook) -> Change:
        return Change.objects.create(
            tenant=self.generation.tenant,
            generation=self.generation.number,
            state=Change.State.PENDING if plans else Change.State.DONE,
            done_at=None if plans else timezone.now(),
            verb=act.verb,
            subject_type=act.subject_type,
            subject_id=act.subject_id,
            subject_name=act.subject_name,
            summary=act.summary[:255],
            before=act.before,
            after=act.after,
            plan=_plan_json(plans, meaning),
            warnings=list(act.warnings),
            actor_kind=self.actor.kind,
            actor_id=self.actor.id,
            actor_label=self.actor.label[:255],  # the audit trail has all of it
            on_behalf_reason=self.actor.acting_reason,
            request_id=self.actor.request_id,
        )

    def _ask(self, change: Change, touched: list[Scope]) -> None:
        """What an edit holds up, an edit sets going again: a block is lifted, a wait ended."""
        ChangeScope.objects.bulk_create(
            ChangeScope(tenant_id=self.tenant_id, change=change, scope=scope) for scope in touched
        )
        Scope.objects.filter(id__in=[scope.id for scope in touched]).update(
            wanted=self.generation.number, blocked=False, retry_at=None, attempts=0
        )


@contextmanager
def writing(actor: Actor, tenant_id: UUID) -> Iterator[Draft]:
    """A transaction that holds the lock of the tenant's generation.

    Raises Refusal for a tenant that is suspended, unless the provider itself acts.
    """
    with transaction.atomic():
        generation = locked_generation(tenant_id)
        if generation.tenant.state != "active" and not (actor.staff_role or actor.kind == "system"):
            raise Refusal(
                "tenant-suspended",
                f"{generation.tenant.name} is {generation.tenant.state}: nothing can be changed. "
                "Ask your provider.",
                status=403,
            )
        yield Draft(actor, tenant_id, generation, Ways(tenant_id))


def locked_generation(tenant_id: UUID) -> Generation:
    """The tenant's generation, locked until the transaction ends; the first asker makes it.

    Raises Missing for a tenant that is not there.
    """
    rows = Generation.objects.select_related("tenant").select_for_update(of=("self",))
    generation = rows.filter(tenant_id=tenant_id).first()
    if generation is None:
        Generation.objects.bulk_create([Generation(tenant_id=tenant_id)], ignore_conflicts=True)
        generation = rows.filter(tenant_id=tenant_id).first()
    if generation is None:
        raise Missing("tenant")
    return generation


def scopes_of(ways: Ways, region_id: UUID) -> list[Scope]:
    """The tenant's scopes in a region: its fabric there and each router that it is attached to."""
    fabric = ways.fabric_of(region_id)
    if fabric is None:
        return []
    return [
        fabric_scope(ways.tenant_id, fabric),
        *(
            router_scope(ways.tenant_id, attachment.router, attachment.vrf)
            for attachment in ways.attachments
            if attachment.fabric_id == fabric.id
        ),
    ]


def fabric_scopes_from(ways: Ways, region_id: UUID) -> list[Scope]:
    """As `fabric_scopes`, with that of the region first, made when it is missing."""
    found, fabric = fabric_scopes(ways.tenant_id), ways.fabric_of(region_id)
    if fabric is None:
        return found
    here = [scope for scope in found if scope.fabric_id == fabric.id]
    others = (scope for scope in found if scope.fabric_id != fabric.id)
    return [*(here or [fabric_scope(ways.tenant_id, fabric)]), *others]


def fabric_scopes(tenant_id: UUID) -> list[Scope]:
    """The tenant's scopes on all fabrics that it has ever been on: each knows its groups, its
    rules, and which prefixes are its own."""
    rows = Scope.objects.filter(tenant_id=tenant_id, fabric__isnull=False)
    return list(rows.select_related("tenant", "fabric", "router").order_by("fabric__name"))


def with_fabrics(scopes: Iterable[Scope], tenant_id: UUID) -> list[Scope]:
    """These scopes and those on the tenant's other fabrics."""
    found = list(scopes)
    known = {scope.id for scope in found}
    return [*found, *(scope for scope in fabric_scopes(tenant_id) if scope.id not in known)]


def fabric_scope(tenant_id: UUID, fabric: Fabric) -> Scope:
    """The tenant's scope on a fabric, made when it is missing."""
    scope, _ = Scope.objects.select_related("tenant", "fabric", "router").get_or_create(
        tenant_id=tenant_id, fabric=fabric
    )
    return scope


def router_scope(tenant_id: UUID, router: Router, vrf: str) -> Scope:
    """The tenant's scope on a router, made when it is missing."""
    scope, _ = Scope.objects.select_related("tenant", "fabric", "router").get_or_create(
        tenant_id=tenant_id, router=router, defaults={"vrf": vrf}
    )
    return scope


def _plan_json(plans: list[tuple[Scope, Plan]], meaning: Outlook) -> list[Json]:
    """As in `Change.plan`."""
    found: list[Json] = [
        {
            "scope": scope.name,
            "device": "fabric" if scope.fabric_id else "router",
            "lines": [line.to_json() for line in describe(plan, scope.name, meaning.names)],
            **plan.to_json(),
        }
        for scope, plan in plans
    ]
    if found and meaning.effects is not None:
        found[0]["effects"] = meaning.effects
    return found


def _announce(change: Change, touched: list[Scope]) -> None:
    """Tell workers and open pages once it is committed; what gets lost is swept."""
    reconcile_on_commit([scope.id for scope in touched])
    announce("change", change.id, change.tenant_id)
    announce(change.subject_type, change.subject_id, change.tenant_id)
