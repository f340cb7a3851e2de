"""What devices say of VIP members and rules, and who may read it."""

import django.db.models.deletion
import netfields.fields
from django.db import migrations, models

import portal.lib.ids
from portal.lib.db import DatabaseRole
from portal.lib.rls import CompositeForeignKey, TenantTable

ALL = "SELECT, INSERT, UPDATE, DELETE"
# The collector writes it.
READ = {DatabaseRole.TENANT: "SELECT", DatabaseRole.STAFF: ALL, DatabaseRole.WORKER: ALL}


class Migration(migrations.Migration):
    dependencies = [
        ("networking", "0010_scope_sent"),
        ("tenants", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleHits",
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
                ("packets", models.BigIntegerField(default=0)),
                ("bytes", models.BigIntegerField(default=0)),
                ("since", models.DateTimeField()),
                ("last_hit_at", models.DateTimeField(blank=True, null=True)),
                (
                    "rule",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hits",
                        to="networking.rule",
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
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MemberState",
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
                ("address", netfields.fields.InetAddressField(max_length=39)),
                ("protocol", models.CharField(max_length=8)),
                ("member_port", models.PositiveIntegerField()),
                (
                    "health",
                    models.CharField(
                        choices=[
                            ("online", "Answers"),
                            ("offline", "Does not answer"),
                            ("unknown", "Not tried yet"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(max_length=255)),
                ("since", models.DateTimeField()),
                (
                    "fabric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="networking.fabric",
                    ),
                ),
                (
                    "port",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="member_states",
                        to="networking.port",
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("fabric", "port", "address", "protocol", "member_port"),
                        name="member_state_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleSample",
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
                ("series", models.CharField(max_length=64)),
                ("packets", models.BigIntegerField()),
                ("bytes", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "host",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="networking.host",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="networking.rule",
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rule", "host", "series"), name="rule_sample_once"
                    )
                ],
            },
        ),
        TenantTable("networking", "memberstate", READ),
        TenantTable("networking", "rulehits", READ),
        TenantTable("networking", "rulesample", READ),
        CompositeForeignKey("networking_memberstate", "port_id", "networking_port"),
        CompositeForeignKey("networking_rulehits", "rule_id", "networking_rule"),
        CompositeForeignKey("networking_rulesample", "rule_id", "networking_rule"),
    ]
