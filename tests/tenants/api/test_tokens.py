"""The API of tokens, the caller and the trail."""

import pytest
from rest_framework.test import APIClient

URL = "/api/v1/tenants/acme/tokens"


@pytest.fixture
def api(world):
    return world.api("acme", "admin")


def test_life_of_a_token(api):
    made = api.post(URL, {"name": "pipeline", "role": "read_only"}).json()
    robot = APIClient(headers={"Authorization": f"Bearer {made['secret']}"})
    assert robot.get("/api/v1/me").json() == {
        "kind": "token",
        "id": made["id"],
        "label": "token pipeline",
        "staff_role": "",
        "tenants": [{"slug": "acme", "name": "Acme", "role": "read_only"}],
    }
    shown = api.get(f"{URL}/{made['id']}").json()
    assert made["secret"] not in str(shown)
    assert shown["last_used_at"]
    assert robot.get(URL).status_code == 403
    assert robot.get("/api/v1/tenants/globex/people").status_code == 404
    assert api.delete(f"{URL}/{made['id']}").status_code == 204
    assert robot.get("/api/v1/me").status_code == 401


def test_the_secret_is_not_kept_for_a_replay(api):
    headers = {"Idempotency-Key": "make-one"}
    first = api.post(URL, {"name": "pipeline", "role": "network"}, headers=headers)
    again = api.post(URL, {"name": "pipeline", "role": "network"}, headers=headers)
    assert first.status_code == 201
    assert (again.status_code, again.json()["type"]) == (409, "/problems/answer-not-kept")
    names = [row["name"] for row in api.get(URL).json()["results"]]
    assert names.count("pipeline") == 1


def test_me_of_a_person(world):
    me = world.client("acme", "billing").get("/api/v1/me").json()
    assert me["kind"] == "person"
    assert me["tenants"] == [{"slug": "acme", "name": "Acme", "role": "billing"}]


def test_the_trail(api):
    made = api.post(URL, {"name": "pipeline", "role": "network"}).json()
    (event,) = api.get("/api/v1/tenants/acme/audit").json()["results"]
    assert event["verb"] == "token.create"
    assert event["subject"] == {"type": "api_token", "id": made["id"], "name": "pipeline"}
    assert event["actor"] == {"kind": "token", "label": "token admin robot"}
    assert event["request_id"]
