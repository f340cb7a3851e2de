"""The opposite of each act: what a revert does."""

from collections.abc import Callable, Mapping
from uuid import UUID

from networking.models import Change, Group, Network, Port, Site
from networking.services import groups, networks, ports
from networking.services.accept import Snapshot
from portal.lib.errors import Refusal
from tenants.access import Actor

Inverse = Callable[[Actor, Change], Change]


def _uncreate_network(actor: Actor, change: Change) -> Change:
    return networks.delete(actor, change.subject_id)


def _undelete_network(actor: Actor, change: Change) -> Change:
    return networks.create(
        actor,
        networks.NetworkInput(
            region=str(change.before["region"]), **_network_fields(change.tenant_id, change.before)
        ),
    )


def _restore_network(actor: Actor, change: Change) -> Change:
    fields = _network_fields(change.tenant_id, _changed(change))
    return networks.update(actor, change.subject_id, fields)


def _changed(change: Change) -> Snapshot:
    """What the fields that the change touched were before it; the others may have moved since."""
    return {name: value for name, value in change.before.items() if change.after.get(name) != value}


def _network_fields(tenant_id: UUID, snapshot: Snapshot) -> networks.NetworkPatch:
    """A snapshot names sites, which a service takes by id."""
    fields = {name: value for name, value in snapshot.items() if name != "region"}
    if "sites" in fields:
        sites = Site.objects.filter(tenant_id=tenant_id, name__in=fields["sites"])
        fields["sites"] = tuple(sites.values_list("id", flat=True))
    return networks.NetworkPatch(**fields)  # type: ignore[typeddict-item]


def _uncreate_port(actor: Actor, change: Change) -> Change:
    return ports.delete(actor, change.subject_id)


def _undelete_port(actor: Actor, change: Change) -> Change:
    old = change.before
    rows = Network.objects.filter(tenant_id=change.tenant_id)
    network = rows.filter(id=old["network_id"]).first() or rows.filter(name=old["network"]).first()
    if network is None:
        raise Refusal("network-unknown", f"Its network {old['network']} is not there any more.")
    wanted = ports.PortInput(
        network=network.id,
        name=old["name"],
        ipv4_address=old["ipv4_address"],
        mac=old["mac"],
        labels=old["labels"],
    )
    return ports.create(actor, wanted)


def _restore_port(actor: Actor, change: Change) -> Change:
    kept = ("name", "ipv4_address", "mac", "labels")
    fields = {name: value for name, value in _changed(change).items() if name in kept}
    return ports.update(actor, change.subject_id, ports.PortPatch(**fields))  # type: ignore[typeddict-item]


def _uncreate_group(actor: Actor, change: Change) -> Change:
    return groups.delete(actor, change.subject_id)


def _undelete_group(actor: Actor, change: Change) -> Change:
    return groups.create(actor, groups.GroupInput(**_group_fields(change.tenant_id, change.before)))


def _restore_group(actor: Actor, change: Change) -> Change:
    fields = _group_fields(change.tenant_id, _changed(change))
    return groups.update(actor, change.subject_id, fields)


def _group_fields(tenant_id: UUID, snapshot: Snapshot) -> groups.GroupPatch:
    """A snapshot names networks, which a service takes by id. One that is gone cannot be put
    back."""
    fields = dict(snapshot)
    if "networks" in fields:
        names = fields["networks"]
        rows = Network.objects.filter(tenant_id=tenant_id, name__in=names, retiring_at=None)
        found = dict(rows.values_list("name", "id"))
        if missing := [name for name in names if name not in found]:
            raise Refusal("network-unknown", f"Its network {missing[0]} is not there any more.")
        fields["networks"] = tuple(found.values())
    if "prefixes" in fields:
        fields["prefixes"] = tuple(fields["prefixes"])
    return groups.GroupPatch(**fields)  # type: ignore[typeddict-item]


INVERSES: Mapping[tuple[str, str], Inverse] = {
    (Network.audit_type, Change.Verb.CREATE): _uncreate_network,
    (Network.audit_type, Change.Verb.UPDATE): _restore_network,
    (Network.audit_type, Change.Verb.DELETE): _undelete_network,
    (Port.audit_type, Change.Verb.CREATE): _uncreate_port,
    (Port.audit_type, Change.Verb.UPDATE): _restore_port,
    (Port.audit_type, Change.Verb.DELETE): _undelete_port,
    (Group.audit_type, Change.Verb.CREATE): _uncreate_group,
    (Group.audit_type, Change.Verb.UPDATE): _restore_group,
    (Group.audit_type, Change.Verb.DELETE): _undelete_group,
}
"""What takes an act back. Sites and attachments are the provider's."""
