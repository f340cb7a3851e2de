"""The demo's people and their sign-ins."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.hashers import check_password, make_password

from portal.lib import db
from portal.lib.db import DatabaseRole
from tenants.access import SYSTEM, TenantRef
from tenants.models import Person, Role, StaffRole
from tenants.selectors import memberships_of
from tenants.services import people

PASSWORD_BYTES = 12  # random ones, before they are written as text


@dataclass(frozen=True, slots=True)
class Someone:
    """Who signs in, and as what: a role in the customer `slug`, or one of the provider's."""

    who: str
    email: str
    name: str
    role: str
    slug: str = ""


EVERYBODY = (
    Someone("Acme, admin", "admin@acme.example", "Ada Acme", Role.ADMIN, "acme"),
    Someone("Acme, network", "network@acme.example", "Ned Acme", Role.NETWORK, "acme"),
    Someone("Acme, billing", "billing@acme.example", "Bea Acme", Role.BILLING, "acme"),
    Someone("Acme, read-only", "readonly@acme.example", "Rob Acme", Role.READ_ONLY, "acme"),
    Someone("Globex, admin", "admin@globex.example", "Gus Globex", Role.ADMIN, "globex"),
    Someone("Provider, operator", "operator@msp.example", "Olga Operator", StaffRole.OPERATOR),
    Someone("Provider, finance", "finance@msp.example", "Finn Finance", StaffRole.FINANCE),
)


def welcome(customers: Mapping[str, TenantRef], file: Path) -> list[dict[str, str]]:
    """Make them, or give them back the password that the file keeps; what was said of them comes
    back as the file's `sign_ins`. Only the account that runs this can read the file."""
    password = _kept_password(file) or secrets.token_urlsafe(PASSWORD_BYTES)
    ids = _sign_up(password)
    for someone in EVERYBODY:
        if someone.slug:
            _join(someone, ids[someone.email], customers[someone.slug])
    sign_ins = [{"who": one.who, "email": one.email, "password": password} for one in EVERYBODY]
    _write(file, {"sign_ins": sign_ins})
    return sign_ins


def _kept_password(file: Path) -> str:
    try:
        return str(json.loads(file.read_text())["sign_ins"][0]["password"])
    except (FileNotFoundError, ValueError, LookupError):
        return ""


def _sign_up(password: str) -> dict[str, object]:
    """Everybody's id by e-mail. The slow hash is made once for all of them."""
    with db.acting_as(DatabaseRole.IDENTITY):
        known = {one.email: one for one in Person.objects.filter(email__in=_emails())}
        encoded = next((one.password for one in known.values()), "")
        if not encoded or not check_password(password, encoded):
            encoded = make_password(password)
        for someone in EVERYBODY:
            person = known.get(someone.email) or Person(email=someone.email)
            if person.password != encoded:
                person.name, person.password = someone.name, encoded
                person.staff_role = "" if someone.slug else someone.role
                person.save()
            known[someone.email] = person
        return {email: person.id for email, person in known.items()}


def _emails() -> list[str]:
    return [someone.email for someone in EVERYBODY]


def _join(someone: Someone, person_id: object, tenant: TenantRef) -> None:
    with db.acting_as(DatabaseRole.IDENTITY):
        if any(row.tenant.id == tenant.id for row in memberships_of(person_id)):  # type: ignore[arg-type]
            return
    with db.acting_as(DatabaseRole.STAFF):
        people.invite(SYSTEM, tenant, email=someone.email, name=someone.name, role=someone.role)


def _write(file: Path, data: object) -> None:
    """Whole or not at all, and never readable by others."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(data, out, indent=1)
        out.write("\n")
    os.replace(fresh, file)
