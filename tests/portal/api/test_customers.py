"""The provider's API: onboarding, customers, what they are given, regions."""

import pytest

from networking.models import Attachment, Site
from portal.lib.db import DatabaseRole, acting_as
from tenants.models import Tenant
from tests.factories.acts import add_site, attach
from tests.portal.provider import counts

CUSTOMERS = "/api/v1/customers"


@pytest.fixture
def operator(world, fra):
    return world.staff_client("operator")


def body(fra, **fields):
    """A new customer that nothing is wrong with, but for what the test says."""
    return {
        "name": "Initech",
        "prefixes": ["10.1.0.0/16"],
        "attachment": str(fra.attachments[2].id),
        "site": {"name": "Hamburg", "asn": 65301, "neighbour_ipv4": "172.31.3.2"},
        "admin": {"email": "bill@initech.example"},
    } | fields


def send(client, method, url, data=None, **more):
    """A request with a JSON body."""
    return getattr(client, method)(url, data or {}, content_type="application/json", **more)


def test_onboarding_answers_customer_changes_and_link(world, fra, operator, settings):
    settings.SHOW_INVITATION_LINKS = True
    response = send(operator, "post", CUSTOMERS, body(fra))
    assert response.status_code == 201
    assert response.headers["Location"] == f"{CUSTOMERS}/initech"
    answer = response.json()
    assert answer["customer"]["slug"] == "initech"
    assert {change["summary"] for change in answer["changes"]} == {
        "Attach to pe-fra by c03",
        "Add site Hamburg (AS 65301)",
    }
    assert "/accounts/password/reset/key/" in answer["invitation_link"]
    one = answer["changes"][0]["id"]
    assert operator.get(f"{CUSTOMERS}/initech/changes/{one}").json()["id"] == one
    assert operator.get(f"{CUSTOMERS}/acme/changes/{one}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"slug": "acme"}, "slug", "slug-taken"),
        ({"prefixes": ["10.1.0.1/16"]}, "prefixes", "prefix-invalid"),
        (
            {"site": {"name": "x", "asn": 65000, "neighbour_ipv4": "172.31.3.2"}},
            "site.asn",
            "asn-invalid",
        ),
        ({"site": {"name": "x"}}, "site.asn", "invalid"),
        ({"admin": {"email": "bill"}}, "admin.email", "invalid-email"),
        ({"colour": "red"}, "colour", "invalid"),
    ],
)
def test_a_refusal_is_a_problem_that_names_the_field(world, fra, operator, fields, field, code):
    before = counts()
    response = send(operator, "post", CUSTOMERS, body(fra, **fields))
    assert response.status_code == 422
    assert response.json()["type"] == f"/problems/{code}"
    assert field in [error["field"] for error in response.json()["errors"]]
    assert counts() == before


def test_a_dry_run_writes_nothing(world, fra, operator):
    before = counts()
    assert send(operator, "post", f"{CUSTOMERS}?dry_run=true", body(fra)).status_code == 204
    refused = send(operator, "post", f"{CUSTOMERS}?dry_run=true", body(fra, slug="acme"))
    assert refused.status_code == 422
    assert send(operator, "post", f"{CUSTOMERS}?dryrun=true", body(fra)).status_code == 422
    assert counts() == before


def test_list_read_and_patch(world, fra, operator):
    listed = operator.get(CUSTOMERS).json()["results"]
    assert [row["slug"] for row in listed] == ["globex", "acme"]
    assert operator.get(CUSTOMERS, {"q": "acm"}).json()["results"][0]["name"] == "Acme"
    assert operator.get(CUSTOMERS, {"colour": "red"}).status_code == 422
    patched = send(operator, "patch", f"{CUSTOMERS}/acme", {"state": "suspended"})
    assert patched.json()["state"] == "suspended"
    assert operator.get(f"{CUSTOMERS}/acme").json()["network"]["networks"] == 0
    assert send(operator, "patch", f"{CUSTOMERS}/acme", {"state": "closing"}).status_code == 422
    assert send(operator, "patch", f"{CUSTOMERS}/acme").status_code == 422
    assert operator.get(f"{CUSTOMERS}/nobody").status_code == 404


