"""What a customer gets before its first network: address space and a way out."""

from uuid import UUID

from django.utils import timezone

from networking.compiler import NONE, Focus
from networking.models import AllowedPrefix, Attachment, Change, Fabric, Network, Scope, Site, Vip
from networking.planning.addresses import overlap, within
from networking.selectors.base import Missing, one
from networking.selectors.prefixes import provider_prefixes
from networking.services.accept import fabric_scope, router_scope, writing
from networking.services.act import Act, Snapshot
from networking.services.constraints import guarded
from networking.services.guards import require
from networking.services.handover import check_clean, check_left
from networking.services.prefixes import check_usable, read_prefix
from portal.lib.errors import Refusal
from tenants import audit
from tenants.access import Actor, Capability

# The compiler leaves single machines out: a way out is the same for all of them.
WAYS_OUT = Focus(ports=NONE, groups=NONE, rules=NONE, vips=NONE, members=NONE)


def claim_attachment(actor: Actor, tenant_id: UUID, attachment_id: UUID) -> Change:
    """Give a customer a spare attachment: its way out of a region. Raises Refusal."""
    require(actor, Capability.CUSTOMERS_WRITE)
    with writing(actor, tenant_id) as draft:
        attachment = _locked(attachment_id)
        _check_spare(attachment)
        _check_fits(tenant_id, attachment)
        scopes = _scopes(tenant_id, attachment)
        draft.watch(scopes, WAYS_OUT)
        attachment.tenant_id = tenant_id
        attachment.claimed_at = timezone.now()
        with guarded():
            attachment.save(update_fields=["tenant", "claimed_at"])
        summary = f"Attach to {attachment.router.name} by {attachment.name}"
        return draft.accept(Act.create(attachment, summary, snapshot(attachment)))


def release_attachment(actor: Actor, tenant_id: UUID, attachment_id: UUID) -> Change:
    """Take a customer's attachment back; its sites must be gone. Raises Refusal."""
    require(actor, Capability.CUSTOMERS_WRITE)
    with writing(actor, tenant_id) as draft:
        attachment = _locked(attachment_id)
        if attachment.tenant_id != tenant_id:
            raise Missing(Attachment.audit_type)
        sites = Site.objects.filter(attachment=attachment).order_by("name")
        if names := ", ".join(sites.values_list("name", flat=True)):
            raise Refusal(
                "attachment-in-use",
                f"{attachment.name} still leads to {names}. Delete those sites first.",
                status=409,
            )
        draft.watch(_scopes(tenant_id, attachment), WAYS_OUT)
        before = snapshot(attachment)
        attachment.tenant = None
        attachment.claimed_at = None
        attachment.save(update_fields=["tenant", "claimed_at"])
        summary = f"Release {attachment.name} on {attachment.router.name}"
        return draft.accept(Act.delete(attachment, summary, before))


def allow_prefix(
    actor: Actor,
    tenant_id: UUID,
    prefix: str,
    purpose: str = AllowedPrefix.Purpose.NETWORKS,
) -> AllowedPrefix:
    """Let a customer make networks of a prefix, or take its addresses for VIPs; another customer
    may have the same. No device has to do anything, so there is no change. Raises Refusal."""
    require(actor, Capability.CUSTOMERS_WRITE)
    wanted = read_prefix(prefix, None, "prefix")
    check_usable(wanted, "prefix")
    if purpose not in AllowedPrefix.Purpose.values:
        known = ", ".join(AllowedPrefix.Purpose.values)
        raise Refusal(
            "purpose-unknown", f"{purpose!r} is no purpose. Use one of: {known}.", field="purpose"
        )
    with writing(actor, tenant_id), guarded():
        for row in AllowedPrefix.objects.filter(tenant_id=tenant_id):
            if overlap(row.prefix, wanted):
                raise Refusal(
                    "prefix-overlap",
                    f"{wanted} overlaps {row.prefix}, which the customer may use already.",
                    field="prefix",
                )
        allowed = AllowedPrefix.objects.create(tenant_id=tenant_id, prefix=wanted, purpose=purpose)
        _record(actor, "allowed_prefix.create", allowed)
        return allowed


