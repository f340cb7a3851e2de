"""Row "rating": the month of all customers, and one customer's statement while a page waits."""

from decimal import Decimal
from uuid import UUID

from django.db import connection

from bench import usage
from bench.rows import Measured, best_of, middle_of, row
from billing.rating.bands import bands
from billing.rating.meters import HOURS_OF, METERS, Meter
from billing.rating.period import moment
from billing.selectors import plan
from billing.statements import canonical, month, statement
from portal.lib.db import DatabaseRole, acting_as

PERIOD = usage.PERIOD
END = moment(PERIOD.end)
MOST_RATIO = 1.5
MOST_SECONDS = 0.05
ROUNDS, LOOKS = 3, 21

# What a customer pays, straight from the rows: aggregate, join the price of each tier, round once.
RAW = """
WITH counted AS (
    SELECT tenant_id, sum(bytes_in) AS bytes_in, sum(bytes_out) AS bytes_out
    FROM networking_counterhour
    WHERE noun = 'port' AND hour >= %(start)s AND hour < %(end)s
    GROUP BY tenant_id
), lived AS (
    SELECT tenant_id, noun || coalesce(attributes->>'family', '') AS what,
           sum(extract(epoch FROM least(coalesce(upper(during), %(end)s), %(end)s)
                                  - greatest(lower(during), %(start)s))) AS units
    FROM networking_lifetime WHERE during && tstzrange(%(start)s, %(end)s)
    GROUP BY tenant_id, what
), used(tenant_id, what, units) AS (
    SELECT * FROM lived
    UNION ALL SELECT tenant_id, 'in', bytes_in FROM counted
    UNION ALL SELECT tenant_id, 'out', bytes_out FROM counted
    UNION ALL SELECT DISTINCT tenant_id, 'subscription', %(seconds)s FROM lived
)
SELECT tenant_id,
       sum(round(round((least(units, below) - above) / per, 6) * unit_price, 2))
FROM used JOIN unnest(%(what)s::text[], %(above)s::numeric[], %(below)s::numeric[],
                      %(per)s::numeric[], %(price)s::numeric[])
    AS band(what, above, below, per, unit_price) USING (what)
WHERE units > above
GROUP BY tenant_id
"""
RAW_LOOK = """
SELECT noun_id, date_trunc('day', hour, 'UTC'), sum(bytes_in), sum(bytes_out),
       sum(covered_seconds)
FROM networking_counterhour
WHERE tenant_id = %(tenant)s AND noun = 'port' AND hour >= %(start)s AND hour < %(end)s
GROUP BY 1, 2
"""


@row("rating")
def rating(rows: int) -> list[Measured]:
    """Fill the database, rate the month, and look at one customer of it. Raises AssertionError
    when the two ways do not agree to the cent."""
    many = usage.fill(rows)
    given = _bands() | {"start": moment(PERIOD.start), "end": END, "seconds": PERIOD.seconds}
    with acting_as(DatabaseRole.STAFF):
        assert rated() == raw(given), "rating and SQL disagree"
        rate_s, raw_s = best_of(ROUNDS, rated, lambda: raw(given))
    tenant_id = _someone()
    look_s, raw_look_s = middle_of(
        LOOKS, lambda: _look(tenant_id), lambda: _raw_look(tenant_id, given)
    )
    return [
        Measured(
            f"the month of all customers, {many:,} rows of usage",
            rate_s,
            raw_s,
            "aggregate and price in SQL",
            most_ratio=MOST_RATIO,
        ),
        Measured(
            f"one customer's statement, {usage.PORTS * usage.HOURS:,} rows",
            look_s,
            raw_look_s,
            "aggregate by machine and day in SQL",
            most_seconds=MOST_SECONDS,
        ),
    ]


def rated() -> dict[UUID, Decimal]:
    """What each customer pays, by rating."""
    return {one.tenant_id: one.total for one in month(PERIOD, END) if one.lines}


def raw(given: dict[str, object]) -> dict[UUID, Decimal]:
    """The same by one statement of SQL."""
    with connection.cursor() as cursor:
        cursor.execute(RAW, given)  # type: ignore[arg-type]
        return dict(cursor.fetchall())


def _bands() -> dict[str, object]:
    """The plan's tiers as columns."""
    with acting_as(DatabaseRole.STAFF):
        found = plan(usage.CODE).versions[0].prices
    names = {meter: noun for noun, meter in HOURS_OF.items()} | {
        Meter.TRAFFIC_IN: "in",
        Meter.TRAFFIC_OUT: "out",
        Meter.SUBSCRIPTION_MONTHS: "subscription",
    }
    columns: dict[str, list[object]] = {
        name: [] for name in ("what", "above", "below", "per", "price")
    }
    for component in found.components:
        per = METERS[component.meter].per or PERIOD.seconds
        for band in bands(component, per):
            values = (
                names[component.meter] + dict(component.where).get("family", ""),
                int(band.band.above * per),
                band.below,
                per,
                band.band.unit_price,
            )
            for name, value in zip(columns, values, strict=True):
                columns[name].append(value)
    return dict(columns)


def _someone() -> UUID:
    with acting_as(DatabaseRole.STAFF), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant WHERE slug = 'bench-1'")
        found: UUID = cursor.fetchone()[0]
        return found


def _look(tenant_id: UUID) -> bytes:
    """A page's or a program's whole way to the statement, as the customer."""
    with acting_as(DatabaseRole.TENANT, tenant_id):
        return canonical(statement(tenant_id, PERIOD, END))


def _raw_look(tenant_id: UUID, given: dict[str, object]) -> int:
    with acting_as(DatabaseRole.TENANT, tenant_id), connection.cursor() as cursor:
        cursor.execute(RAW_LOOK, given | {"tenant": tenant_id})  # type: ignore[arg-type]
        return len(cursor.fetchall())
