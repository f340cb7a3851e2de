"""Row "policy": what it costs to accept a label change, which tells what it opens and closes, in a
list of many rules."""

from statistics import median

from django.db import connection

from bench import tenants
from bench.rows import Measured, row, timed
from portal.lib.db import DatabaseRole, acting_as

ROUNDS = 11
FEW, LARGE = 1, 3  # numbers of the customers that are compared
MOST_SECONDS = 0.1

RULES = """
INSERT INTO networking_rule (id, created_at, tenant_id, name, version, updated_at, description,
                             rank, protocol, ports, action, enabled, log)
SELECT md5('more rule ' || r)::uuid, now(), md5('lab tenant ' || %(n)s)::uuid, 'more-' || r, 1,
       now(), '', 10000 + r, 'tcp',
       jsonb_build_array(jsonb_build_array(1000 + r %% 60000, 1000 + r %% 60000)),
       'allow', true, false
FROM generate_series(1, %(rules)s) AS r
"""
TERMS = """
INSERT INTO networking_ruleterm (id, created_at, tenant_id, rule_id, side, position, group_id)
SELECT gen_random_uuid(), now(), md5('lab tenant ' || %(n)s)::uuid,
       md5('more rule ' || r)::uuid, side, 0,
       md5('lab group ' || (CASE side WHEN 'source' THEN first ELSE last END)
           || ' ' || %(n)s)::uuid
FROM generate_series(1, %(rules)s) AS r,
     LATERAL (SELECT (ARRAY['web', 'db', 'office'])[1 + r %% 3] AS first,
                     (ARRAY['web', 'db', 'office'])[1 + (r + 1) %% 3] AS last) AS ends,
     (VALUES ('source'), ('destination')) AS o(side)
"""


@row("policy", size="rules")
def policy(rules: int) -> list[Measured]:
    """A label moves a machine between groups that all of so many rules name; 19,999 at
    most."""
    if not tenants.filled():
        tenants.fill(LARGE, {})
    given: dict[str, str | int] = {"n": str(LARGE), "rules": rules}
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        for statement in (RULES, TERMS):
            cursor.execute(statement, given)
    few, large = (tenants.customer(number) for number in (FEW, LARGE))
    floors: list[float] = []
    times: list[float] = []
    for app in ("db", "web") * (ROUNDS // 2 + 1):
        for who, mine in ((few, floors), (large, times)):
            etag = who.etag()
            mine.append(timed(lambda: who.label(app, etag)))  # noqa: B023 - called at once
    return [
        Measured(
            f"a label change is accepted in a list of {rules:,} rules",
            median(times[1:]),
            median(floors[1:]),
            f"in a list of {tenants.RULES}",
            most_seconds=MOST_SECONDS,
        )
    ]
