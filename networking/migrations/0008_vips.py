"""VIPs and who serves them."""

import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import netfields.fields
from django.db import migrations, models

import portal.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("networking", "0007_policy"),
        ("tenants", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Vip",
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
                (
                    "ipv4_address",
                    netfields.fields.InetAddressField(
                        blank=True, max_length=39, null=True, verbose_name="IPv4 address"
                    ),
                ),
                (
                    "ipv6_address",
                    netfields.fields.InetAddressField(
                        blank=True, max_length=39, null=True, verbose_name="IPv6 address"
                    ),
                ),
                ("ports", models.JSONField(default=list)),
                ("health_check", models.BooleanField(default=True)),
                ("check_interval", models.PositiveSmallIntegerField(default=2)),
                ("check_timeout", models.PositiveSmallIntegerField(default=1)),
                ("check_failures", models.PositiveSmallIntegerField(default=2)),
                ("check_successes", models.PositiveSmallIntegerField(default=1)),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vips",
                        to="networking.group",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vips",
                        to="networking.region",
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
            name="VipMember",
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
                    "port",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="vip_links",
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
                (
                    "vip",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="member_links",
                        to="networking.vip",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="vip",
            name="members",
            field=models.ManyToManyField(through="networking.VipMember", to="networking.port"),
        ),
        migrations.AddConstraint(
            model_name="vipmember",
            constraint=models.UniqueConstraint(fields=("vip", "port"), name="vip_member_once"),
        ),
        migrations.AddConstraint(
            model_name="vip",
            constraint=models.UniqueConstraint(
                fields=("tenant", "name"), name="vip_name_in_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="vip",
            constraint=models.UniqueConstraint(
                fields=("tenant", "ipv4_address"), name="vip_ipv4_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="vip",
            constraint=models.UniqueConstraint(
                fields=("tenant", "ipv6_address"), name="vip_ipv6_once"
            ),
        ),
    ]
