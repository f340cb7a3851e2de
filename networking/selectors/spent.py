"""What one tenant used, in sums that a page can wait for: the database reads what was there and
what was counted, and few rows leave it however many machines there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from networking.selectors.counted import (
    BY_PORT,
    BY_TENANT,
    NEWEST,
    ONE_TENANT,
    Attributes,
    attributes_in,
    by_port,
)

NETWORK, LABEL, ATTRIBUTES, NAMED = "network", "label", "attributes", "named"


@dataclass(frozen=True, slots=True)
class Lives:
    """How many lifetimes (`many`) of a kind of noun have these attributes and the same time within
    the time that was asked for: from the second `start` until before `end`, None where they reach
    beyond it."""

    noun: str
    attributes: Attributes
    generated: bool
    start: int
    end: int | None
    many: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was counted of the ports with these attributes, in one of the stretches that were asked
    for (`place`). In the sum of all ports they are empty, as they are of ports that are not known.
    """

    place: int
    attributes: Attributes
    bytes_in: int
    bytes_out: int
    covered_seconds: int
    generated: bool


@dataclass(frozen=True, slots=True)
class Share:
    """What one network, value of a label or set of attributes had: for how many seconds its nouns
    of one kind were there, and what was counted of its ports.

    `key` is a network's id, a label's value, or JSON; None is what has none. `noun` is "" for the
    traffic of ports that are not known.
    """

    key: str | None
    name: str
    noun: str
    seconds: int
    bytes_in: int
    bytes_out: int
    covered_seconds: int


@dataclass(frozen=True, slots=True)
class Shares:
    """What was used, by network, by the value of the label `label`, and of ports by attributes.
    `labels` are all that machines had, by name; without any, `label` is empty."""

    networks: tuple[Share, ...]
    attributes: tuple[Share, ...]
    labels: tuple[str, ...]
    label: str
    values: tuple[Share, ...]


LIVES = """
SELECT noun, attributes, generated, greatest(began, %(first)s) AS start,
       CASE WHEN ended < %(last)s THEN ended END AS end, count(*)
FROM networking_lifetime, LATERAL (
    SELECT floor(extract(epoch FROM lower(during)))::bigint AS began,
           floor(extract(epoch FROM upper(during)))::bigint AS ended
) AS seconds
WHERE tenant_id = %(tenant)s AND during && tstzrange(%(start)s, %(end)s)
GROUP BY noun, attributes, generated, 4, 5
ORDER BY noun, attributes, generated, 4, 5
"""

# A port's traffic goes with the newest of its lifetimes.
SHARES = f"""
WITH {BY_PORT.format(tenants=ONE_TENANT)}, moved AS MATERIALIZED (
    SELECT noun_id, sum(bytes_in)::bigint AS bytes_in, sum(bytes_out)::bigint AS bytes_out,
           sum(covered_seconds)::bigint AS covered
    FROM counted GROUP BY noun_id
), lived AS MATERIALIZED (
    SELECT noun, noun_id, name, attributes, labels, network_id, network_name, during,
           greatest(0, least(coalesce(floor(extract(epoch FROM upper(during)))::bigint, %(last)s),
                             %(last)s)
                       - greatest(floor(extract(epoch FROM lower(during)))::bigint, %(first)s)
           ) AS seconds,
           row_number() OVER (PARTITION BY noun, noun_id ORDER BY during DESC) = 1 AS newest
    FROM networking_lifetime
    WHERE tenant_id = %(tenant)s AND during && tstzrange(%(start)s, %(end)s)
), label AS MATERIALIZED (
    SELECT DISTINCT jsonb_object_keys(labels) COLLATE "C" AS name FROM lived WHERE noun = 'port'
), chosen AS MATERIALIZED (
    SELECT coalesce(min(name) FILTER (WHERE name = %(label)s), min(name)) AS name FROM label
), used AS MATERIALIZED (
    SELECT noun, noun_id, name, attributes, labels, network_id, network_name, during, seconds,
           coalesce(bytes_in, 0) AS bytes_in, coalesce(bytes_out, 0) AS bytes_out,
           coalesce(covered, 0) AS covered
    FROM lived LEFT JOIN moved USING (noun_id) WHERE newest
    UNION ALL
    SELECT noun, noun_id, name, attributes, labels, network_id, network_name, during, seconds,
           0, 0, 0
    FROM lived WHERE NOT newest
    UNION ALL
    SELECT '', noun_id, '', NULL, '{{}}', NULL, '', NULL, 0, bytes_in, bytes_out, covered
    FROM moved WHERE NOT EXISTS (SELECT FROM lived WHERE lived.noun_id = moved.noun_id)
)
SELECT 'network' AS place, key::text,
       coalesce((array_agg(name ORDER BY during DESC) FILTER (WHERE noun = 'network'))[1],
                min(network_name), '') AS name,
       noun, sum(seconds)::bigint, sum(bytes_in)::bigint, sum(bytes_out)::bigint,
       sum(covered)::bigint
FROM used, LATERAL (SELECT CASE noun WHEN 'network' THEN noun_id ELSE network_id END AS key) AS of
GROUP BY key, noun
UNION ALL
SELECT 'label', CASE WHEN noun = 'port' THEN labels ->> chosen.name END, '', noun,
       sum(seconds)::bigint, sum(bytes_in)::bigint, sum(bytes_out)::bigint, sum(covered)::bigint
FROM used, chosen WHERE chosen.name IS NOT NULL GROUP BY 2, noun
UNION ALL
SELECT 'attributes', attributes::text, '', noun,
       sum(seconds)::bigint, sum(bytes_in)::bigint, sum(bytes_out)::bigint, sum(covered)::bigint
FROM used WHERE noun IN ('port', '') GROUP BY attributes, noun
UNION ALL
SELECT 'named', label.name, coalesce(chosen.name, ''), '', 0, 0, 0, 0 FROM label, chosen
ORDER BY 1, 2 NULLS FIRST, 4
"""  # noqa: S608 - parts of constants

