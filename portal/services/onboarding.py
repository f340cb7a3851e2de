"""A new customer, whole or not at all: its plan, its address space, its way out, its site, its
admin."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from billing.services import subscriptions
from networking.services import onboarding, sites
from networking.services.guards import require
from networking.services.site_fields import DEFAULT_MAX_PREFIXES
from portal.lib.errors import Refusal
from tenants.access import Actor, Capability, TenantRef
from tenants.models import Role
from tenants.services import people, tenants
from tenants.services.people import Invitation

SLUG_LONGEST = 40
FOR_VIPS = "vips"


@dataclass(frozen=True, slots=True)
class FirstSite:
    """The customer's first site; fields as in `SiteInput`. It is on the claimed attachment."""

    name: str
    asn: int
    neighbour_ipv4: str
    neighbour_ipv6: str = ""
    accepted_prefixes: tuple[str, ...] = ()
    max_prefixes: int = DEFAULT_MAX_PREFIXES


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """Whoever enters first, and adds the others."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class OnboardingInput:
    """What is said of a new customer. Without `slug` the name makes it; attachment, site and admin
    may come later."""

    name: str
    slug: str = ""
    prefixes: tuple[str, ...] = ()
    vip_prefixes: tuple[str, ...] = ()
    attachment: UUID | None = None
    site: FirstSite | None = None
    admin: FirstAdmin | None = None


@dataclass(frozen=True, slots=True)
class Onboarded:
    """What came of it. `changes` are the ids of those that devices have to carry out;
    `invitation` holds the admin's link, which is nowhere else."""

    tenant: TenantRef
    changes: tuple[UUID, ...]
    invitation: Invitation | None


class _RolledBackError(Exception):
    """Ends a preview's transaction."""


def onboard(actor: Actor, wanted: OnboardingInput) -> Onboarded:
    """Do it all in one transaction. Raises Refusal, with a field of `OnboardingInput` such as
    "site.asn"; then nothing was written."""
    require(actor, Capability.CUSTOMERS_WRITE)
    with transaction.atomic():
        tenant = tenants.create(actor, slug=wanted.slug or slug_of(wanted.name), name=wanted.name)
        subscriptions.subscribe_new(actor, tenant.id)
        with _told_at("prefixes"):
            for prefix in wanted.prefixes:
                onboarding.allow_prefix(actor, tenant.id, prefix)
        with _told_at("vip_prefixes"):
            for prefix in wanted.vip_prefixes:
                onboarding.allow_prefix(actor, tenant.id, prefix, FOR_VIPS)
        changes = _connect(actor, tenant, wanted)
        return Onboarded(tenant, changes, _invite(actor, tenant, wanted.admin))


def check(actor: Actor, wanted: OnboardingInput) -> None:
    """Onboard and take it all back: no row, no mail. Raises the Refusal of `onboard`."""
    try:
        with transaction.atomic():
            onboard(actor, wanted)
            raise _RolledBackError
    except _RolledBackError:
        pass


def slug_of(name: str) -> str:
    """The name as it can stand in addresses; one that begins with a digit is refused later."""
    return slugify(name)[:SLUG_LONGEST].strip("-")


def _connect(actor: Actor, tenant: TenantRef, wanted: OnboardingInput) -> tuple[UUID, ...]:
    if wanted.attachment is None:
        if wanted.site is not None:
            raise Refusal(
                "attachment-needed",
                "A site is reached by an attachment. Choose one, or leave the site out for now.",
                field="attachment",
            )
        return ()
    with _told_at("attachment"):
        claimed = onboarding.claim_attachment(actor, tenant.id, wanted.attachment)
    if wanted.site is None:
        return (claimed.id,)
    with _told_at("site", inside=True):
        made = sites.create(actor, tenant.id, _site_input(wanted.attachment, wanted.site))
    return claimed.id, made.id


def _site_input(attachment: UUID, site: FirstSite) -> sites.SiteInput:
    return sites.SiteInput(
        name=site.name,
        attachment=attachment,
        asn=site.asn,
        neighbour_ipv4=site.neighbour_ipv4,
        neighbour_ipv6=site.neighbour_ipv6,
        accepted_prefixes=site.accepted_prefixes,
        max_prefixes=site.max_prefixes,
    )


def _invite(actor: Actor, tenant: TenantRef, admin: FirstAdmin | None) -> Invitation | None:
    if admin is None:
        return None
    with _told_at("admin", inside=True):
        return people.invite(actor, tenant, email=admin.email, name=admin.name, role=Role.ADMIN)


@contextmanager
def _told_at(part: str, *, inside: bool = False) -> Iterator[None]:
    """Name the part of the input that a refusal is about; with `inside` also its field there."""
    try:
        yield
    except Refusal as refusal:
        field = f"{part}.{refusal.field}" if inside and refusal.field else part
        raise Refusal(
            refusal.code, refusal.message, field=field, status=refusal.status
        ) from refusal
