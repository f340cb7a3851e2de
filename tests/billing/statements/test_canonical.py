"""The same inputs give the same bytes (invariants 1 and 13)."""

import json
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from billing.statements import canonical, digest, statement
from billing.statements.build import build
from billing.statements.canonical import plain
from billing.statements.inputs import read
from portal.lib.db import DatabaseRole, acting_as
from tests.billing.statements.conftest import LATER, Month
from tests.factories.tenants import ref
from tests.factories.usage import at

pytestmark = pytest.mark.django_db


def test_the_same_month_has_the_same_bytes_whoever_reads_it(march: Month):
    as_customer = canonical(march.of("acme"))
    with acting_as(DatabaseRole.STAFF):
        as_staff = canonical(statement(march.world.acme.id, march.period, LATER + timedelta(1)))
    assert digest(as_customer) == digest(as_staff)
    assert as_customer == as_staff
    assert digest(canonical(march.of("globex"))) != digest(as_customer)


@pytest.mark.parametrize("seed", range(5))
def test_rows_that_come_twice_or_in_another_order_change_no_byte(march: Month, seed: int):
    with acting_as(DatabaseRole.STAFF):
        inputs = read(ref(march.world.acme), march.period, LATER)
    lives, traffic, epochs = list(inputs.lifetimes) * 2, list(inputs.traffic) * 2, inputs.epochs
    Random(seed).shuffle(lives)
    Random(seed).shuffle(traffic)
    mixed = replace(inputs, lifetimes=tuple(lives), traffic=tuple(traffic), epochs=epochs)
    assert canonical(build(mixed)) == canonical(build(inputs))


def test_splitting_a_lifetime_changes_no_byte(march: Month):
    with acting_as(DatabaseRole.STAFF):
        inputs = read(ref(march.world.acme), march.period, LATER)
    noon = at("2026-03-05T12:34") + timedelta(microseconds=5)
    halves = []
    for row in inputs.lifetimes:
        if row.end is None:
            halves += [replace(row, end=noon), replace(row, start=noon)]
        else:
            halves.append(row)
    assert canonical(build(replace(inputs, lifetimes=tuple(halves)))) == canonical(build(inputs))


def test_it_is_json_that_says_all_digits(march: Month):
    body = json.loads(canonical(march.of("acme")))
    assert body["version"] == 1
    assert body["period"] == {"month": "2026-03", "zone": "Europe/Berlin"}
    assert (body["start"], body["end"]) == ("2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")
    line = body["lines"][1]
    assert (line["meter"], line["exact"]) == ("port.hours", "4.1950000000000000")
    assert line["band"] == {
        "number": 1,
        "above": "0.000000",
        "up_to": None,
        "unit_price": "0.0100000000",
    }
    day = line["resources"][0]["days"][0]
    assert day == {
        "day": "2026-03-01",
        "units": 86400,
        "quantity": "24.000000",
        "exact": "0.2400000000000000",
    }


def test_what_a_statement_does_not_hold_is_not_written():
    with pytest.raises(TypeError, match="no canonical form"):
        plain(0.1)
