"""Ports: create, update, delete."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from networking.compiler import NONE, Focus
from networking.models import Change, Network, Port
from networking.selectors.base import one
from networking.services.accept import Draft, fabric_scopes_from, writing
from networking.services.act import Act, Snapshot, mark_retiring
from networking.services.constraints import guarded
from networking.services.guards import check_version, writer_of
from networking.services.port_fields import PortInput, PortPatch, fill
from networking.services.port_uses import give_back, uses, warnings_of
from networking.services.wording import summary_of
from portal.lib.errors import Refusal
from portal.lib.ids import uuid7
from tenants.access import Actor

__all__ = ["PortInput", "PortPatch", "create", "delete", "snapshot", "update"]


def create(
    actor: Actor, wanted: PortInput, *, used: Mapping[str, Sequence[str]] | None = None
) -> Change:
    """A new machine in one of the tenant's networks. `used` names groups and VIPs that named it
    before, as the snapshot of its deletion has them. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        network = _network(tenant_id, wanted.network)
        port = Port(id=uuid7(), tenant_id=tenant_id, network=network)
        fill(port, wanted)
        _watch(draft, port)
        with guarded():
            port.save(force_insert=True)
        if used:
            give_back(port, used)
        return draft.accept(
            Act.create(
                port,
                f"Add machine {port.name} {port.ipv4_address} to network {network.name}",
                snapshot(port) | uses(port),
            )
        )


def update(actor: Actor, port_id: UUID, fields: PortPatch, *, expect: int | None = None) -> Change:
    """Change some fields of a port that is at version `expect`. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        port = _get(tenant_id, port_id)
        check_version(port, expect)
        before = snapshot(port)
        current = PortInput(
            network=port.network_id,
            name=port.name,
            ipv4_address=str(port.ipv4_address),
            mac=str(port.mac),
            labels=port.labels,
        )
        fill(port, replace(current, **fields))
        _watch(draft, port, machines_alone=True)
        port.version += 1
        with guarded():
            port.save()
        after = snapshot(port)
        summary = summary_of("machine", port.name, before, after)
        return draft.accept(Act.update(port, summary, before, after))


def delete(actor: Actor, port_id: UUID, *, expect: int | None = None) -> Change:
    """Retire a port; its address is free again once no device holds it. Groups and VIPs that name
    it lose it, with a warning. Raises Refusal."""
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id) as draft:
        port = _get(tenant_id, port_id)
        check_version(port, expect)
        _watch(draft, port)
        used = uses(port)
        mark_retiring(port)
        return draft.accept(
            Act.delete(
                port,
                f"Delete machine {port.name} {port.ipv4_address}",
                snapshot(port) | used,
                warnings_of(port, used),
            )
        )


def snapshot(port: Port) -> Snapshot:
    """The editable fields, as a change keeps them and a revert reads them."""
    return {
        "name": port.name,
        "network": port.network.name,
        "network_id": str(port.network_id),
        "mac": str(port.mac),
        "ipv4_address": str(port.ipv4_address),
        "ipv6_address": str(port.ipv6_address or ""),
        "labels": dict(port.labels),
    }


def _watch(draft: Draft, port: Port, *, machines_alone: bool = False) -> None:
    """Fabrics alone: no router knows a single machine. Each of the tenant's fabrics knows the
    groups that it is in."""
    itself = frozenset({port.id})
    focus = Focus(
        networks=frozenset({port.network_id}),
        ports=itself,
        rules=NONE,
        members=itself,
        way_out=False,
        sites=False,
        machines_alone=machines_alone,
    )
    draft.watch(fabric_scopes_from(draft.ways, port.network.region_id), focus)


def _get(tenant_id: UUID, port_id: UUID) -> Port:
    rows = Port.objects.filter(tenant_id=tenant_id).select_related("network")
    return one(rows, port_id, "machine")


def _network(tenant_id: UUID, network_id: UUID) -> Network:
    network = Network.objects.filter(tenant_id=tenant_id, id=network_id).first()
    if network is None:
        raise Refusal(
            "network-unknown", "There is no such network. Choose one of yours.", field="network"
        )
    if network.retiring_at is not None:
        raise Refusal(
            "retiring",
            f"Network {network.name} is being deleted and takes no more machines.",
            field="network",
            status=409,
        )
    return network
