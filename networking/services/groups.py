"""Groups: create, update, delete."""

from dataclasses import replace
from uuid import UUID

from networking.compiler import NONE, Focus
from networking.models import Change, Group, GroupNetwork, GroupPort
from networking.selectors.base import one
from networking.services.accept import Draft, fabric_scopes, writing
from networking.services.act import Act, Snapshot, mark_retiring
from networking.services.constraints import guarded
from networking.services.group_fields import Chosen, GroupInput, GroupPatch, check_unused, fill
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
        chosen = fill(group, wanted)
        _watch(draft, group)
        with guarded():
            group.save(force_insert=True)
        _choose(group, chosen)
        return draft.accept(Act.create(group, f"Add group {group.name}", snapshot(group, chosen)))


def update(
    actor: Actor, group_id: UUID, fields: GroupPatch, *, expect: int | None = None
) -> Change:
    """Change some fields of a group that is at version `expect`. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        group = _get(tenant_id, group_id)
        check_version(group, expect)
        old = _chosen(group)
        before = snapshot(group, old)
        chosen = fill(group, replace(_as_input(group, old), **fields))
        _watch(draft, group)
        group.version += 1
        with guarded():
            group.save()
        _choose(group, chosen)
        after = snapshot(group, chosen)
        summary = summary_of("group", group.name, before, after)
        return draft.accept(Act.update(group, summary, before, after))


def delete(actor: Actor, group_id: UUID, *, expect: int | None = None) -> Change:
    """Retire a group that no rule and no VIP uses. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        group = _get(tenant_id, group_id)
        check_version(group, expect)
        check_unused(group)
        _watch(draft, group)
        mark_retiring(group)
        before = snapshot(group, _chosen(group))
        return draft.accept(Act.delete(group, f"Delete group {group.name}", before))


def snapshot(group: Group, chosen: Chosen) -> Snapshot:
    """The editable fields, as a change keeps them and a revert reads them."""
    return {
        "name": group.name,
        "description": group.description,
        "labels": dict(group.labels),
        "networks": [network.name for network in chosen.networks],
        "prefixes": [str(prefix) for prefix in group.prefixes],
        "machines": [port.name for port in chosen.ports],
    }


def _watch(draft: Draft, group: Group) -> None:
    """Every fabric of the tenant knows its groups. VIPs may have members by this one."""
    vips = frozenset(group.vips.filter(retiring_at=None).values_list("id", flat=True))
    focus = Focus(
        networks=NONE,
        ports=NONE,
        groups=frozenset({group.id}),
        rules=NONE,
        vips=vips,
        way_out=False,
        sites=False,
    )
    draft.watch(fabric_scopes(group.tenant_id), focus)


def _get(tenant_id: UUID, group_id: UUID) -> Group:
    return one(Group.objects.filter(tenant_id=tenant_id), group_id, "group")


def _chosen(group: Group) -> Chosen:
    staying = {"retiring_at": None}
    return Chosen(
        list(group.networks.filter(**staying).order_by("name")),
        list(group.ports.filter(**staying).order_by("name")),
    )


def _as_input(group: Group, chosen: Chosen) -> GroupInput:
    return GroupInput(
        name=group.name,
        description=group.description,
        labels=group.labels,
        networks=tuple(network.id for network in chosen.networks),
        prefixes=tuple(map(str, group.prefixes)),
        ports=tuple(port.id for port in chosen.ports),
    )


def _choose(group: Group, chosen: Chosen) -> None:
    own = {"tenant_id": group.tenant_id, "group": group}
    GroupNetwork.objects.filter(**own).exclude(network__in=chosen.networks).delete()
    GroupPort.objects.filter(**own).exclude(port__in=chosen.ports).delete()
    GroupNetwork.objects.bulk_create(
        (GroupNetwork(network=network, **own) for network in chosen.networks), ignore_conflicts=True
    )
    GroupPort.objects.bulk_create(
        (GroupPort(port=port, **own) for port in chosen.ports), ignore_conflicts=True
    )
