"""Sites: create, update, delete. They belong to onboarding, so the provider alone does this."""

from dataclasses import replace
from uuid import UUID

from networking.compiler import NONE, Focus
from networking.models import Attachment, Change, RuleTerm, Site
from networking.selectors.base import one
from networking.services.accept import Draft, router_scope, with_fabrics, writing
from networking.services.act import Act, Snapshot, mark_retiring
from networking.services.constraints import guarded
from networking.services.guards import check_version, require
from networking.services.site_fields import SiteInput, SitePatch, fill
from networking.services.wording import summary_of
from portal.lib.errors import Refusal
from portal.lib.ids import uuid7
from tenants.access import Actor, Capability

__all__ = ["SiteInput", "SitePatch", "create", "delete", "snapshot", "update"]

RULES_NAMED = 5  # how many rules a refusal names


def create(actor: Actor, tenant_id: UUID, wanted: SiteInput) -> Change:
    """A new site of a customer, on an attachment that it has. Raises Refusal."""
    require(actor, Capability.CUSTOMERS_WRITE)
    with writing(actor, tenant_id) as draft:
        site = Site(
            id=uuid7(),
            tenant_id=tenant_id,
            attachment=_attachment(tenant_id, wanted.attachment),
        )
        fill(site, wanted)
        _watch(draft, site)
        with guarded():
            site.save(force_insert=True)
        return draft.accept(
            Act.create(site, f"Add site {site.name} (AS {site.asn})", snapshot(site))
        )


def update(actor: Actor, site_id: UUID, fields: SitePatch, *, expect: int | None = None) -> Change:
    """Change some fields of a site that is at version `expect`. Raises Refusal."""
    require(actor, Capability.CUSTOMERS_WRITE)
    with writing(actor, _tenant_of(site_id)) as draft:
        site = _get(site_id)
        check_version(site, expect)
        before = snapshot(site)
        fill(site, replace(_as_input(site), **fields))
        _watch(draft, site)
        site.version += 1
        with guarded():
            site.save()
        after = snapshot(site)
        summary = summary_of("site", site.name, before, after)
        return draft.accept(Act.update(site, summary, before, after))


def delete(actor: Actor, site_id: UUID, *, expect: int | None = None) -> Change:
    """Retire a site: its session ends and it learns nothing more. Raises Refusal."""
    require(actor, Capability.CUSTOMERS_WRITE)
    with writing(actor, _tenant_of(site_id)) as draft:
        site = _get(site_id)
        check_version(site, expect)
        _check_unnamed(site)
        _watch(draft, site)
        mark_retiring(site)
        return draft.accept(Act.delete(site, f"Delete site {site.name}", snapshot(site)))


def snapshot(site: Site) -> Snapshot:
    """The editable fields, as a change keeps them."""
    return {
        "name": site.name,
        "attachment": site.attachment.name,
        "asn": site.asn,
        "neighbour_ipv4": str(site.neighbour_ipv4),
        "neighbour_ipv6": str(site.neighbour_ipv6 or ""),
        "accepted_prefixes": [str(prefix) for prefix in site.accepted_prefixes],
        "max_prefixes": site.max_prefixes,
    }


def _as_input(site: Site) -> SiteInput:
    return SiteInput(
        name=site.name,
        attachment=site.attachment_id,
        asn=site.asn,
        neighbour_ipv4=str(site.neighbour_ipv4),
        neighbour_ipv6=str(site.neighbour_ipv6 or ""),
        accepted_prefixes=tuple(str(prefix) for prefix in site.accepted_prefixes),
        max_prefixes=site.max_prefixes,
    )


def _watch(draft: Draft, site: Site) -> None:
    """The site's router, and the fabrics, which know the sites that rules name. What it learns
    needs every network of the region."""
    attachment: Attachment = site.attachment
    scope = router_scope(site.tenant_id, attachment.router, attachment.vrf)
    focus = Focus(ports=NONE, groups=NONE, rules=NONE, vips=NONE, members=NONE)
    draft.watch(with_fabrics([scope], site.tenant_id), focus)


def _check_unnamed(site: Site) -> None:
    terms = RuleTerm.objects.filter(tenant_id=site.tenant_id, site=site, rule__retiring_at=None)
    names = terms.order_by("rule__name").values_list("rule__name", flat=True).distinct()
    if found := ", ".join(names[:RULES_NAMED]):
        raise Refusal(
            "site-in-use",
            f"Site {site.name} is named by rules: {found}. The customer has to change those first.",
            status=409,
        )


def _tenant_of(site_id: UUID) -> UUID:
    return one(Site.objects.all(), site_id, "site").tenant_id


def _get(site_id: UUID) -> Site:
    return one(Site.objects.select_related("attachment__router"), site_id, "site")


def _attachment(tenant_id: UUID, attachment_id: UUID) -> Attachment:
    rows = Attachment.objects.filter(tenant_id=tenant_id).select_related("router")
    attachment = rows.filter(id=attachment_id).first()
    if attachment is None:
        raise Refusal(
            "attachment-unknown",
            "The customer has no such attachment. Claim one for it first.",
            field="attachment",
        )
    return attachment
