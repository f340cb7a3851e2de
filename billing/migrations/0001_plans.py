"""Plans, their versions and prices, and who is subscribed to which."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import portal.lib.ids
from portal.lib.db import DatabaseRole
from portal.lib.rls import GlobalTable, TenantTable

ALL = "SELECT, INSERT, UPDATE, DELETE"
READ = {DatabaseRole.TENANT: "SELECT", DatabaseRole.STAFF: ALL, DatabaseRole.WORKER: ALL}

# The end of a published version is set once, when the next one follows it.
KEEP_VERSION = """
CREATE FUNCTION billing_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' THEN
        IF TG_OP = 'DELETE' OR OLD.valid_to IS NOT NULL
            OR (to_jsonb(NEW) - 'valid_to') IS DISTINCT FROM (to_jsonb(OLD) - 'valid_to')
        THEN
            RAISE EXCEPTION 'version % of plan % is published and cannot change',
                OLD.number, OLD.plan_id
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'plan_version_published';
        END IF;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER billing_keep_version BEFORE UPDATE OR DELETE ON billing_planversion
    FOR EACH ROW EXECUTE FUNCTION billing_keep_version();
"""
KEEP_VERSION_BACK = """
DROP TRIGGER billing_keep_version ON billing_planversion;
DROP FUNCTION billing_keep_version();
"""
# The version's row is locked, so that whoever publishes it and whoever edits it take turns.
KEEP_PRICES = """
CREATE FUNCTION billing_check_draft(version uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    SELECT state INTO found FROM billing_planversion WHERE id = version FOR SHARE;
    IF found = 'published' THEN
        RAISE EXCEPTION 'the prices of version % are published and cannot change', version
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'plan_version_published';
    END IF;
END $$;
CREATE FUNCTION billing_keep_component() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM billing_check_draft(OLD.version_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM billing_check_draft(NEW.version_id); END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION billing_keep_tier() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM billing_check_draft(version_id)
        FROM billing_pricecomponent WHERE id = OLD.component_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM billing_check_draft(version_id)
        FROM billing_pricecomponent WHERE id = NEW.component_id;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER billing_keep_component BEFORE INSERT OR UPDATE OR DELETE ON billing_pricecomponent
    FOR EACH ROW EXECUTE FUNCTION billing_keep_component();
CREATE TRIGGER billing_keep_tier BEFORE INSERT OR UPDATE OR DELETE ON billing_pricetier
    FOR EACH ROW EXECUTE FUNCTION billing_keep_tier();
"""
KEEP_PRICES_BACK = """
DROP TRIGGER billing_keep_tier ON billing_pricetier;
DROP TRIGGER billing_keep_component ON billing_pricecomponent;
DROP FUNCTION billing_keep_tier();
DROP FUNCTION billing_keep_component();
DROP FUNCTION billing_check_draft(uuid);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenants", "0002_isolation")]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.lib.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("currency", models.CharField(default="EUR", max_length=3)),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="PlanVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.lib.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("valid_to", models.DateTimeField(blank=True, null=True)),
                ("content_hash", models.CharField(blank=True, max_length=64)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="billing.plan",
                    ),
                ),
            ],
            options={
                "ordering": ("plan", "number"),
            },
        ),
        migrations.CreateModel(
            name="PriceComponent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.lib.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "meter",
                    models.CharField(
                        choices=[
                            ("subscription.months", "subscription.months"),
                            ("network.hours", "network.hours"),
                            ("port.hours", "port.hours"),
                            ("vip.hours", "vip.hours"),
                            ("site.hours", "site.hours"),
                            ("gateway.hours", "gateway.hours"),
                            ("traffic.in", "traffic.in"),
                            ("traffic.out", "traffic.out"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "model",
                    models.CharField(
                        choices=[
                            ("flat", "flat"),
                            ("per_unit", "per_unit"),
                            ("graduated", "graduated"),
                        ],
                        max_length=10,
                    ),
                ),
                ("included", models.DecimalField(decimal_places=6, default=0, max_digits=20)),
                ("where", models.JSONField(blank=True, default=dict)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="components",
                        to="billing.planversion",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="PriceTier",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.lib.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "up_to",
                    models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True),
                ),
                ("unit_price", models.DecimalField(decimal_places=10, max_digits=20)),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tiers",
                        to="billing.pricecomponent",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.lib.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="billing.plan",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "ordering": ("during",),
            },
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.UniqueConstraint(
                fields=("plan", "number"), name="plan_version_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")),
                fields=("plan",),
                name="plan_version_one_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(("content_hash__gt", ""), ("valid_from__isnull", False)),
                    _connector="OR",
                ),
                name="plan_version_published_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gt", models.F("valid_from")),
                    _connector="OR",
                ),
                name="plan_version_ends_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state", "published")),
                expressions=[
                    ("plan", "="),
                    (
                        models.Func(
                            "valid_from", "valid_to", models.Value("[)"), function="tstzrange"
                        ),
                        "&&",
                    ),
                ],
                name="plan_version_no_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="pricecomponent",
            constraint=models.UniqueConstraint(
                fields=("version", "position"), name="component_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="pricecomponent",
            constraint=models.UniqueConstraint(
                fields=("version", "meter", "where"), name="component_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pricecomponent",
            constraint=models.CheckConstraint(
                condition=models.Q(("included__gte", 0)), name="component_included_counts"
            ),
        ),
        migrations.AddConstraint(
            model_name="pricetier",
            constraint=models.UniqueConstraint(
                fields=("component", "position"), name="tier_position"
            ),
        ),
        migrations.AddConstraint(
            model_name="pricetier",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit_price__gte", 0)), name="tier_price_counts"
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("tenant", "="), ("during", "&&")], name="subscription_one_plan"
            ),
        ),
        GlobalTable("billing", "plan", READ),
        GlobalTable("billing", "planversion", READ),
        GlobalTable("billing", "pricecomponent", READ),
        GlobalTable("billing", "pricetier", READ),
        TenantTable("billing", "subscription", READ),
        migrations.RunSQL(KEEP_VERSION, KEEP_VERSION_BACK),
        migrations.RunSQL(KEEP_PRICES, KEEP_PRICES_BACK),
    ]
