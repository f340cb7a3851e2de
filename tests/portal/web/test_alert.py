"""The page of alerts."""

from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError

from networking.models import Alert
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.ids import uuid7
from tests.world import World

THEN = datetime(2026, 1, 1, tzinfo=UTC)


def make(number: int = 1, **fields: object) -> None:
    with acting_as(DatabaseRole.WORKER):
        for place in range(number):
            Alert.objects.create(
                kind="host",
                subject_id=uuid7(),
                subject=f"Host h{place} on lab",
                text="is silent since 2026-01-01 00:00 UTC.",
                since=THEN,
                **fields,
            )


def page(world: World, **query: str) -> str:
    answer = world.staff_client("operator").get("/msp/alerts/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_is_wrong(world: World) -> None:
    assert "Nothing: no change is stuck" in page(world)


def test_what_is_wrong_and_what_was(world: World) -> None:
    make()
    make(1, ended_at=THEN, cleared_at=THEN, told_at=THEN, times=3)
    text = page(world)
    assert text.count("Host h0 on lab") == 2
    assert "1 open" in text
    assert "not yet" in text
    assert "3 times" in text
    assert 'aria-current="page"' in text


def test_names_are_text(world: World) -> None:
    with acting_as(DatabaseRole.WORKER):
        Alert.objects.create(
            kind="change", subject_id=uuid7(), subject="<b>x", text="<i>y", since=THEN
        )
    assert "&lt;b&gt;x" in page(world)


def test_past_ones_are_paged_in_a_constant_number_of_queries(
    world: World, django_assert_max_num_queries
) -> None:
    make(60, ended_at=THEN, cleared_at=THEN)
    page(world)
    with django_assert_max_num_queries(22):
        text = page(world)
    assert "50 of 60" in text
    assert "60 of 60" in page(world, page="2")


@pytest.mark.django_db(transaction=True)
def test_no_tenant_reads_the_table(world: World) -> None:
    with pytest.raises(ProgrammingError), acting_as(DatabaseRole.TENANT, world.acme.id):
        Alert.objects.count()
    with pytest.raises(ProgrammingError), acting_as(DatabaseRole.STAFF):
        Alert.objects.update(told_at=None)
