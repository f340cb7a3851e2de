"""Groups: create, update, delete."""

from dataclasses import replace
from uuid import UUID

from django.utils import timezone

from networking.compiler import NONE, Focus
from networking.models import Change, Group, GroupNetwork, Network
from networking.selectors.base import one
from networking.services.accept import Act, Draft, Snapshot, fabric_scopes, writing
from networking.services.constraints import guarded
from networking.services.group_fields import GroupInput, GroupPatch, check_unused, fill
from networking.services.guards import check_version, writer_of
from networking.services.wording import summary_of
from portal.lib.ids import uuid7
from tenants.access import Actor

__all__ = ["GroupInput", "GroupPatch", "create", "delete", "snapshot", "update"]


def create(actor: Actor, wanted: GroupInput) -> Change:
    """A new group of the actor's tenant. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        group = Group(id=uuid7(), tenant_id=tenant_id)
        networks = fill(group, wanted)
        _watch(draft, group)
        with guarded():
            group.save(force_insert=True)
        _choose(group, networks)
        return draft.accept(
            Act(
                Change.Verb.CREATE,
                Group.audit_type,
                group.id,
                group.name,
                f"Add group {group.name}",
                after=snapshot(group, networks),
            )
        )


def update(
    actor: Actor, group_id: UUID, fields: GroupPatch, *, expect: int | None = None
) -> Change:
    """Change some fields of a group that is at version `expect`. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        group = _get(tenant_id, group_id)
        check_version(group, expect)
        old = _networks(group)
        before = snapshot(group, old)
        networks = fill(group, replace(_as_input(group, old), **fields))
        _watch(draft, group)
        group.version += 1
        with guarded():
            group.save()
        _choose(group, networks)
        after = snapshot(group, networks)
        summary = summary_of("group", group.name, before, after)
        return draft.accept(
            Act(Change.Verb.UPDATE, Group.audit_type, group.id, group.name, summary, before, after)
        )


def delete(actor: Actor, group_id: UUID, *, expect: int | None = None) -> Change:
    """Retire a group that no rule and no VIP uses. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        group = _get(tenant_id, group_id)
        check_version(group, expect)
        check_unused(group)
        _watch(draft, group)
        group.retiring_at = timezone.now()
        group.version += 1
        group.save()
        return draft.accept(
            Act(
                Change.Verb.DELETE,
                Group.audit_type,
                group.id,
                group.name,
                f"Delete group {group.name}",
                before=snapshot(group, _networks(group)),
            )
        )


def snapshot(group: Group, networks: list[Network]) -> Snapshot:
    """The editable fields, as a change keeps them and a revert reads them."""
    return {
        "name": group.name,
        "description": group.description,
        "labels": dict(group.labels),
        "networks": sorted(network.name for network in networks),
        "prefixes": [str(prefix) for prefix in group.prefixes],
    }


def _watch(draft: Draft, group: Group) -> None:
    """Every fabric of the tenant knows its groups. VIPs may have members by this one."""
    vips = frozenset(group.vips.filter(retiring_at=None).values_list("id", flat=True))
    focus = Focus(networks=NONE, ports=NONE, groups=frozenset({group.id}), rules=NONE, vips=vips)
    draft.watch(fabric_scopes(group.tenant_id), focus)


def _get(tenant_id: UUID, group_id: UUID) -> Group:
    return one(Group.objects.filter(tenant_id=tenant_id), group_id, "group")


def _networks(group: Group) -> list[Network]:
    return list(group.networks.filter(retiring_at=None).order_by("name"))


def _as_input(group: Group, networks: list[Network]) -> GroupInput:
    fields = snapshot(group, networks) | {
        "networks": tuple(network.id for network in networks),
        "prefixes": tuple(map(str, group.prefixes)),
    }
    return GroupInput(**fields)


def _choose(group: Group, networks: list[Network]) -> None:
    rows = GroupNetwork.objects.filter(tenant_id=group.tenant_id, group=group)
    rows.exclude(network__in=networks).delete()
    GroupNetwork.objects.bulk_create(
        (
            GroupNetwork(tenant_id=group.tenant_id, group=group, network=network)
            for network in networks
        ),
        ignore_conflicts=True,
    )
