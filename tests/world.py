"""The world that tests run in: two customers who share nothing, and the provider's people."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from rest_framework.test import APIClient

from portal.lib.db import DatabaseRole, acting_as
from tenants.access import Actor
from tenants.models import ApiToken, Membership, Person, Role, StaffRole, Tenant
from tenants.sessions import SessionStore
from tests.factories.tenants import Token, make_tenant, new_person, new_token, ref


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
            client.cookies[settings.SESSION_COOKIE_NAME] = session_of(person)
            self.clients[person.id] = client
        return self.clients[person.id]


def session_of(person: Person) -> str:
    """The key of a session as signing in leaves it, for a row instead of a dozen queries."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "tenants.identity.PersonBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save(must_create=True)
    return str(session.session_key)


def make_world() -> World:
    """Fill an empty database: people in one statement, memberships in one, tokens in one."""
    tenants = {slug: make_tenant(slug) for slug in ("acme", "globex")}
    places = [(slug, role) for slug in tenants for role in Role.values]
    people = {
        (slug, role): new_person(f"{role}@{slug}.example", f"{role.title()} of {slug.title()}")
        for slug, role in places
    }
    staff = {
        role: new_person(f"{role}@provider.example", role.title(), role)
        for role in StaffRole.values
        if role
    }
    made = {(slug, role): new_token(tenants[slug], role) for slug, role in places}
    with acting_as(DatabaseRole.IDENTITY):
        Person.objects.bulk_create([*people.values(), *staff.values()])
    with acting_as(DatabaseRole.WORKER):
        Membership.objects.bulk_create(
            Membership(tenant=tenants[slug], person=people[slug, role], role=role)
            for slug, role in places
        )
        ApiToken.objects.bulk_create(token for token, _ in made.values())
    tokens = {place: Token(token.id, secret) for place, (token, secret) in made.items()}
    return World(tenants["acme"], tenants["globex"], people, tokens, staff)
