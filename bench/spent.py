"""What the customers of the fabric used last month, and the prices they agreed on, written by the
database itself: all that they have was there all along, one machine of each was counted."""

from datetime import timedelta

from django.db import connection

from billing.rating.period import Period, moment
from billing.services import plans
from billing.statements import this_period
from networking.collector.days import keep_days
from networking.collector.partitions import make_months
from portal.lib.db import DatabaseRole, acting_as
from portal.services.demo.plans import CODE, PRICES
from tenants.access import SYSTEM

SUBSCRIPTIONS = """
INSERT INTO billing_subscription (id, tenant_id, plan_id, during, created_at)
SELECT gen_random_uuid(), tenant.id, plan.id, tstzrange(%(before)s, NULL), now()
FROM tenants_tenant AS tenant, billing_plan AS plan
WHERE tenant.slug LIKE 'lab-%%' AND plan.code = %(plan)s
"""
LIFETIMES = """
INSERT INTO networking_lifetime (id, tenant_id, noun, noun_id, name, attributes, labels,
                                 network_id, network_name, during, generated, created_at)
SELECT gen_random_uuid(), tenant_id, noun, id, name, attributes::jsonb, labels,
       network_id, network_name, tstzrange(%(before)s, NULL), false, now()
FROM (
    SELECT port.tenant_id, 'port' AS noun, port.id, port.name, '{"region": "lab"}' AS attributes,
           port.labels, network_id, network.name AS network_name
    FROM networking_port AS port JOIN networking_network AS network ON network.id = network_id
    UNION ALL
    SELECT tenant_id, 'network', id, name, '{"region": "lab", "family": "ipv4"}', '{}', NULL, ''
    FROM networking_network
    UNION ALL
    SELECT tenant_id, 'gateway', id, name, '{"region": "lab"}', '{}', NULL, ''
    FROM networking_attachment WHERE tenant_id IS NOT NULL
) AS had
"""
# By the hour, as collectors write them.
COUNTED = """
INSERT INTO networking_counterhour (tenant_id, noun_id, hour, bytes_in, bytes_out, packets_in,
                                    packets_out, covered_seconds, noun)
SELECT tenant_id, noun_id, hour, 700000000, 1900000000, 1000, 2000, 3600, 'port'
FROM generate_series(%(start)s, %(end)s - interval '1 hour', interval '1 hour') AS hour,
     (SELECT tenant_id, min(noun_id::text)::uuid AS noun_id FROM networking_lifetime
      WHERE noun = 'port' GROUP BY tenant_id) AS machine
"""


def spend() -> Period:
    """Have every customer use something in the month before this one; which it is."""
    period = this_period().previous
    start, end = moment(period.start), moment(period.end)
    before = start - timedelta(days=1)
    given = {"before": before, "start": start, "end": end, "plan": CODE}
    with acting_as(DatabaseRole.STAFF):
        plans.create(SYSTEM, code=CODE, name="Standard")
        draft = plans.edit_draft(SYSTEM, plans.create_version(SYSTEM, CODE).id, PRICES)
        plans.publish(SYSTEM, draft.id, before)
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        make_months(start, end)
        for statement in (SUBSCRIPTIONS, LIFETIMES, COUNTED):
            cursor.execute(statement, given)  # type: ignore[arg-type]
    keep_days()
    return period
