"""What a person does in an engine test, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from networking.backends.registry import open_fabric, open_router
from networking.engine.claim import load, reference
from networking.models import Change, ChangeScope, Network, Scope, Site, Verdict
from networking.planning import Resource
from networking.services import networks
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as acting_as_role
from tenants.access import Actor, acting_as
from tests.networking.provider import Provider


@dataclass(frozen=True)
class Acts:
    """A tenant's engineer at work."""

    actor: Actor
    provider: Provider

    def add_network(
        self, name: str = "web", prefix: str = "10.1.5.0/24", **fields: object
    ) -> Change:
        """A new network in the provider's region."""
        wanted = networks.NetworkInput(
            region=self.provider.region.code, name=name, ipv4_prefix=prefix, **fields
        )
        with acting_as(self.actor):
            return networks.create(self.actor, wanted)

    def edit_network(self, network_id: UUID, **fields: object) -> Change:
        """Change some fields of a network."""
        with acting_as(self.actor):
            return networks.update(self.actor, network_id, fields)

    def delete_network(self, network_id: UUID) -> Change:
        """Retire a network."""
        with acting_as(self.actor):
            return networks.delete(self.actor, network_id)

    def sites(self, *names: str) -> list[Site]:
        """The tenant's sites of these names."""
        with acting_as(self.actor):
            return list(Site.objects.filter(name__in=names).order_by("name"))

    def carried(self, changes: Iterable[Change]) -> set[int | None]:
        """The generations with which devices took these changes up."""
        with acting_as(self.actor):
            rows = ChangeScope.objects.filter(change__in=list(changes))
            return set(rows.values_list("carried", flat=True))

    def network(self, name: str) -> Network:
        """The tenant's network of this name."""
        with acting_as(self.actor):
            return Network.objects.get(name=name)

    def retire_by_hand(self, network_id: UUID) -> None:
        """A delete that touched no scope: its change was done when it was accepted."""
        with acting_as_role(DatabaseRole.WORKER):
            Network.objects.filter(pk=network_id).update(retiring_at=timezone.now())
            made = Change.objects.get(subject_id=network_id)
            Change.objects.create(
                tenant=made.tenant,
                generation=made.generation + 1000,
                verb=Change.Verb.DELETE,
                state=Change.State.DONE,
                subject_type="network",
                subject_id=network_id,
                subject_name=made.subject_name,
                summary="Delete",
                actor_kind="system",
                actor_label="test",
            )

    def network_is_there(self, network_id: UUID) -> bool:
        """Whether the row is still in the database, retiring or not."""
        with acting_as(self.actor):
            return Network.objects.filter(pk=network_id).exists()


def fresh(change: Change) -> Change:
    """The change as it is in the database now."""
    with acting_as_role(DatabaseRole.WORKER):
        return Change.objects.select_related("superseded_by").get(pk=change.pk)


def verdicts(change: Change) -> dict[str, Verdict]:
    """What was said of the change, by the name of who said it."""
    with acting_as_role(DatabaseRole.WORKER):
        return {row.subject_name: row for row in Verdict.objects.filter(change=change)}


def scope(device: str, tenant: str = "acme") -> Scope:
    """The tenant's scope on the fabric or router of that name."""
    with acting_as_role(DatabaseRole.WORKER):
        of_tenant = Scope.objects.filter(tenant__slug=tenant).select_related("fabric", "router")
        return next(row for row in of_tenant if row.name == device)


def held(device: str, tenant: str = "acme") -> tuple[Resource, ...]:
    """What the device holds for the tenant, asked just now."""
    with acting_as_role(DatabaseRole.WORKER):
        row = load(scope(device, tenant).pk)
    if row.fabric is not None:
        opened = open_fabric(row.fabric.backend, row.fabric.access.config)
    else:
        opened = open_router(row.router.backend, row.router.access.config)
    with opened as backend:
        return backend.observe(reference(row))


def kinds(resources: Iterable[Resource]) -> set[tuple[str, str]]:
    """Kind and the noun's name of each resource."""
    return {(resource.kind, resource.noun.name) for resource in resources}


def set_scope(row: Scope, **fields: object) -> None:
    """Alter a scope's row behind the engine's back."""
    with acting_as_role(DatabaseRole.WORKER):
        Scope.objects.filter(pk=row.pk).update(**fields)
