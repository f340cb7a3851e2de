"""Counters of ports and VIPs: last readings, and samples and hours by the month.

Partitions are made and dropped by two functions that run as the owner of the tables, because the
worker may make no tables. No role is given anything on a partition, and row-level security is
forced there too, so rows are reached through the parents alone.
"""

import django.db.models.deletion
from django.db import migrations, models

from portal.lib.db import DatabaseRole
from portal.lib.rls import TenantTable

READ = {
    DatabaseRole.TENANT: "SELECT",
    DatabaseRole.STAFF: "SELECT",
    DatabaseRole.WORKER: "SELECT, INSERT, UPDATE, DELETE",
}
READ_ONCE_WRITTEN = READ | {DatabaseRole.WORKER: "SELECT, INSERT"}

LOOSE = {"db_constraint": False, "db_index": False, "related_name": "+"}
TENANT = models.ForeignKey(
    on_delete=django.db.models.deletion.PROTECT, to="tenants.tenant", **LOOSE
)
HOST = models.ForeignKey(
    on_delete=django.db.models.deletion.DO_NOTHING, to="networking.host", **LOOSE
)
NOUN = models.CharField(choices=[("port", "Port"), ("vip", "VIP")], max_length=8)
FLAGS = [
    ("first", "First reading"),
    ("normal", "Grown"),
    ("gap", "Not read for a while"),
    ("reset", "Began anew"),
    ("wrap", "Ran over"),
    ("moved", "Plugged in anew"),
    ("implausible", "More than a line carries"),
]


def key(*fields: str) -> models.CompositePrimaryKey:
    return models.CompositePrimaryKey(
        *fields, blank=True, editable=False, primary_key=True, serialize=False
    )


HEAD = migrations.CreateModel(
    name="CounterHead",
    fields=[
        ("noun", NOUN),
        ("noun_id", models.UUIDField()),
        ("pk", key("noun_id", "host", "series")),
        ("series", models.CharField(max_length=128)),
        ("began_at", models.DateTimeField()),
        ("at", models.DateTimeField()),
        ("gone_at", models.DateTimeField(null=True)),
        ("covered_until", models.DateTimeField(null=True)),
        ("bytes_in", models.BigIntegerField()),
        ("bytes_out", models.BigIntegerField()),
        ("packets_in", models.BigIntegerField()),
        ("packets_out", models.BigIntegerField()),
        ("host", HOST),
        ("tenant", TENANT),
    ],
    options={
        "indexes": [
            models.Index(
                fields=["host"], condition=models.Q(gone_at=None), name="counter_head_open"
            )
        ],
    },
)

SAMPLE = migrations.CreateModel(
    name="CounterSample",
    fields=[
        ("noun", NOUN),
        ("noun_id", models.UUIDField()),
        ("pk", key("tenant", "noun_id", "at", "host", "series")),
        ("at", models.DateTimeField()),
        ("since", models.DateTimeField(null=True)),
        ("series", models.CharField(max_length=128)),
        ("bytes_in", models.BigIntegerField()),
        ("bytes_out", models.BigIntegerField()),
        ("packets_in", models.BigIntegerField()),
        ("packets_out", models.BigIntegerField()),
        ("delta_bytes_in", models.BigIntegerField()),
        ("delta_bytes_out", models.BigIntegerField()),
        ("delta_packets_in", models.BigIntegerField()),
        ("delta_packets_out", models.BigIntegerField()),
        ("flag", models.CharField(choices=FLAGS, max_length=12)),
        ("generated", models.BooleanField(default=False)),
        ("host", HOST),
        ("tenant", TENANT),
    ],
)

HOUR = migrations.CreateModel(
    name="CounterHour",
    fields=[
        ("noun", NOUN),
        ("noun_id", models.UUIDField()),
        ("pk", key("tenant", "noun_id", "hour")),
        ("hour", models.DateTimeField()),
        ("bytes_in", models.BigIntegerField(default=0)),
        ("bytes_out", models.BigIntegerField(default=0)),
        ("packets_in", models.BigIntegerField(default=0)),
        ("packets_out", models.BigIntegerField(default=0)),
        ("covered_seconds", models.PositiveSmallIntegerField(default=0)),
        ("gaps", models.PositiveSmallIntegerField(default=0)),
        ("resets", models.PositiveSmallIntegerField(default=0)),
        ("moves", models.PositiveSmallIntegerField(default=0)),
        ("capped", models.PositiveSmallIntegerField(default=0)),
        ("generated", models.BooleanField(default=False)),
        ("tenant", TENANT),
    ],
)

