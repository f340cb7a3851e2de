"""Previews, confirmations and reverts of changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from networking.models import Change, Network, Port, Site
from networking.planning import Json
from networking.selectors.base import Missing, one
from networking.services import networks, ports
from networking.services.accept import Snapshot, writing
from networking.services.guards import writer_of
from portal.lib.errors import Refusal
from tenants.access import Actor


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would do. `generation` is the tenant's intent version that it was foreseen on:
    hand it to `confirm`. `plan` is as in `Change.plan`."""

    generation: int
    verb: str
    subject_type: str
    subject_name: str
    summary: str
    before: Snapshot
    after: Snapshot
    plan: Json
    warnings: tuple[str, ...]


class _RolledBackError(Exception):
    """Ends a preview's transaction."""


def preview(act: Callable[[], Change]) -> Preview:
    """Run the real service and take it all back: rows, audit event, tasks. No device is asked.

    Raises the Refusal that the service raises.
    """
    change: Change | None = None
    try:
        with transaction.atomic():
            change = act()
            raise _RolledBackError
    except _RolledBackError:
        assert change is not None
    return Preview(
        generation=change.generation - 1,
        verb=change.verb,
        subject_type=change.subject_type,
        subject_name=change.subject_name,
        summary=change.summary,
        before=change.before,
        after=change.after,
        plan=change.plan,
        warnings=tuple(change.warnings),
    )


def confirm(actor: Actor, generation: int, act: Callable[[], Change]) -> Change:
    """Carry out an act that was previewed on this generation.

    Raises Refusal when the tenant's intent has moved on since: the plan may not be true any more.
    """
    with writing(actor, writer_of(actor)) as draft:
        if draft.generation.number != generation:
            raise Refusal(
                "stale-plan",
                "Something of yours was changed since this plan was made. Look at the new plan "
                "and confirm that one.",
                status=412,
            )
        return act()


def revert(actor: Actor, change_id: UUID) -> Change:
    """Do the opposite of a change: what it made goes, what it changed is put back, what it
    deleted is made again. Raises Refusal with the reason when that cannot be.
    """
    tenant_id = writer_of(actor)
    with writing(actor, tenant_id):
        change = one(Change.objects.filter(tenant_id=tenant_id), change_id, "change")
        inverse = INVERSES.get((change.subject_type, change.verb))
        if inverse is None:
            raise Refusal(
                "not-revertible",
                f"Only your provider can take this back: {change.summary}.",
                status=409,
            )
        try:
            made = inverse(actor, change)
        except Refusal as refusal:
            raise _cannot(change, refusal) from refusal
        made.reverts = change
        made.summary = f"Revert: {change.summary}"[:255]
        made.save(update_fields=["reverts", "summary"])
        return made


def _cannot(change: Change, refusal: Refusal) -> Refusal:
    if isinstance(refusal, Missing):
        reason = f"{change.subject_name} is not there any more."
    else:
        reason = refusal.message
    return Refusal(refusal.code, f"This change cannot be taken back. {reason}", status=409)


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


Inverse = Callable[[Actor, Change], Change]
INVERSES: Mapping[tuple[str, str], Inverse] = {
    (Network.audit_type, Change.Verb.CREATE): _uncreate_network,
    (Network.audit_type, Change.Verb.UPDATE): _restore_network,
    (Network.audit_type, Change.Verb.DELETE): _undelete_network,
    (Port.audit_type, Change.Verb.CREATE): _uncreate_port,
    (Port.audit_type, Change.Verb.UPDATE): _restore_port,
    (Port.audit_type, Change.Verb.DELETE): _undelete_port,
}
"""What takes an act back. Sites and attachments are the provider's."""