BY_STRETCH = """
WITH {source}
SELECT width_bucket(at, %(starts)s::timestamptz[]) - 1 AS place, {attributes},
       sum(bytes_in)::bigint, sum(bytes_out)::bigint, sum(covered_seconds)::bigint,
       bool_or(generated)
FROM counted {beside}
GROUP BY 1, 2
ORDER BY 1, 2 NULLS FIRST
"""


def lives(tenant_id: UUID, start: datetime, end: datetime, last: datetime) -> list[Lives]:
    """The lifetimes that have a moment in `[start, end)`, with their time between the full seconds
    `start` and `last`. One query."""
    rows = _rows(LIVES, _given(tenant_id, start, end, last))
    return [Lives(noun, attributes_in(attributes), *rest) for noun, attributes, *rest in rows]


def stretches(
    tenant_id: UUID, starts: Sequence[datetime], end: datetime, *, by_attributes: bool = False
) -> list[Stretch]:
    """The traffic from the first of `starts` until before `end`, by stretch, and on request by the
    attributes that ports had last. Stretches begin at `starts`, ascending; an hour is of the one in
    which it begins. One query; without attributes a quick one."""
    statement = BY_STRETCH.format(
        source=(BY_PORT if by_attributes else BY_TENANT).format(tenants=ONE_TENANT),
        attributes="attributes" if by_attributes else "NULL::jsonb",
        beside=NEWEST.format(tenants=ONE_TENANT) if by_attributes else "",
    )
    rows = _rows(statement, by_port(tenant_id, starts, end) | {"starts": list(starts)})
    return [Stretch(place, attributes_in(attributes), *rest) for place, attributes, *rest in rows]


def shares(tenant_id: UUID, start: datetime, end: datetime, label: str = "") -> Shares:
    """What was used from `start` until before `end`, both full seconds. `label` is what machines
    are to be told apart by, where they have it; the first one by name otherwise. One query."""
    given = _given(tenant_id, start, end, end) | by_port(tenant_id, [start], end)
    found: dict[str, list[Share]] = {NETWORK: [], LABEL: [], ATTRIBUTES: [], NAMED: []}
    for place, *rest in _rows(SHARES, given | {"label": label}):
        found[place].append(Share(*rest))
    named = found[NAMED]
    return Shares(
        networks=tuple(found[NETWORK]),
        attributes=tuple(found[ATTRIBUTES]),
        labels=tuple(sorted(row.key for row in named if row.key is not None)),
        label=named[0].name if named else "",
        values=tuple(found[LABEL]),
    )


def attributes_of(share: Share) -> Attributes:
    """Those that it is a share of; empty for ports that are not known."""
    return attributes_in(share.key)


def _given(tenant_id: UUID, start: datetime, end: datetime, last: datetime) -> dict[str, Any]:
    seconds = {"first": int(start.timestamp()), "last": int(last.timestamp())}
    return {"tenant": tenant_id, "start": start, "end": end} | seconds


def _rows(statement: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())
