"""A request sent again is answered again, not done again."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.test import APIClient

from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from portal.lib.idempotency import answer_once
from portal.lib.models import IdempotencyKey
from tenants.access import SYSTEM, acting_as
from tenants.models import AuditEvent

URL = "/api/v1/tenants/acme/people"
ADA = {"email": "ada@new.example", "name": "Ada", "role": "billing"}
KEY = {"Idempotency-Key": "k-1"}


def test_the_same_request_again(world):
    api = world.api("acme", "admin")
    first, again = (api.post(URL, ADA, headers=KEY) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    with acting_as(SYSTEM):
        assert AuditEvent.objects.count() == 1


def test_another_request_with_the_same_key(world):
    api = world.api("acme", "admin")
    api.post(URL, ADA, headers=KEY)
    answer = api.post(URL, ADA | {"email": "bob@new.example"}, headers=KEY)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/idempotency-key-reused")


def test_keys_of_tenants_do_not_meet(world):
    for tenant in ("acme", "globex"):
        url = URL.replace("acme", tenant)
        assert world.api(tenant, "admin").post(url, ADA, headers=KEY).status_code == 201


def test_a_refused_request_leaves_no_key(world):
    api = world.api("acme", "admin")
    assert api.post(URL, ADA | {"role": "emperor"}, headers=KEY).status_code == 422
    assert api.post(URL, ADA, headers=KEY).status_code == 201


def test_a_key_of_yesterday_is_forgotten(world):
    api = world.api("acme", "admin")
    api.post(URL, ADA, headers=KEY)
    with acting_as(SYSTEM):
        IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert api.post(URL, ADA, headers=KEY).json()["type"] == "/problems/already-member"


def test_a_key_that_is_too_long(world):
    answer = world.api("acme", "admin").post(URL, ADA, headers={"Idempotency-Key": "k" * 256})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_it_once(world):
    """The second waits at the key until the first has committed."""
    credentials = f"Bearer {world.tokens['acme', 'admin'].secret}"
    barrier, answers = threading.Barrier(4), []

    def send():
        api = APIClient(headers={"Authorization": credentials})
        barrier.wait(timeout=10)
        answers.append(api.post(URL, ADA, headers=KEY))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert [a.status_code for a in answers] == [201] * 4
    assert len({a.content for a in answers}) == 1
    assert sum("Idempotent-Replayed" in a for a in answers) == 3
    with acting_as(SYSTEM):
        assert AuditEvent.objects.count() == 1


def test_without_a_key_nothing_is_stored(db):
    request = RequestFactory().post("/x")
    with in_role(DatabaseRole.STAFF):
        assert answer_once(request, None, lambda: "the answer") == "the answer"
        assert not IdempotencyKey.objects.exists()