def test_prefixes(world, fra, operator):
    url = f"{CUSTOMERS}/acme/prefixes"
    made = send(operator, "post", url, {"prefix": "10.9.0.0/16"})
    assert made.status_code == 201
    assert "10.9.0.0/16" in [row["prefix"] for row in operator.get(url).json()]
    assert send(operator, "post", url, {"prefix": "10.9.0.0/24"}).json()["errors"][0]["field"]
    assert operator.delete(f"{url}/{made.json()['id']}").status_code == 204
    assert operator.delete(f"{url}/{made.json()['id']}").status_code == 404


def test_attachments(world, fra, operator):
    url = f"{CUSTOMERS}/globex/attachments"
    spare = str(fra.attachments[1].id)
    plan = send(operator, "post", f"{url}?dry_run=true", {"attachment": spare})
    assert plan.status_code == 200
    assert operator.get(url).json() == []
    claimed = send(operator, "post", url, {"attachment": spare})
    assert claimed.status_code == 202
    assert operator.get(claimed.headers["Location"]).json()["state"] == "pending"
    assert [row["name"] for row in operator.get(url).json()] == ["c02"]
    assert operator.delete(f"{CUSTOMERS}/acme/attachments/{spare}").status_code == 404
    assert operator.delete(f"{url}/{spare}").status_code == 202
    with acting_as(DatabaseRole.STAFF):
        assert Attachment.objects.get(id=spare).tenant_id is None


def test_sites(world, fra, operator):
    url = f"{CUSTOMERS}/acme/sites"
    wanted = {
        "name": "Bonn",
        "attachment": str(fra.attachments[0].id),
        "asn": 65110,
        "neighbour_ipv4": "172.31.1.2",
        "accepted_prefixes": ["10.220.0.0/24"],
    }
    made = send(operator, "post", url, wanted)
    assert made.status_code == 202
    one = f"{url}/{made.json()['subject']['id']}"
    read = operator.get(one)
    assert (read.json()["asn"], read.headers["ETag"]) == (65110, '"1"')
    stale = send(operator, "patch", one, {"asn": 65111}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    current = {"If-Match": read.headers["ETag"]}
    assert send(operator, "patch", one, {"asn": 65111}, headers=current).status_code == 202
    refused = send(operator, "patch", one, {"asn": 65000})
    assert refused.json()["errors"][0]["field"] == "asn"
    assert operator.delete(one).status_code == 202
    with acting_as(DatabaseRole.STAFF):
        assert Site.objects.get(name="Bonn").retiring_at is not None


def test_another_customers_site_is_not_found_here(world, fra, operator):
    attach(world.globex, fra.attachments[1])
    oslo = add_site(world.globex, fra.attachments[1], "Oslo")
    for method in ("get", "delete"):
        assert getattr(operator, method)(f"{CUSTOMERS}/acme/sites/{oslo.id}").status_code == 404


def test_regions(world, fra, operator):
    (region,) = operator.get("/api/v1/regions").json()
    assert [host["name"] for host in region["fabrics"][0]["hosts"]] == ["h1", "h2"]
    owners = [row["customer"] for row in region["routers"][0]["attachments"]]
    assert owners == ["acme", None, None, None]


def test_finance_reads_and_cannot_write(world, fra):
    finance = world.staff_client("finance")
    before = counts()
    assert finance.get(CUSTOMERS).status_code == 200
    assert send(finance, "post", CUSTOMERS, body(fra)).status_code == 403
    assert send(finance, "patch", f"{CUSTOMERS}/acme", {"state": "suspended"}).status_code == 403
    assert finance.get("/api/v1/regions").status_code == 403
    assert counts() == before
    with acting_as(DatabaseRole.STAFF):
        assert Tenant.objects.get(slug="acme").state == "active"
