"""From when to when something that costs money was there, who may write it, and what stays."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import portal.lib.ids
from portal.lib.db import DatabaseRole
from portal.lib.rls import TenantTable

# An act ends a lifetime, or begins one when no device has anything to do for it.
ACT = "SELECT, INSERT, UPDATE (name, labels, network_name, during)"
WRITE = {
    DatabaseRole.TENANT: ACT,
    DatabaseRole.STAFF: ACT,
    DatabaseRole.WORKER: f"{ACT}, DELETE",
}

# Money is counted by it: what was written stays, whoever writes.
KEEP = """
CREATE FUNCTION networking_lifetime_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.generated THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a lifetime is never removed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF upper(OLD.during) IS NOT NULL THEN
        RAISE EXCEPTION 'a lifetime that has ended never changes'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.tenant_id, NEW.noun, NEW.noun_id, NEW.attributes, NEW.network_id,
            NEW.generated, lower(NEW.during))
        IS DISTINCT FROM (OLD.id, OLD.tenant_id, OLD.noun, OLD.noun_id, OLD.attributes,
            OLD.network_id, OLD.generated, lower(OLD.during))
    THEN
        RAISE EXCEPTION 'of a lifetime only the end and the names change'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER networking_lifetime_keep BEFORE UPDATE OR DELETE ON networking_lifetime
    FOR EACH ROW EXECUTE FUNCTION networking_lifetime_keep();
"""
RELEASE = """
DROP TRIGGER networking_lifetime_keep ON networking_lifetime;
DROP FUNCTION networking_lifetime_keep();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("networking", "0011_observed"),
        ("tenants", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Lifetime",
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
                (
                    "noun",
                    models.CharField(
                        choices=[
                            ("network", "Network"),
                            ("port", "Machine"),
                            ("vip", "VIP"),
                            ("site", "Site"),
                            ("gateway", "Way out"),
                        ],
                        max_length=8,
                    ),
                ),
                ("noun_id", models.UUIDField()),
                ("name", models.CharField(max_length=63)),
                ("attributes", models.JSONField(default=dict)),
                ("labels", models.JSONField(blank=True, default=dict)),
                ("network_id", models.UUIDField(blank=True, null=True)),
                ("network_name", models.CharField(blank=True, max_length=63)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("generated", models.BooleanField(default=False)),
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
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        fields=["tenant", "during"], name="lifetime_of_tenant"
                    ),
                    models.Index(
                        condition=models.Q(("during__upper_inf", True)),
                        fields=["noun_id"],
                        name="lifetime_open",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("during__upper_inf", True), ("network_id__isnull", False)
                        ),
                        fields=["network_id"],
                        name="lifetime_open_in_network",
                    ),
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("noun_id", django.contrib.postgres.fields.RangeOperators.EQUAL),
                            ("during", django.contrib.postgres.fields.RangeOperators.OVERLAPS),
                        ],
                        name="lifetime_no_overlap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("during__isempty", False), ("during__lower_inf", False)
                        ),
                        name="lifetime_begun",
                    ),
                ],
            },
        ),
        TenantTable("networking", "lifetime", WRITE),
        migrations.RunSQL(KEEP, RELEASE),
    ]