TABLES = """
CREATE TABLE networking_countersample (
    tenant_id uuid NOT NULL,
    noun_id uuid NOT NULL,
    host_id uuid NOT NULL,
    at timestamptz NOT NULL,
    since timestamptz,
    bytes_in bigint NOT NULL,
    bytes_out bigint NOT NULL,
    packets_in bigint NOT NULL,
    packets_out bigint NOT NULL,
    delta_bytes_in bigint NOT NULL,
    delta_bytes_out bigint NOT NULL,
    delta_packets_in bigint NOT NULL,
    delta_packets_out bigint NOT NULL,
    generated boolean NOT NULL DEFAULT false,
    noun varchar(8) NOT NULL,
    flag varchar(12) NOT NULL,
    series varchar(128) NOT NULL,
    PRIMARY KEY (tenant_id, noun_id, at, host_id, series),
    CONSTRAINT counter_sample_only_grows CHECK (
        least(delta_bytes_in, delta_bytes_out, delta_packets_in, delta_packets_out) >= 0
    ),
    CONSTRAINT counter_sample_follows_another CHECK (since < at)
) PARTITION BY RANGE (at);

CREATE TABLE networking_counterhour (
    tenant_id uuid NOT NULL,
    noun_id uuid NOT NULL,
    hour timestamptz NOT NULL,
    bytes_in bigint NOT NULL DEFAULT 0,
    bytes_out bigint NOT NULL DEFAULT 0,
    packets_in bigint NOT NULL DEFAULT 0,
    packets_out bigint NOT NULL DEFAULT 0,
    covered_seconds smallint NOT NULL DEFAULT 0,
    gaps smallint NOT NULL DEFAULT 0,
    resets smallint NOT NULL DEFAULT 0,
    moves smallint NOT NULL DEFAULT 0,
    capped smallint NOT NULL DEFAULT 0,
    generated boolean NOT NULL DEFAULT false,
    noun varchar(8) NOT NULL,
    PRIMARY KEY (tenant_id, noun_id, hour),
    CONSTRAINT counter_hour_is_one CHECK (hour = date_trunc('hour', hour, 'UTC')),
    CONSTRAINT counter_hour_is_no_longer CHECK (covered_seconds BETWEEN 0 AND 3600),
    CONSTRAINT counter_hour_only_grows CHECK (
        least(bytes_in, bytes_out, packets_in, packets_out) >= 0
    )
) PARTITION BY RANGE (hour);

-- All rows are updated each minute: with half of each page free, that touches no index.
ALTER TABLE networking_counterhead SET (fillfactor = 50);
"""

DROP_TABLES = "DROP TABLE networking_counterhour; DROP TABLE networking_countersample;"

# Attaching waits for no reader or writer of the parent, which CREATE … PARTITION OF does.
FUNCTIONS = """
CREATE FUNCTION networking_make_counter_months(first timestamptz, last timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    parent text;
    part text;
    month timestamptz;
    made integer := 0;
BEGIN
    IF last - first > interval '3 years' THEN
        RAISE 'more than three years of partitions at once: % to %', first, last;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('networking_counter_months'));
    FOR month IN
        SELECT generate_series(date_trunc('month', first), date_trunc('month', last), '1 month')
    LOOP
        FOREACH parent IN ARRAY ARRAY['networking_countersample', 'networking_counterhour'] LOOP
            part := parent || to_char(month, '_YYYY_MM');
            CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
            EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', part, parent);
            EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', part);
            EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', part);
            IF parent = 'networking_counterhour' THEN
                EXECUTE format('ALTER TABLE public.%I SET (fillfactor = 50)', part);
            END IF;
            EXECUTE format(
                'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                parent, part, month, month + interval '1 month'
            );
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;

CREATE FUNCTION networking_drop_counter_samples(before timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
    part text;
    dropped integer := 0;
BEGIN
    IF before > now() - interval '1 month' THEN
        RAISE 'samples of the last month are kept: %', before;
    END IF;
    FOR part IN
        SELECT relid::regclass::text FROM pg_partition_tree('public.networking_countersample')
        WHERE isleaf AND level = 1 ORDER BY 1
    LOOP
        CONTINUE WHEN to_date(right(part, 7), 'YYYY_MM') + interval '1 month' > before;
        EXECUTE format('DROP TABLE public.%I', part);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;

-- While a month runs, its rows lie by the hour and half of each page is free. Afterwards they are
-- read by tenant, and change no more.
CREATE FUNCTION networking_pack_counter_hours(before timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
    part text;
BEGIN
    IF before > now() THEN
        RAISE 'hours of the future are not packed: %', before;
    END IF;
    SELECT relname INTO part
    FROM pg_partition_tree('public.networking_counterhour') JOIN pg_class ON oid = relid
    WHERE isleaf AND level = 1 AND 'fillfactor=50' = ANY(reloptions)
        AND to_date(right(relname, 7), 'YYYY_MM') + interval '1 month' <= before
    ORDER BY relname LIMIT 1;
    IF part IS NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('ALTER TABLE public.%I SET (fillfactor = 100)', part);
    EXECUTE format('CLUSTER public.%I USING %I', part, part || '_pkey');
    EXECUTE format('ANALYZE public.%I', part);
    RETURN 1;
END $$;

REVOKE ALL ON FUNCTION networking_make_counter_months FROM PUBLIC;
REVOKE ALL ON FUNCTION networking_pack_counter_hours FROM PUBLIC;
GRANT EXECUTE ON FUNCTION networking_pack_counter_hours TO demarc_worker;
REVOKE ALL ON FUNCTION networking_drop_counter_samples FROM PUBLIC;
GRANT EXECUTE ON FUNCTION networking_make_counter_months TO demarc_worker;
GRANT EXECUTE ON FUNCTION networking_drop_counter_samples TO demarc_worker;
SELECT networking_make_counter_months(now() - interval '4 months', now() + interval '3 months');
"""

DROP_FUNCTIONS = """
DROP FUNCTION networking_make_counter_months;
DROP FUNCTION networking_drop_counter_samples;
DROP FUNCTION networking_pack_counter_hours;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("networking", "0012_lifetimes"),
        ("tenants", "0002_isolation"),
    ]

    operations = [
        HEAD,
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLES, DROP_TABLES)],
            state_operations=[SAMPLE, HOUR],
        ),
        TenantTable("networking", "counterhead", READ),
        TenantTable("networking", "countersample", READ_ONCE_WRITTEN),
        TenantTable("networking", "counterhour", READ),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
    ]
