"""What the tests of the provider's pages and API do again and again."""

from typing import Any

from networking.models import Attachment, Change, Site
from portal.lib.db import DatabaseRole, acting_as
from tenants.models import AuditEvent, Membership, Person, Tenant

NEW = "/msp/customers/new"


def whole_form(attachment: Attachment, /, **fields: str) -> dict[str, str]:
    """An onboarding form that nothing is wrong with, but for what the test says."""
    number = attachment.vlan - 100
    return {
        "name": "Initech",
        "slug": "",
        "prefixes": "10.1.0.0/16\nfd10:1::/48",
        "attachment": str(attachment.id),
        "site_name": "Hamburg",
        "site_asn": "65301",
        "site_neighbour_ipv4": f"172.31.{number}.2",
        "site_neighbour_ipv6": "",
        "site_accepted_prefixes": "10.210.1.0/24",
        "site_max_prefixes": "50",
        "admin_email": "bill@initech.example",
        "admin_name": "Bill",
    } | fields


def counts() -> dict[str, int]:
    """How many rows there are of all that onboarding writes."""
    with acting_as(DatabaseRole.WORKER):
        found: dict[str, int] = {
            model.__name__: model.objects.count()
            for model in (Tenant, Membership, AuditEvent, Change, Site)
        }
        found["claimed"] = Attachment.objects.filter(tenant__isnull=False).count()
    with acting_as(DatabaseRole.IDENTITY):
        found["people"] = Person.objects.count()
    return found


def errors_of(response: Any) -> dict[str, str]:
    """The form's errors by field, as the page shows them."""
    return {name: " ".join(found) for name, found in response.context["form"].errors.items()}
