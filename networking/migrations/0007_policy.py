"""Groups and rules, default deny, prefixes for VIPs, and the address that health checks come from."""

import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import netfields.fields
from django.db import migrations, models

import portal.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("networking", "0006_verdict_behind"),
        ("tenants", "0002_isolation"),
    ]

    operations = [
        migrations.AddField(
            model_name="allowedprefix",
            name="purpose",
            field=models.CharField(
                choices=[("networks", "Networks"), ("vips", "VIPs")],
                default="networks",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="network",
            name="default_deny",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="network",
            name="probe_ipv4",
            field=netfields.fields.InetAddressField(blank=True, max_length=39, null=True),
        ),
        migrations.CreateModel(
            name="Group",
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
                ("name", models.CharField(max_length=63)),
                ("version", models.PositiveIntegerField(default=1)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("retiring_at", models.DateTimeField(blank=True, null=True)),
                ("description", models.CharField(blank=True, max_length=255)),
                ("labels", models.JSONField(blank=True, default=dict)),
                (
                    "prefixes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=netfields.fields.CidrAddressField(max_length=43),
                        blank=True,
                        default=list,
                        size=None,
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
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="GroupNetwork",
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
                    "group",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="network_links",
                        to="networking.group",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="group_links",
                        to="networking.network",
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
        ),
        migrations.AddField(
            model_name="group",
            name="networks",
            field=models.ManyToManyField(
                through="networking.GroupNetwork", to="networking.network"
            ),
        ),
        migrations.CreateModel(
            name="Rule",
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
                ("name", models.CharField(max_length=63)),
                ("version", models.PositiveIntegerField(default=1)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("retiring_at", models.DateTimeField(blank=True, null=True)),
                ("description", models.CharField(blank=True, max_length=255)),
                ("rank", models.IntegerField(null=True)),
                (
                    "protocol",
                    models.CharField(
                        choices=[("any", "any"), ("tcp", "tcp"), ("udp", "udp"), ("icmp", "icmp")],
                        default="any",
                        max_length=8,
                    ),
                ),
                ("ports", models.JSONField(blank=True, default=list)),
                (
                    "action",
                    models.CharField(
                        choices=[("allow", "allow"), ("deny", "deny"), ("reject", "reject")],
                        default="allow",
                        max_length=8,
                    ),
                ),
                ("enabled", models.BooleanField(default=True)),
                ("log", models.BooleanField(default=False)),
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
                "ordering": ("rank",),
            },
        ),
        migrations.CreateModel(
            name="RuleTerm",
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
                    "side",
                    models.CharField(
                        choices=[("source", "Source"), ("destination", "Destination")],
                        max_length=16,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("prefix", netfields.fields.CidrAddressField(blank=True, max_length=43, null=True)),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rule_terms",
                        to="networking.group",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="networking.rule",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rule_terms",
                        to="networking.site",
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
                "ordering": ("side", "position"),
            },
        ),
        migrations.AddConstraint(
            model_name="groupnetwork",
            constraint=models.UniqueConstraint(
                fields=("group", "network"), name="group_network_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.UniqueConstraint(
                fields=("tenant", "name"), name="group_name_in_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.UniqueConstraint(
                fields=("tenant", "name"), name="rule_name_in_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                fields=("tenant", "rank"),
                name="rule_rank_in_tenant",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleterm",
            constraint=models.UniqueConstraint(
                fields=("rule", "side", "position"), name="rule_term_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleterm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("group__isnull", False), ("prefix__isnull", True), ("site__isnull", True)
                    ),
                    models.Q(
                        ("group__isnull", True), ("prefix__isnull", True), ("site__isnull", False)
                    ),
                    models.Q(
                        ("group__isnull", True), ("prefix__isnull", False), ("site__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="rule_term_is_one_thing",
            ),
        ),
    ]
