"""A month of made-up customers, written by the database itself."""

import os
from datetime import timedelta

import environ
import psycopg
from django.db import connection

from billing.rating.period import Period, moment
from billing.services import plans
from networking.collector.days import keep_days
from networking.collector.partitions import make_months
from portal.lib.db import DatabaseRole, acting_as
from portal.services.demo.plans import CODE, PRICES
from tenants.access import SYSTEM

PERIOD = Period(2026, 11)
PORTS = 14  # a customer's machines; each has a row an hour
HOURS = PERIOD.seconds // 3600

TENANTS = """
INSERT INTO tenants_tenant (id, slug, name, state, created_at)
SELECT md5('bench tenant ' || n)::uuid, 'bench-' || n, 'Bench ' || n, 'active', now()
FROM generate_series(1, %(tenants)s) AS n
"""
SUBSCRIPTIONS = """
INSERT INTO billing_subscription (id, tenant_id, plan_id, during, created_at)
SELECT gen_random_uuid(), tenant.id, plan.id, tstzrange(%(before)s, NULL), now()
FROM tenants_tenant AS tenant, billing_plan AS plan WHERE tenant.slug LIKE 'bench-%%'
"""
# Most nouns live all month; every fifth came or went within it.
LIFETIMES = """
INSERT INTO networking_lifetime (id, tenant_id, noun, noun_id, name, attributes, labels,
                                 network_id, network_name, during, generated, created_at)
SELECT gen_random_uuid(), id, noun, md5(slug || noun || n)::uuid, noun || '-' || n,
       attributes::jsonb, '{}', CASE noun WHEN 'port' THEN md5(slug || 'network1')::uuid END,
       CASE noun WHEN 'port' THEN 'network-1' ELSE '' END,
       CASE n %% 5 WHEN 0 THEN tstzrange(%(start)s + n * interval '1 hour', NULL)
                   WHEN 4 THEN tstzrange(%(before)s, %(end)s - n * interval '1 hour')
                   ELSE tstzrange(%(before)s, NULL) END,
       false, now()
FROM tenants_tenant,
     (VALUES ('port', %(ports)s, '{"region": "fra"}'),
             ('network', 2, '{"region": "fra", "family": "dual"}'),
             ('site', 1, '{"region": "fra"}'),
             ('gateway', 1, '{"region": "fra"}')) AS had(noun, many, attributes),
     generate_series(1, many) AS n
WHERE slug LIKE 'bench-%%'
"""
# By the hour, as collectors write them.
COUNTED = """
INSERT INTO networking_counterhour (tenant_id, noun_id, hour, bytes_in, bytes_out, packets_in,
                                    packets_out, covered_seconds, noun)
SELECT tenant_id, noun_id, hour,
       abs(hashtextextended(noun_id::text, extract(epoch FROM hour)::bigint)) %% 1500000000,
       abs(hashtextextended(noun_id::text, 1 - extract(epoch FROM hour)::bigint)) %% 4000000000,
       1000, 2000, 3600, 'port'
FROM generate_series(%(first)s, %(last)s, interval '1 hour') AS hour, networking_lifetime
WHERE noun = 'port'
ORDER BY hour, noun_id
"""


def fill(rows: int) -> int:
    """As many customers with 14 machines as give about so many hours; how many rows there are."""
    tenants = max(1, rows // (PORTS * HOURS))
    start, end = moment(PERIOD.start), moment(PERIOD.end)
    given = {
        "tenants": tenants,
        "ports": PORTS,
        "before": start - timedelta(days=40),
        "start": start,
        "end": end,
    }
    with acting_as(DatabaseRole.STAFF):
        plans.create(SYSTEM, code=CODE, name="Standard")
        draft = plans.edit_draft(SYSTEM, plans.create_version(SYSTEM, CODE).id, PRICES)
        plans.publish(SYSTEM, draft.id, given["before"])  # type: ignore[arg-type]
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        make_months(start, end)
        for statement in (TENANTS, SUBSCRIPTIONS, LIFETIMES):
            cursor.execute(statement, given)  # type: ignore[arg-type]
    for _, first, until in PERIOD.days:
        with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
            hours = {"first": moment(first), "last": moment(until - 3600)}
            cursor.execute(COUNTED, hours)
    keep_days()
    settle()
    return tenants * PORTS * HOURS


def settle() -> None:
    """Statistics and visibility, as they are after a month of autovacuum."""
    url = environ.Env().db_url_config(os.environ["DATABASE_ADMIN_URL"])
    with psycopg.connect(
        host=url["HOST"],
        port=url["PORT"],
        user=url["USER"],
        password=url["PASSWORD"],
        dbname=connection.settings_dict["NAME"],
        autocommit=True,
    ) as administrator:
        administrator.execute("VACUUM ANALYZE")
