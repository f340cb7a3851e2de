"""Counted hours added up: by the day for each port, and by the hour for each tenant."""

import django.db.models.deletion
from django.db import migrations, models

from portal.lib.db import DatabaseRole
from portal.lib.rls import GlobalTable, TenantTable

WRITTEN_BY_COUNTERS = {
    DatabaseRole.TENANT: "SELECT",
    DatabaseRole.STAFF: "SELECT",
    DatabaseRole.WORKER: "SELECT, INSERT, UPDATE, DELETE",
}
TENANT = models.ForeignKey(
    db_constraint=False,
    db_index=False,
    on_delete=django.db.models.deletion.PROTECT,
    related_name="+",
    to="tenants.tenant",
)


def key(*fields: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(
        *fields, blank=True, editable=False, primary_key=True, serialize=False
    )


MONTH = migrations.CreateModel(
    name="CounterMonth",
    fields=[
        ("month", models.DateTimeField(primary_key=True, serialize=False)),
        ("zone", models.CharField(max_length=64)),
    ],
)
DAY = migrations.CreateModel(
    name="CounterDay",
    fields=[
        ("noun_id", models.UUIDField()),
        ("pk", key("tenant", "day", "noun_id")),
        ("day", models.DateTimeField()),
        ("bytes_in", models.BigIntegerField()),
        ("bytes_out", models.BigIntegerField()),
        ("covered_seconds", models.IntegerField()),
        ("hours", models.SmallIntegerField()),
        ("made_up", models.SmallIntegerField()),
        ("tenant", TENANT),
    ],
)
TOTAL = migrations.CreateModel(
    name="CounterTotal",
    fields=[
        ("pk", key("tenant", "hour")),
        ("hour", models.DateTimeField()),
        ("bytes_in", models.BigIntegerField()),
        ("bytes_out", models.BigIntegerField()),
        ("covered_seconds", models.BigIntegerField()),
        ("hours", models.IntegerField()),
        ("made_up", models.IntegerField()),
        ("tenant", TENANT),
    ],
)

# What a statement did to hours, as what is to be added to their sums. A sum without an hour goes.
# Whoever adds up a whole month (networking/collector/days.py) waits for writers, and they for it.
FUNCTIONS = """
CREATE FUNCTION networking_add_counter_hours() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    added text := $sql$
        SELECT tenant_id, noun_id, hour, bytes_in, bytes_out, covered_seconds::bigint,
               1 AS hours, generated::int AS made_up
        FROM latter WHERE noun = 'port'
    $sql$;
    taken text := $sql$
        SELECT tenant_id, noun_id, hour, -bytes_in AS bytes_in, -bytes_out AS bytes_out,
               -covered_seconds::bigint AS covered_seconds, -1 AS hours, -generated::int AS made_up
        FROM former WHERE noun = 'port'
    $sql$;
    told text := CASE TG_OP
        WHEN 'INSERT' THEN added WHEN 'DELETE' THEN taken ELSE added || ' UNION ALL ' || taken END;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('networking_counter_days'));
    EXECUTE format($sql$
        INSERT INTO networking_counterday AS known
            (tenant_id, day, noun_id, bytes_in, bytes_out, covered_seconds, hours, made_up)
        SELECT tenant_id, date_trunc('day', hour, zone) AS day, noun_id,
               sum(bytes_in), sum(bytes_out), sum(covered_seconds), sum(hours), sum(made_up)
        FROM (%s) AS told JOIN networking_countermonth ON month = date_trunc('month', hour, 'UTC')
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (tenant_id, day, noun_id) DO UPDATE SET
            bytes_in = known.bytes_in + EXCLUDED.bytes_in,
            bytes_out = known.bytes_out + EXCLUDED.bytes_out,
            covered_seconds = known.covered_seconds + EXCLUDED.covered_seconds,
            hours = known.hours + EXCLUDED.hours,
            made_up = known.made_up + EXCLUDED.made_up
    $sql$, told);
    EXECUTE format($sql$
        INSERT INTO networking_countertotal AS known
            (tenant_id, hour, bytes_in, bytes_out, covered_seconds, hours, made_up)
        SELECT tenant_id, hour,
               sum(bytes_in), sum(bytes_out), sum(covered_seconds), sum(hours), sum(made_up)
        FROM (%s) AS told JOIN networking_countermonth ON month = date_trunc('month', hour, 'UTC')
        GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (tenant_id, hour) DO UPDATE SET
            bytes_in = known.bytes_in + EXCLUDED.bytes_in,
            bytes_out = known.bytes_out + EXCLUDED.bytes_out,
            covered_seconds = known.covered_seconds + EXCLUDED.covered_seconds,
            hours = known.hours + EXCLUDED.hours,
            made_up = known.made_up + EXCLUDED.made_up
    $sql$, told);
    IF TG_OP = 'DELETE' THEN
        DELETE FROM networking_counterday AS known USING former
        WHERE known.tenant_id = former.tenant_id AND known.noun_id = former.noun_id
            AND known.day BETWEEN former.hour - interval '2 days' AND former.hour
            AND known.hours = 0;
        DELETE FROM networking_countertotal AS known USING former
        WHERE known.tenant_id = former.tenant_id AND known.hour = former.hour
            AND known.hours = 0;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER add_inserted AFTER INSERT ON networking_counterhour
    REFERENCING NEW TABLE AS latter
    FOR EACH STATEMENT EXECUTE FUNCTION networking_add_counter_hours();
CREATE TRIGGER add_updated AFTER UPDATE ON networking_counterhour
    REFERENCING OLD TABLE AS former NEW TABLE AS latter
    FOR EACH STATEMENT EXECUTE FUNCTION networking_add_counter_hours();
CREATE TRIGGER take_deleted AFTER DELETE ON networking_counterhour
    REFERENCING OLD TABLE AS former
    FOR EACH STATEMENT EXECUTE FUNCTION networking_add_counter_hours();

-- Rows of today are updated each minute: with some of each page free, that touches no index.
ALTER TABLE networking_counterday SET (fillfactor = 70);
ALTER TABLE networking_countertotal SET (fillfactor = 70);
"""

DROP_FUNCTIONS = """
DROP TRIGGER add_inserted ON networking_counterhour;
DROP TRIGGER add_updated ON networking_counterhour;
DROP TRIGGER take_deleted ON networking_counterhour;
DROP FUNCTION networking_add_counter_hours;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("networking", "0015_alert"),
        ("tenants", "0002_isolation"),
    ]

    operations = [
        MONTH,
        DAY,
        TOTAL,
        GlobalTable("networking", "countermonth", WRITTEN_BY_COUNTERS),
        TenantTable("networking", "counterday", WRITTEN_BY_COUNTERS),
        TenantTable("networking", "countertotal", WRITTEN_BY_COUNTERS),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
    ]
