"""The pages of people, tokens and the trail."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from tenants.access import SYSTEM, acting_as
from tenants.audit import record
from tenants.models import AuditEvent, Membership
from tests.factories.tenants import make_membership, make_person, make_token

PAGES = ["people", "tokens", "audit"]


@pytest.fixture
def admin(world):
    return world.client("acme", "admin")


@pytest.mark.parametrize("page", PAGES)
def test_queries_do_not_grow_with_rows(world, admin, page):
    admin.get(f"/t/acme/{page}/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(f"/t/acme/{page}/").status_code == 200
        reads = [
            q for q in queries if q["sql"].startswith("SELECT") and "set_config" not in q["sql"]
        ]
        counts.append(len(reads))
        for number in range(5):
            make_membership(world.acme, make_person(f"p{number}@{len(counts)}.example"), "network")
            make_token(world.acme)
            with acting_as(SYSTEM):
                record(SYSTEM, "x", subject_type="x", subject_id=None, subject_name="x",
                       tenant_id=world.acme.id)  # fmt: skip
    assert counts[0] == counts[1]
    assert counts[0] <= 4, "session, person, memberships, list"


def test_who_may_not_manage_sees_no_forms(world):
    page = world.client("acme", "network").get("/t/acme/people/").content.decode()
    assert "admin@acme.example" in page
    assert "Add someone" not in page
    assert "/remove" not in page
    assert "globex" not in page


def test_an_invitation_link_shows_without_a_mail_server(admin):
    form = {"email": "ada@new.example", "name": "Ada", "role": "network"}
    with override_settings(SHOW_INVITATION_LINKS=True):
        page = admin.post("/t/acme/people/", form)
    assert b'id="invitation-link"' in page.content
    with override_settings(SHOW_INVITATION_LINKS=False):
        answer = admin.post("/t/acme/people/", form | {"email": "bob@new.example"})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"email": "x"}, "such as ada@example.org"),
        ({"email": ""}, "required"),
        ({"email": "network@acme.example"}, "a member of Acme already"),
        ({"role": "emperor"}, "not one of the available choices"),
    ],
)
def test_a_bad_invitation_is_answered_at_its_field(world, admin, given, says):
    answer = admin.post("/t/acme/people/", {"email": "ada@new.example", "role": "network"} | given)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    with acting_as(SYSTEM):
        assert Membership.objects.filter(tenant=world.acme).count() == 4


def test_the_last_admin_is_told_why_not(world, admin):
    with acting_as(SYSTEM):
        row = Membership.objects.get(person=world.person("acme", "admin"))
    page = admin.post(f"/t/acme/people/{row.id}/remove", follow=True)
    assert b"only admin" in page.content


def test_whoever_removes_themselves_is_out(world, admin):
    make_membership(world.acme, make_person("second@acme.example"), "admin")
    with acting_as(SYSTEM):
        row = Membership.objects.get(person=world.person("acme", "admin"))
    page = admin.post(f"/t/acme/people/{row.id}/remove", follow=True)
    assert b"belong to no organisation yet" in page.content
    assert admin.get("/t/acme/people/").status_code == 404


def test_a_token_is_shown_once(admin):
    made = admin.post("/t/acme/tokens/", {"name": "pipeline", "role": "network", "days": "30"})
    assert b'id="token-secret"' in made.content
    assert "no-store" in made["Cache-Control"]
    page = admin.get("/t/acme/tokens/").content.decode()
    assert "pipeline" in page
    assert "token-secret" not in page


def test_the_trail_is_searched_and_paged(world, admin):
    with acting_as(SYSTEM):
        for number in range(60):
            record(SYSTEM, f"thing.{number % 2}", subject_type="thing", subject_id=None,
                   subject_name=f"thing {number}", tenant_id=world.acme.id)  # fmt: skip
    first = admin.get("/t/acme/audit/").content.decode()
    assert "thing 59<" in first
    assert "thing 9<" not in first
    with acting_as(SYSTEM):
        last_shown = AuditEvent.objects.order_by("-id")[49].id
    assert f"before={last_shown}" in first
    older = admin.get("/t/acme/audit/", {"before": last_shown}).content.decode()
    assert "thing 9<" in older
    assert "thing 10<" not in older
    found = admin.get("/t/acme/audit/", {"q": "thing 42"}).content.decode()
    assert found.count("<code>thing.0</code>") == 1
    assert b"Nothing matches" in admin.get("/t/acme/audit/", {"q": "zebra"}).content


def test_the_trail_says_in_words_what_was_done(world, admin):
    with acting_as(SYSTEM):
        for verb in ("network.create", "person.sign_in_refused"):
            record(SYSTEM, verb, subject_type="x", subject_id=None, subject_name="x",
                   tenant_id=world.acme.id)  # fmt: skip
    page = admin.get("/t/acme/audit/").content.decode()
    assert '<span title="network.create">Added network</span>' in page
    for asked in ("in refused", "in_refused"):
        found = admin.get("/t/acme/audit/", {"q": asked}).content.decode()
        assert '<span title="person.sign_in_refused">Sign-in refused</span>' in found
        assert "Added network" not in found
    events = world.api("acme", "admin").get("/api/v1/tenants/acme/audit").json()["results"]
    assert {"network.create", "person.sign_in_refused"} <= {event["verb"] for event in events}


def test_staff_sees_every_trail_with_its_customer(world):
    with acting_as(SYSTEM):
        for tenant in (world.acme, world.globex):
            record(SYSTEM, "x", subject_type="x", subject_id=None, subject_name="x",
                   tenant_id=tenant.id)  # fmt: skip
    page = world.staff_client("finance").get("/msp/audit/").content.decode()
    assert "Acme" in page
    assert "Globex" in page
