"""A foreign object and a missing one look the same: status, body, number of queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.lib.ids import uuid7
from tests.access.matrix import address, ask, parts, rows, visitor
from tests.access.objects import NO_OBJECTS

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MASKS = (
    (UUID, "<id>"),
    (re.compile(r'nonce="[^"]+"'), 'nonce="…"'),
    (re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"'), "csrf"),
    (re.compile(r"/t/[a-z-]+/"), "/t/<slug>/"),
)
OWN = [row for row in rows() if row.cells["stranger"] == "404" and "-" not in row.cells.values()]
OWN_OBJECTS = [row for row in OWN if set(parts(row.route)) - NO_OBJECTS]


def look(client, method, url):
    """Status, body with ids masked, number of queries."""
    client.get("/api/v1/me")  # the session's first request costs more than the others
    with CaptureQueriesContext(connection) as queries:
        response = ask(client, method, url)
    body = response.content.decode()
    for pattern, mask in MASKS:
        body = pattern.sub(mask, body)
    return response.status_code, body, len(queries)


@pytest.mark.parametrize("row", OWN_OBJECTS, ids=str)
def test_foreign_object_equals_missing_object(row, world):
    """An admin of Acme asks at home for Globex' object, and for one that nobody has."""
    (part,) = set(parts(row.route)) - NO_OBJECTS
    foreign = address(row.route, world, "globex", slug="acme")
    missing = address(row.route, world, "acme", **{part: uuid7()})
    client = visitor(world, "admin", foreign)
    answer = look(client, row.method, foreign)
    assert answer == look(client, row.method, missing)
    assert answer[0] == 404


@pytest.mark.parametrize("row", OWN, ids=str)
def test_foreign_tenant_equals_missing_tenant(row, world):
    foreign = address(row.route, world, "globex")
    missing = foreign.replace("/globex/", "/nobody/", 1)
    client = visitor(world, "admin", foreign)
    answer = look(client, row.method, foreign)
    assert answer == look(client, row.method, missing)
    assert answer[0] == 404