def remove_prefix(actor: Actor, tenant_id: UUID, allowed_prefix_id: UUID) -> None:
    """Take a prefix back from which the customer has no network and no VIP. Raises Refusal."""
    require(actor, Capability.CUSTOMERS_WRITE)
    with writing(actor, tenant_id):
        allowed = one(
            AllowedPrefix.objects.filter(tenant_id=tenant_id), allowed_prefix_id, "prefix"
        )
        users = [
            network.name
            for network in Network.objects.filter(tenant_id=tenant_id).order_by("name")
            if any(within(prefix, allowed.prefix) for prefix in network.prefixes)
        ]
        users += [
            f"VIP {vip.name}"
            for vip in Vip.objects.filter(tenant_id=tenant_id).order_by("name")
            if any(one and one in allowed.prefix for one in (vip.ipv4_address, vip.ipv6_address))
        ]
        if users:
            raise Refusal(
                "prefix-in-use",
                f"{allowed.prefix} is used by {', '.join(users)}. Delete those first.",
                status=409,
            )
        _record(actor, "allowed_prefix.delete", allowed)
        allowed.delete()


def snapshot(attachment: Attachment) -> Snapshot:
    """What a change keeps of an attachment."""
    return {
        "name": attachment.name,
        "router": attachment.router.name,
        "fabric": attachment.fabric.name,
        "vrf": attachment.vrf,
        "vlan": attachment.vlan,
    }


def _locked(attachment_id: UUID) -> Attachment:
    """The row, locked: two customers may be onboarded at once."""
    rows = Attachment.objects.select_related("router", "fabric__region")
    return one(rows.select_for_update(of=("self",)), attachment_id, Attachment.audit_type)


def _check_spare(attachment: Attachment) -> None:
    """Neither another's nor still holding what another had: a device may not be asked to serve
    two customers in one VRF."""
    if attachment.tenant_id is not None:
        raise Refusal(
            "attachment-claimed",
            f"{attachment.name} belongs to a customer already. Choose a spare one.",
            field="attachment",
        )
    check_clean(attachment)


def _check_fits(tenant_id: UUID, attachment: Attachment) -> None:
    """One way out a region, which meets none of the customer's own prefixes."""
    region = attachment.fabric.region
    other = Attachment.objects.filter(tenant_id=tenant_id, fabric__region=region).first()
    if other is not None:
        raise Refusal(
            "attachment-claimed",
            f"The customer is attached in {region.name} already, by {other.name}.",
            field="attachment",
        )
    held = {
        f"network {network.name}": network.prefixes
        for network in Network.objects.filter(tenant_id=tenant_id)
    }
    for taken in provider_prefixes(attachment):
        for holder, prefixes in held.items():
            if any(overlap(taken.prefix, prefix) for prefix in prefixes):
                raise Refusal(
                    "prefix-overlap",
                    f"{taken.holder} ({taken.prefix}) overlaps {holder}. Choose another.",
                    field="attachment",
                )


def _scopes(tenant_id: UUID, attachment: Attachment) -> list[Scope]:
    """The customer's scopes on both ends, and where its networks come from or go to.

    A VRF that another customer had is no longer theirs.
    """
    Scope.objects.filter(router=attachment.router, vrf=attachment.vrf).exclude(
        tenant_id=tenant_id
    ).update(vrf="")
    router = router_scope(tenant_id, attachment.router, attachment.vrf)
    if router.vrf != attachment.vrf:
        check_left(router, attachment)
        router.vrf = attachment.vrf
        router.save(update_fields=["vrf"])
    # Where networks are while there is no way out (`networking.compiler.fabric_of`).
    first = Fabric.objects.filter(region=attachment.fabric.region).earliest("name")
    fabrics = dict.fromkeys((attachment.fabric, first))
    return [*(fabric_scope(tenant_id, fabric) for fabric in fabrics), router]


def _record(actor: Actor, verb: str, allowed: AllowedPrefix) -> None:
    audit.record(
        actor,
        verb,
        subject_type="allowed_prefix",
        subject_id=allowed.id,
        subject_name=str(allowed.prefix),
        tenant_id=allowed.tenant_id,
    )
