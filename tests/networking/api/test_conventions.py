"""What holds for all writes: keys, bodies, and a description that says so."""

from rest_framework.test import APIClient

from networking.models import Change
from tenants.access import SYSTEM, acting_as
from tests.networking.api.conftest import ACME

NETWORKS = f"{ACME}/networks"


def changes() -> int:
    with acting_as(SYSTEM):
        return Change.objects.filter(subject_type="network").count()


def test_a_request_sent_again_is_answered_again_and_not_done_again(api: APIClient, shop: dict):
    key = {"Idempotency-Key": "order-66"}
    first = api.post(NETWORKS, shop, headers=key)
    again = api.post(NETWORKS, shop, headers=key)

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert again["Location"] == first["Location"]
    assert changes() == 1
    other = api.post(NETWORKS, shop | {"name": "other"}, headers=key)
    assert other.status_code == 409
    assert other.json()["type"] == "/problems/idempotency-key-reused"


def test_a_key_that_met_a_refusal_may_be_used_again(api: APIClient, shop: dict):
    key = {"Idempotency-Key": "order-67"}

    assert api.post(NETWORKS, shop | {"mtu": 1}, headers=key).status_code == 422
    assert api.post(NETWORKS, shop, headers=key).status_code == 202


def test_a_body_that_is_too_large_or_no_json_is_refused(api: APIClient):
    large = api.post(NETWORKS, {"name": "x" * 2_000_000})
    torn = api.post(NETWORKS, '{"name": ', content_type="application/json")
    half = api.post(NETWORKS, '{"name": "\\ud800"}', content_type="application/json")
    deep = api.post(NETWORKS, "[" * 100_000, content_type="application/json")
    listed = api.post(NETWORKS, ["shop"])

    assert large.status_code == 413
    assert (torn.status_code, half.status_code, deep.status_code) == (400, 400, 400)
    assert listed.status_code == 422
    assert changes() == 0


def test_a_cursor_that_nobody_was_given_is_refused(api: APIClient):
    for cursor in ("§", "cD1hYmM=", "cj0xJnA9MQ=="):  # no text of ours, position abc, position 1
        answer = api.get(NETWORKS, {"cursor": cursor})
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/cursor-invalid")


def test_dry_run_takes_true_and_false_alone(api: APIClient, shop: dict):
    assert api.post(f"{NETWORKS}?dry_run=maybe", shop).status_code == 422
    assert api.post(f"{NETWORKS}?dryrun=true", shop).status_code == 422
    assert changes() == 0


def test_the_description_names_answers_and_parameters(api: APIClient):
    schema = api.get("/api/v1/schema", headers={"Accept": "application/json"}).json()

    post = schema["paths"]["/api/v1/tenants/{slug}/networks"]["post"]
    assert {"200", "202"} <= post["responses"].keys()
    assert {"dry_run", "Idempotency-Key"} <= {one["name"] for one in post["parameters"]}
    get = schema["paths"]["/api/v1/tenants/{slug}/ports"]["get"]
    assert {"q", "network", "label"} <= {one["name"] for one in get["parameters"]}
