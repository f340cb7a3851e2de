"""Who signed in, and who tried: written in the audit trail."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from portal.lib.db import DatabaseRole, acting_as
from portal.lib.logs import current_request_id
from tenants import audit
from tenants.access import Actor
from tenants.models import Person
from tenants.selectors import memberships_of

# People mistype themselves into this field, passwords included.
NO_ADDRESS = "not an e-mail address"


@dataclass(frozen=True, slots=True)
class Somebody:
    """The author of an act whom nobody knows yet."""

    kind: str = "anonymous"
    id: UUID | None = None
    label: str = "Somebody"
    tenant: None = None
    acting_reason: str = ""
    request_id: str = ""


def signed_in(person: Person, address: str) -> None:
    """`person` signed in from `address`."""
    actor = Actor("person", person.id, person.label, request_id=current_request_id())
    _record(actor, "person.sign_in", person, person.email, address)


def signed_out(person: Person, address: str) -> None:
    """`person` signed out."""
    actor = Actor("person", person.id, person.label, request_id=current_request_id())
    _record(actor, "person.sign_out", person, person.email, address)


def refused(email: str, address: str) -> None:
    """Somebody gave this e-mail address with a wrong password, or one that nobody has."""
    with acting_as(DatabaseRole.IDENTITY):
        person = Person.objects.filter(email=email.strip().lower()).first()
    author = Somebody(request_id=current_request_id())
    _record(author, "person.sign_in_refused", person, _shown(email), address)


def _record(
    author: audit.Author, verb: str, person: Person | None, email: str, address: str
) -> None:
    """One event in the trail of each of the person's customers, or in the provider's alone."""
    with acting_as(DatabaseRole.IDENTITY):
        rows = memberships_of(person.id) if person else ()
        tenants: list[UUID | None] = [row.tenant.id for row in rows]
    with acting_as(DatabaseRole.WORKER):
        for tenant_id in tenants or [None]:
            audit.record(
                author,
                verb,
                subject_type="person",
                subject_id=person.id if person else None,
                subject_name=email,
                tenant_id=tenant_id,
                detail={"address": address},
            )


def _shown(email: str) -> str:
    try:
        validate_email(email.strip())
    except ValidationError:
        return NO_ADDRESS
    return email.strip().lower()[:300]
