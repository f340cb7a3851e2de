"""The opposite of each act: what a revert does."""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from networking.models import Change, Group, Network, Port, Rule, Site, Vip
from networking.services import groups, networks, port_uses, ports, rule_import, rules, vips
from networking.services.act import Snapshot
from networking.services.rule_fields import as_input
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
    return ports.create(actor, wanted, used={noun: old.get(noun, ()) for noun in port_uses.NOUNS})


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
    """A snapshot names networks and machines, which a service takes by id. A network that is gone
    cannot be put back; machines that are gone stay away."""
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
    if "machines" in fields:
        fields["ports"] = _machines(tenant_id, fields.pop("machines"))
    return groups.GroupPatch(**fields)  # type: ignore[typeddict-item]


def _machines(tenant_id: UUID, names: Iterable[str]) -> tuple[UUID, ...]:
    rows = Port.objects.filter(tenant_id=tenant_id, name__in=names, retiring_at=None)
    return tuple(rows.values_list("id", flat=True))


def _uncreate_rule(actor: Actor, change: Change) -> Change:
    return rules.delete(actor, change.subject_id)


def _undelete_rule(actor: Actor, change: Change) -> Change:
    before, after = _place(change)
    return rules.create(actor, as_input(change.before), before=before, after=after)


def _restore_rule(actor: Actor, change: Change) -> Change:
    fields = _changed(change)
    if "after" in fields:
        before, after = _place(change)
        return rules.move(actor, change.subject_id, before=before, after=after)
    for side in ("source", "destination"):
        if side in fields:
            fields[side] = tuple(fields[side])
    return rules.update(actor, change.subject_id, rules.RulePatch(**fields))  # type: ignore[typeddict-item]


def _restore_rules(actor: Actor, change: Change) -> Change:
    return rule_import.replace_all(actor, change.before["csv"])


def _place(change: Change) -> tuple[UUID | None, UUID | None]:
    """Before which rule or after which one the subject stood. Elsewhere it might mean another
    thing, so a place that is gone cannot be taken again."""
    others = Rule.objects.filter(tenant_id=change.tenant_id, retiring_at=None)
    others = others.exclude(id=change.subject_id)
    above = change.before["after"]
    if not above:
        top = others.order_by("rank").first()
        return (top.id if top else None), None
    rule = others.filter(name=above).first()
    if rule is None:
        raise Refusal(
            "rule-unknown", f"Rule {above}, behind which it stood, is not there any more."
        )
    return None, rule.id


def _uncreate_vip(actor: Actor, change: Change) -> Change:
    return vips.delete(actor, change.subject_id)


def _undelete_vip(actor: Actor, change: Change) -> Change:
    return vips.create(actor, vips.VipInput(**_vip_fields(change.tenant_id, change.before)))


def _restore_vip(actor: Actor, change: Change) -> Change:
    fields = _vip_fields(change.tenant_id, _changed(change))
    return vips.update(actor, change.subject_id, vips.VipPatch(**fields))  # type: ignore[typeddict-item]


def _vip_fields(tenant_id: UUID, snapshot: Snapshot) -> Snapshot:
    """A snapshot names machines and the group, which a service takes by id. Machines that are gone
    stay away; without the group it would be another VIP."""
    fields = dict(snapshot)
    if "ports" in fields:
        fields["ports"] = tuple(vips.VipPortInput(**port) for port in fields["ports"])
    if "members" in fields:
        fields["members"] = _machines(tenant_id, fields["members"])
    if name := fields.get("group"):
        group = Group.objects.filter(tenant_id=tenant_id, name=name, retiring_at=None).first()
        if group is None:
            raise Refusal("group-unknown", f"Its group {name} is not there any more.")
        fields["group"] = group.id
    elif "group" in fields:
        fields["group"] = None
    return fields


INVERSES: Mapping[tuple[str, str], Inverse] = {
    (Network.audit_type, Change.Verb.CREATE): _uncreate_network,
    (Network.audit_type, Change.Verb.UPDATE): _restore_network,
    (Network.audit_type, Change.Verb.DELETE): _undelete_network,
    (Port.audit_type, Change.Verb.CREATE): _uncreate_port,
    (Port.audit_type, Change.Verb.UPDATE): _restore_port,
    (Port.audit_type, Change.Verb.DELETE): _undelete_port,
    (Rule.audit_type, Change.Verb.CREATE): _uncreate_rule,
    (Rule.audit_type, Change.Verb.UPDATE): _restore_rule,
    (Rule.audit_type, Change.Verb.DELETE): _undelete_rule,
    (rule_import.SUBJECT, Change.Verb.UPDATE): _restore_rules,
    (Vip.audit_type, Change.Verb.CREATE): _uncreate_vip,
    (Vip.audit_type, Change.Verb.UPDATE): _restore_vip,
    (Vip.audit_type, Change.Verb.DELETE): _undelete_vip,
    (Group.audit_type, Change.Verb.CREATE): _uncreate_group,
    (Group.audit_type, Change.Verb.UPDATE): _restore_group,
    (Group.audit_type, Change.Verb.DELETE): _undelete_group,
}
"""What takes an act back. Sites and attachments are the provider's."""
