"""What the provider does with customers as such."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.lib.errors import Refusal
from tenants.access import Actor, TenantRef
from tenants.audit import record
from tenants.models import Tenant, TenantState

RESERVED_SLUGS = {"new", "msp", "api", "demarc"}


def create(actor: Actor, *, slug: str, name: str) -> TenantRef:
    """A new, active customer. ``slug`` stands in its addresses and never changes."""
    slug, name = slug.strip(), name.strip()
    tenant = Tenant(slug=slug, name=name)
    try:
        tenant.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refusal("invalid", messages[0], field=field) from error
    taken = Refusal(
        "slug-taken", f"Another customer has the address {slug}. Choose another.", field="slug"
    )
    if slug in RESERVED_SLUGS:
        raise taken
    try:
        with transaction.atomic():
            tenant.save(force_insert=True)
    except IntegrityError as error:
        raise taken from error
    _record(actor, "tenant.create", tenant)
    return TenantRef(tenant.id, tenant.slug, tenant.name)


def rename(actor: Actor, ref: TenantRef, *, name: str) -> TenantRef:
    """Another name for people to read; addresses stay."""
    name = name.strip()
    if not name or len(name) > 100:
        raise Refusal("invalid", "Give a name of 1 to 100 characters.", field="name")
    tenant = Tenant.objects.select_for_update().get(id=ref.id)
    was, tenant.name = tenant.name, name
    tenant.save(update_fields=["name"])
    _record(actor, "tenant.rename", tenant, {"was": was})
    return TenantRef(tenant.id, tenant.slug, tenant.name)


def set_state(actor: Actor, ref: TenantRef, *, state: TenantState) -> None:
    """Suspend a customer, take it back, or begin to close it."""
    tenant = Tenant.objects.select_for_update().get(id=ref.id)
    was, tenant.state = tenant.state, state
    tenant.save(update_fields=["state"])
    _record(actor, "tenant.state", tenant, {"was": was, "is": str(state)})


def _record(actor: Actor, verb: str, tenant: Tenant, detail: dict[str, str] | None = None) -> None:
    record(
        actor,
        verb,
        subject_type="tenant",
        subject_id=tenant.id,
        subject_name=tenant.name,
        tenant_id=tenant.id,
        detail=detail,
    )
