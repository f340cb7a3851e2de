"""Regions, fabrics, hosts, routers and attachments: what the provider runs."""

import django.contrib.postgres.fields
import django.db.models.deletion
import netfields.fields
from django.db import migrations, models

import portal.lib.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fabric",
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
                ("name", models.SlugField(max_length=63, unique=True)),
                (
                    "backend",
                    models.CharField(
                        choices=[("ovn", "OVN"), ("simulator", "Simulator")], max_length=16
                    ),
                ),
                ("mtu", models.PositiveSmallIntegerField(default=1442)),
                ("error", models.TextField(blank=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Region",
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
                ("code", models.SlugField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=63)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Router",
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
                ("name", models.SlugField(max_length=63, unique=True)),
                (
                    "backend",
                    models.CharField(
                        choices=[("frr", "FRR"), ("simulator", "Simulator")], max_length=16
                    ),
                ),
                ("asn", models.BigIntegerField(verbose_name="AS number")),
                ("error", models.TextField(blank=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="routers",
                        to="networking.region",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="FabricAccess",
            fields=[
                (
                    "fabric",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="access",
                        serialize=False,
                        to="networking.fabric",
                    ),
                ),
                ("config", models.JSONField(default=dict)),
            ],
        ),
        migrations.AddField(
            model_name="fabric",
            name="region",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fabrics",
                to="networking.region",
            ),
        ),
        migrations.CreateModel(
            name="RouterAccess",
            fields=[
                (
                    "router",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="access",
                        serialize=False,
                        to="networking.router",
                    ),
                ),
                ("config", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Host",
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
                ("name", models.SlugField(max_length=63)),
                (
                    "gateway_priority",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="0: carries no gateway. The highest that lives carries it.",
                    ),
                ),
                ("cfg", models.BigIntegerField(default=0)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("silent_since", models.DateTimeField(blank=True, null=True)),
                (
                    "fabric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hosts",
                        to="networking.fabric",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(fields=("fabric", "name"), name="host_name_in_fabric")
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
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
                ("name", models.SlugField(max_length=63)),
                ("vrf", models.CharField(max_length=32)),
                ("vlan", models.PositiveSmallIntegerField()),
                ("interface", models.CharField(max_length=32)),
                ("bridge_mapping", models.CharField(max_length=32)),
                ("transit_ipv4", netfields.fields.CidrAddressField(max_length=43)),
                ("router_ipv4", netfields.fields.InetAddressField(max_length=39)),
                ("gateway_ipv4", netfields.fields.InetAddressField(max_length=39)),
                (
                    "transit_ipv6",
                    netfields.fields.CidrAddressField(blank=True, max_length=43, null=True),
                ),
                (
                    "router_ipv6",
                    netfields.fields.InetAddressField(blank=True, max_length=39, null=True),
                ),
                (
                    "gateway_ipv6",
                    netfields.fields.InetAddressField(blank=True, max_length=39, null=True),
                ),
                (
                    "access_prefixes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=netfields.fields.CidrAddressField(max_length=43),
                        default=list,
                        size=None,
                    ),
                ),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
                (
                    "fabric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="networking.fabric",
                    ),
                ),
                (
                    "router",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="networking.router",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("router", "name"), name="attachment_name_on_router"
                    ),
                    models.UniqueConstraint(
                        fields=("router", "vrf"), name="attachment_vrf_on_router"
                    ),
                    models.UniqueConstraint(
                        fields=("fabric", "vlan"), name="attachment_vlan_on_fabric"
                    ),
                    models.UniqueConstraint(
                        fields=("tenant", "router"), name="attachment_once_per_tenant_and_router"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("vlan__gte", 1), ("vlan__lte", 4094)),
                        name="attachment_vlan_valid",
                    ),
                ],
            },
        ),
    ]
