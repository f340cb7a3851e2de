"""The world that tests run in: two customers who share nothing, and the provider's people."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from rest_framework.test import APIClient

from portal.lib.db import DatabaseRole, acting_as
from tenants.access import Actor
from tenants.models import Person, Role, StaffRole, Tenant
from tests.factories.tenants import (
    Token,
    make_membership,
    make_person,
    make_tenant,
    make_token,
    ref,
)


@dataclass(frozen=True)
class World:
    """Acme and Globex, each with a person and a token of every role; an operator and finance."""

    acme: Tenant
    globex: Tenant
    people: dict[tuple[str, str], Person]
    tokens: dict[tuple[str, str], Token]
    staff: dict[str, Person]
    clients: dict[Any, Client] = field(default_factory=dict)

    def tenant(self, slug: str) -> Tenant:
        """``acme`` or ``globex``."""
        tenant: Tenant = getattr(self, slug)
        return tenant

    def person(self, tenant: str, role: str) -> Person:
        """The person with this role in this tenant."""
        return self.people[tenant, role]

    def client(self, tenant: str, role: str) -> Client:
        """A browser in which that person is signed in."""
        return self.signed_in(self.people[tenant, role])

    def staff_client(self, staff_role: str) -> Client:
        """A browser in which someone of the provider is signed in."""
        return self.signed_in(self.staff[staff_role])

    def api(self, tenant: str, role: str) -> APIClient:
        """A program with a token of that tenant and role; it sends JSON."""
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.tokens[tenant, role].secret}")
        return client

    def actor(self, tenant: str, role: str) -> Actor:
        """That person as an actor, for calls of services and selectors."""
        person = self.people[tenant, role]
        return Actor("person", person.id, person.label, ref(self.tenant(tenant)), role)

    def staff_actor(self, staff_role: str, acting_for: str = "") -> Actor:
        """Someone of the provider as an actor, on request acting for a tenant."""
        person = self.staff[staff_role]
        if not acting_for:
            return Actor("person", person.id, person.label, staff_role=staff_role)
        tenant = ref(self.tenant(acting_for))
        reason = "ticket 17"
        return Actor("person", person.id, person.label, tenant, "admin", staff_role, reason)

    def signed_in(self, person: Person) -> Client:
        """A browser in which ``person`` is signed in; the same one each time."""
        if person.id not in self.clients:
            client = Client()
            with acting_as(DatabaseRole.IDENTITY):
                client.force_login(person)
            self.clients[person.id] = client
        return self.clients[person.id]


def make_world() -> World:
    """Fill an empty database."""
    tenants = {slug: make_tenant(slug) for slug in ("acme", "globex")}
    people, tokens = {}, {}
    for slug, tenant in tenants.items():
        for role in Role.values:
            person = make_person(f"{role}@{slug}.example", name=f"{role.title()} of {tenant.name}")
            make_membership(tenant, person, role)
            people[slug, role] = person
            tokens[slug, role] = make_token(tenant, role)
    staff = {
        role: make_person(f"{role}@provider.example", name=role.title(), staff_role=role)
        for role in StaffRole.values
        if role
    }
    return World(tenants["acme"], tenants["globex"], people, tokens, staff)
