"""People come in by invitation."""

from dataclasses import dataclass
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from portal.lib import db
from portal.lib.db import DatabaseRole
from portal.lib.errors import Refusal
from tenants.access import SYSTEM, Actor, TenantRef
from tenants.audit import record
from tenants.models import Membership, Person, Role, StaffRole


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new membership. ``link`` sets the password, for whoever invites to hand over; empty for
    someone who has one already, or whom others count on, too: the mail alone has it then."""

    membership_id: UUID
    person_id: UUID
    email: str
    link: str


def invite(actor: Actor, tenant: TenantRef, *, email: str, name: str, role: str) -> Invitation:
    """Make someone a member of ``tenant`` and write to them, once the transaction commits.

    Someone unknown so far gets a link to set a password; someone known keeps name and password.
    """
    email = _clean_email(email)
    if role not in Role.values:
        raise Refusal("unknown-role", f"There is no role {role!r}.", field="role")
    person, link = _known_or_new(email, name.strip())
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                tenant_id=tenant.id, person_id=person.id, role=role
            )
    except IntegrityError as error:
        raise Refusal(
            "already-member",
            f"{email} is a member of {tenant.name} already. Change the role in the list instead.",
            field="email",
            status=409,
        ) from error
    record(
        actor,
        "person.invite",
        subject_type="membership",
        subject_id=membership.id,
        subject_name=email,
        tenant_id=tenant.id,
        detail={"role": role},
    )
    transaction.on_commit(lambda: _write(email, tenant.name, actor.label, link), robust=True)
    shown = "" if link and _known_elsewhere(person, tenant) else link
    return Invitation(membership.id, person.id, email, shown)


def admit_staff(email: str, *, name: str, role: str) -> tuple[UUID, str]:
    """Make someone one of the provider's people, or give them another role; "" takes it away.

    Their id, and the link that sets the password, empty for someone who has one. It is for whoever
    runs the installation: nobody who signs in may do it. Raises Refusal.
    """
    email = _clean_email(email)
    if role not in StaffRole.values:
        known = ", ".join(value for value in StaffRole.values if value)
        raise Refusal("unknown-role", f"There is no role {role!r}. Use one of: {known}.")
    person, link = _known_or_new(email, name.strip())
    with db.acting_as(DatabaseRole.IDENTITY):
        Person.objects.filter(pk=person.pk).update(staff_role=role)
    with db.acting_as(DatabaseRole.WORKER):
        record(
            SYSTEM,
            "staff.role",
            subject_type="person",
            subject_id=person.pk,
            subject_name=email,
            detail={"role": role or "none"},
        )
    return person.pk, link


def _clean_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refusal(
            "invalid-email", "Enter an e-mail address such as ada@example.org.", field="email"
        ) from error
    return email


def _known_or_new(email: str, name: str) -> tuple[Person, str]:
    """The person with this e-mail, and the link if no password was set yet."""
    with db.acting_as(DatabaseRole.IDENTITY):
        # Two may be invited at once: the later one finds whom the first one made.
        person, _ = Person.objects.get_or_create(
            email=email, defaults={"name": name[:100], "password": make_password(None)}
        )
        if person.has_usable_password():
            return person, ""
        key = default_token_generator.make_token(person)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(person), "key": key},
    )
    return person, settings.PUBLIC_URL + path


def _known_elsewhere(person: Person, tenant: TenantRef) -> bool:
    """Whether someone who has no password yet is of the provider, or another customer's: whoever
    had the link could enter there."""
    with db.acting_as(DatabaseRole.IDENTITY):
        others = Membership.objects.filter(person_id=person.pk).exclude(tenant_id=tenant.id)
        return bool(person.staff_role) or others.exists()


def _write(email: str, tenant: str, inviter: str, link: str) -> None:
    context = {"tenant": tenant, "inviter": inviter, "link": link, "home": settings.PUBLIC_URL}
    send_mail(
        f"You were added to {tenant} in Demarc",
        render_to_string("tenants/email/invitation.txt", context),
        None,
        [email],
    )
