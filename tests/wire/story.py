"""One portal for all tests of a module: rows that stay, in real transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lab import Lab
from networking.models import Attachment, Network, Port, Site
from networking.services import networks, onboarding, ports, sites
from portal.lib.db import DatabaseRole, acting_as
from tenants.access import acting_as as acting_as_actor
from tests.conftest import empty_database
from tests.lab.byhand import eventually
from tests.wire.portal import Customer, Provider, onboard, register, settle
from tests.world import make_world


@dataclass(frozen=True)
class Story:
    """Acme on c01 (acme-berlin, acme-munich) and Globex on c02 (globex-oslo)."""

    lab: Lab
    provider: Provider
    acme: Customer
    globex: Customer


@contextmanager
def told(lab: Lab, django_db_blocker: Any) -> Iterator[Story]:
    """Onboard both customers; at the end take everything from the devices, then the rows."""
    with django_db_blocker.unblock():
        empty_database()
        try:
            provider = register(lab, make_world())
            acme = onboard(provider, "acme", "c01")
            globex = onboard(provider, "globex", "c02")
            settle()
            for site in ("acme-berlin", "acme-munich", "globex-oslo"):
                eventually(lambda s=site: provider.session(s) == "Established", within=30)
            yield Story(lab, provider, acme, globex)
            for customer in (acme, globex):
                clear(customer)
            eventually(lambda: not lab.machines())
        finally:
            empty_database()


def clear(customer: Customer) -> None:
    """Delete all that the customer made and was given: its way out would answer for the address
    of the next customer on the same attachment."""
    for service, model in ((ports.delete, Port), (networks.delete, Network)):
        for pk in ids(customer, model):
            customer.act(service, pk)
        settle()
    staff = customer.provider.world.staff_actor("operator")
    with acting_as_actor(staff):
        for pk in ids(customer, Site):
            sites.delete(staff, pk)
    settle()
    with acting_as_actor(staff):
        for pk in ids(customer, Attachment):
            onboarding.release_attachment(staff, customer.actor.tenant.id, pk)
    settle()


def ids(customer: Customer, model: Any) -> list[Any]:
    """The primary keys of the customer's rows."""
    with acting_as(DatabaseRole.WORKER):
        return list(
            model.objects.filter(tenant=customer.actor.tenant.id).values_list("pk", flat=True)
        )
