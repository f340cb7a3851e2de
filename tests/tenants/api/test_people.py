"""The API of members."""

import pytest
from django.test import Client

from tenants.access import SYSTEM, acting_as
from tenants.models import AuditEvent, Membership

URL = "/api/v1/tenants/acme/people"


@pytest.fixture
def api(world):
    return world.api("acme", "admin")


def test_the_list_is_paged_by_cursor(api):
    page = api.get(URL, {"page_size": 3}).json()
    more = api.get(page["next"]).json()
    emails = [row["email"] for row in page["results"] + more["results"]]
    assert sorted(emails) == sorted(
        f"{role}@acme.example" for role in ("admin", "network", "billing", "read_only")
    )
    assert more["next"] is None


def test_life_of_a_member(api):
    made = api.post(URL, {"email": "ada@new.example", "name": "Ada", "role": "billing"})
    assert made.status_code == 201
    one = f"{URL}/{made.json()['id']}"
    assert api.get(one).json() == made.json()
    assert api.patch(one, {"role": "network"}).json()["role"] == "network"
    assert api.delete(one).status_code == 204
    assert api.get(one).status_code == 404
    with acting_as(SYSTEM):
        events = AuditEvent.objects.order_by("id").values_list("verb", "actor_kind")
        assert list(events) == [
            ("person.invite", "token"),
            ("membership.role", "token"),
            ("membership.remove", "token"),
        ]


@pytest.mark.parametrize(
    ("body", "status", "kind", "field"),
    [
        ({}, 422, "invalid", "email"),
        ({"email": "x", "role": "network"}, 422, "invalid-email", "email"),
        ({"email": "a@b.example", "role": "emperor"}, 422, "invalid", "role"),
        ({"email": "a@b.example", "role": "admin", "colour": 1}, 422, "invalid", "colour"),
        ({"email": "network@acme.example", "role": "admin"}, 409, "already-member", "email"),
        (["a list"], 422, "invalid", None),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(api, body, status, kind, field):
    answer = api.post(URL, body)
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["type"] == f"/problems/{kind}"
    assert problem["detail"]
    if field:
        assert field in [error["field"] for error in problem["errors"]]
    with acting_as(SYSTEM):
        assert Membership.objects.count() == 8
        assert not AuditEvent.objects.exists()


def test_a_body_that_is_no_json(api):
    answer = api.generic("POST", URL, "{nope", content_type="application/json")
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-request")
    answer = api.generic("POST", URL, "a=b", content_type="text/plain")
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/media-type")


def test_a_body_that_is_too_large(api):
    answer = api.post(URL, {"email": "x" * 2**20, "role": "admin"})
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")


def test_a_method_that_is_not_there(api):
    answer = api.put(URL, {})
    assert (answer.status_code, answer.json()["type"]) == (405, "/problems/method-not-allowed")


def test_a_session_needs_its_csrf_token(world):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = world.client("acme", "admin").cookies
    answer = browser.post(URL, {}, content_type="application/json")
    assert answer.status_code == 403
    browser.get("/t/acme/people/")
    token = browser.cookies["csrf"].value
    answer = browser.post(URL, {}, content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 422


def test_the_last_admin(world, api):
    with acting_as(SYSTEM):
        row = Membership.objects.get(person=world.person("acme", "admin"))
    answer = api.delete(f"{URL}/{row.id}")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/last-admin")
