"""VIPs: create, update, delete."""

from dataclasses import replace
from uuid import UUID

from networking.compiler import NONE, Focus
from networking.models import Attachment, Change, Group, Network, Port, Vip, VipMember
from networking.models.members import memberships, within
from networking.selectors.base import one
from networking.services.accept import Draft, scopes_of, writing
from networking.services.act import Act, Snapshot, mark_retiring
from networking.services.constraints import guarded
from networking.services.guards import check_version, writer_of
from networking.services.network_fields import place
from networking.services.probes import give_probes, without_probe
from networking.services.vip_fields import VipInput, VipPatch, VipPortInput, fill
from networking.services.wording import summary_of
from portal.lib.ids import uuid7
from tenants.access import Actor

__all__ = ["VipInput", "VipPatch", "VipPortInput", "create", "delete", "snapshot", "update"]


def create(actor: Actor, wanted: VipInput) -> Change:
    """A new VIP of the actor's tenant. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        region, _ = place(tenant_id, wanted.region)
        vip = Vip(id=uuid7(), tenant_id=tenant_id, region=region)
        members = fill(vip, wanted)
        _watch(draft, vip)
        with guarded():
            vip.save(force_insert=True)
        full = _write(vip, members)
        return draft.accept(
            Act.create(
                vip,
                f"Publish VIP {vip.name} {vip.ipv4_address or vip.ipv6_address}",
                snapshot(vip, members),
                _warnings(vip, members, full),
            )
        )


def update(actor: Actor, vip_id: UUID, fields: VipPatch, *, expect: int | None = None) -> Change:
    """Change some fields of a VIP that is at version `expect`. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        vip = _get(tenant_id, vip_id)
        check_version(vip, expect)
        old = _members(vip)
        before = snapshot(vip, old)
        members = fill(vip, replace(_as_input(vip, old), **fields))
        _watch(draft, vip)
        vip.version += 1
        with guarded():
            vip.save()
        full = _write(vip, members)
        after = snapshot(vip, members)
        summary = summary_of("VIP", vip.name, before, after)
        warnings = _warnings(vip, members, full)
        return draft.accept(Act.update(vip, summary, before, after, warnings))


def delete(actor: Actor, vip_id: UUID, *, expect: int | None = None) -> Change:
    """Retire a VIP; its address is free again once no device holds it. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        vip = _get(tenant_id, vip_id)
        check_version(vip, expect)
        _watch(draft, vip, probes=False)
        mark_retiring(vip)
        return draft.accept(
            Act.delete(
                vip,
                f"Delete VIP {vip.name} {vip.ipv4_address or vip.ipv6_address}",
                snapshot(vip, _members(vip)),
            )
        )


def snapshot(vip: Vip, members: list[Port]) -> Snapshot:
    """The editable fields, as a change keeps them and a revert reads them."""
    return {
        "name": vip.name,
        "description": vip.description,
        "region": vip.region.code,
        "ipv4_address": str(vip.ipv4_address or ""),
        "ipv6_address": str(vip.ipv6_address or ""),
        "ports": [dict(port) for port in vip.ports],
        "members": [port.name for port in members],
        "group": vip.group.name if vip.group else "",
        "health_check": vip.health_check,
        "check_interval": vip.check_interval,
        "check_timeout": vip.check_timeout,
        "check_failures": vip.check_failures,
        "check_successes": vip.check_successes,
    }


def _watch(draft: Draft, vip: Vip, *, probes: bool = True) -> None:
    """The region's devices: the fabric balances, the router leads there. Networks without an
    address for health checks get one."""
    lacking = NONE
    if probes and vip.health_check:
        rows = without_probe(vip.tenant_id, vip.region_id)
        lacking = frozenset(rows.values_list("id", flat=True))
    focus = Focus(networks=lacking, ports=NONE, groups=NONE, rules=NONE, vips=frozenset({vip.id}))
    draft.watch(scopes_of(draft.ways, vip.region_id), focus)


def _write(vip: Vip, members: list[Port]) -> list[Network]:
    """Who serves the VIP, and from where they are checked; networks too full for it come back."""
    rows = VipMember.objects.filter(tenant_id=vip.tenant_id, vip=vip)
    rows.exclude(port__in=members).delete()
    VipMember.objects.bulk_create(
        (VipMember(tenant_id=vip.tenant_id, vip=vip, port=port) for port in members),
        ignore_conflicts=True,
    )
    return give_probes(vip.tenant_id, vip.region_id) if vip.health_check else []


def _get(tenant_id: UUID, vip_id: UUID) -> Vip:
    return one(
        Vip.objects.filter(tenant_id=tenant_id).select_related("region", "group"), vip_id, "VIP"
    )


def _members(vip: Vip) -> list[Port]:
    return list(vip.members.filter(retiring_at=None).order_by("name"))


def _as_input(vip: Vip, members: list[Port]) -> VipInput:
    fields = snapshot(vip, members) | {
        "ports": tuple(VipPortInput(**port) for port in vip.ports),
        "members": tuple(port.id for port in members),
        "group": vip.group_id,
    }
    return VipInput(**fields)


def _warnings(vip: Vip, members: list[Port], full: list[Network]) -> tuple[str, ...]:
    """What is allowed and may surprise."""
    found = []
    serving = members + _by_group(vip)
    if not serving:
        found.append(
            f"Nobody serves {vip.name} yet: group {vip.group} has no machine in {vip.region}."
        )
    elif vip.ipv6_address and not any(port.ipv6_address for port in serving):
        found.append(f"{vip.ipv6_address} is served by nobody: no member has an IPv6 address.")
    if full:
        names = ", ".join(network.name for network in full)
        found.append(f"{names} has no free address to check from: members there pass for healthy.")
    attached = Attachment.objects.filter(tenant_id=vip.tenant_id, fabric__region_id=vip.region_id)
    if not attached.exists():
        found.append(f"No site learns {vip.name}: you have no way out of {vip.region}.")
    return tuple(found)


def _by_group(vip: Vip) -> list[Port]:
    if vip.group is None:
        return []
    (membership,) = memberships(Group.objects.filter(id=vip.group.id))
    rows = Port.objects.filter(
        within(membership), tenant_id=vip.tenant_id, network__region_id=vip.region_id
    )
    return list(rows.filter(retiring_at=None)[:50])
