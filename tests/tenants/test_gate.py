"""Default deny, and what the middleware does around a view."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.views.generic import View

from portal.lib.db import DatabaseRole, entered
from portal.lib.ids import uuid7
from tenants import gate
from tenants.access import SYSTEM, Actor, Capability, TenantRef, acting_as
from tenants.audit import record
from tenants.gate import Verdict, verdict
from tenants.middleware import ActorMiddleware
from tenants.models import AuditEvent

ACME = TenantRef(uuid7(), "acme", "Acme")
READER = Actor("person", uuid7(), "Ada", ACME, "read_only")
ADMIN = Actor("person", uuid7(), "Eve", ACME, "admin")


class Silent(View):
    """Declares nothing."""


class Guarded(View):
    capability = Capability.PEOPLE_VIEW
    write_capability = Capability.PEOPLE_MANAGE


class Open(View):
    public = True


class Anyone(View):
    signed_in = True


@pytest.mark.parametrize(
    ("view", "method", "actor", "says"),
    [
        (Silent, "GET", None, Verdict.SIGN_IN),
        (Silent, "GET", ADMIN, Verdict.REFUSED),
        (Silent, "GET", Actor("person", uuid7(), "Op", staff_role="operator"), Verdict.REFUSED),
        (Guarded, "GET", None, Verdict.SIGN_IN),
        (Guarded, "GET", READER, Verdict.ENTER),
        (Guarded, "HEAD", READER, Verdict.ENTER),
        (Guarded, "POST", READER, Verdict.REFUSED),
        (Guarded, "DELETE", READER, Verdict.REFUSED),
        (Guarded, "BREW", READER, Verdict.REFUSED),
        (Guarded, "POST", ADMIN, Verdict.ENTER),
        (Open, "POST", None, Verdict.ENTER),
        (Anyone, "GET", None, Verdict.SIGN_IN),
        (Anyone, "GET", READER, Verdict.ENTER),
    ],
)
def test_verdicts(view, method, actor, says):
    assert verdict(view.as_view(), method, actor) is says


def test_a_view_function_that_declares_nothing_is_shut():
    assert verdict(lambda request: None, "GET", ADMIN) is Verdict.REFUSED


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/t/acme/", "acme"),
        ("/t/acme", "acme"),
        ("/api/v1/tenants/acme/people", "acme"),
        ("/msp/customers/acme/act", None),
        ("/accounts/login/", None),
        ("/about/t/acme/", None),
    ],
)
def test_which_addresses_name_a_tenant(path, slug):
    match = gate.TENANT_PATH.match(path)
    assert (match["slug"] if match else None) == slug


def through_middleware(world, respond, path="/t/acme/people/"):
    """A request of Acme's admin, answered by ``respond`` instead of a view."""
    request = RequestFactory().get(path)
    request.user = world.person("acme", "admin")
    request.session = {}
    return ActorMiddleware(respond)(request)


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (302, 1), (400, 0), (422, 0), (500, 0)])
def test_an_answer_of_400_or_more_writes_nothing(world, status, kept):
    def respond(request):
        record(request.actor, "x", subject_type="x", subject_id=None, subject_name="x")
        return HttpResponse(status=status)

    assert through_middleware(world, respond).status_code == status
    with acting_as(SYSTEM):
        assert AuditEvent.objects.count() == kept


def test_the_view_runs_in_the_actors_role(world):
    scopes = []

    def respond(request):
        scopes.append(entered())
        return HttpResponse()

    through_middleware(world, respond)
    through_middleware(world, respond, "/")
    assert [(s.role, s.tenant_id) for s in scopes] == [
        (DatabaseRole.TENANT, world.acme.id),
        (DatabaseRole.IDENTITY, None),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_stream_gives_its_connection_back(world, monkeypatch):
    closed = []
    connection = SimpleNamespace(in_atomic_block=False, close=lambda: closed.append(True))
    monkeypatch.setattr("tenants.middleware.connection", connection)
    through_middleware(world, lambda request: StreamingHttpResponse(iter([b""])))
    assert closed == [True]


def test_the_anonymous_are_in_the_identity_role(db):
    request = RequestFactory().get("/accounts/login/")
    request.user = AnonymousUser()
    seen = []

    def respond(request):
        seen.append(entered().role)
        return HttpResponse()

    ActorMiddleware(respond)(request)
    assert seen == [DatabaseRole.IDENTITY]
    assert request.actor is None


def test_a_token_counts_and_the_session_beside_it_does_not(world):
    browser = world.client("acme", "admin")
    secret = world.tokens["acme", "read_only"].secret
    answer = browser.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["kind"] == "token"
    wrong = browser.get("/api/v1/me", headers={"Authorization": "Bearer dmt_wrong"})
    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_opens_no_page(world):
    assert world.api("acme", "admin").get("/t/acme/people/").status_code == 302
    assert world.api("acme", "admin").get("/").url.startswith("/accounts/login/")
