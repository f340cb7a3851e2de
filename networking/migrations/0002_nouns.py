"""Networks, ports, sites and the prefixes that a tenant may use."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import netfields.fields
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import portal.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("networking", "0001_infrastructure"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Network",
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
                (
                    "ipv4_prefix",
                    netfields.fields.CidrAddressField(max_length=43, verbose_name="IPv4 prefix"),
                ),
                (
                    "ipv6_prefix",
                    netfields.fields.CidrAddressField(
                        blank=True, max_length=43, null=True, verbose_name="IPv6 prefix"
                    ),
                ),
                ("dhcp", models.BooleanField(default=True, verbose_name="DHCP")),
                ("mtu", models.PositiveSmallIntegerField(default=1400, verbose_name="MTU")),
                (
                    "learned_by",
                    models.CharField(
                        choices=[
                            ("all", "Every site"),
                            ("some", "Chosen sites"),
                            ("none", "No site"),
                        ],
                        default="all",
                        max_length=8,
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="networks",
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
            name="Site",
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
                ("asn", models.BigIntegerField(verbose_name="AS number")),
                ("neighbour_ipv4", netfields.fields.InetAddressField(max_length=39)),
                (
                    "neighbour_ipv6",
                    netfields.fields.InetAddressField(blank=True, max_length=39, null=True),
                ),
                (
                    "accepted_prefixes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=netfields.fields.CidrAddressField(max_length=43),
                        default=list,
                        size=None,
                    ),
                ),
                ("max_prefixes", models.PositiveIntegerField(default=50)),
                ("session_state", models.CharField(blank=True, max_length=16)),
                ("session_since", models.DateTimeField(blank=True, null=True)),
                ("session_reason", models.TextField(blank=True)),
                (
                    "prefixes_received",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=netfields.fields.CidrAddressField(max_length=43),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "prefixes_sent",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=netfields.fields.CidrAddressField(max_length=43),
                        default=list,
                        size=None,
                    ),
                ),
                ("observed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "attachment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sites",
                        to="networking.attachment",
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
            name="NetworkSite",
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
                    "network",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
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
                (
                    "site",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="networking.site",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="network",
            name="sites",
            field=models.ManyToManyField(through="networking.NetworkSite", to="networking.site"),
        ),
        migrations.CreateModel(
            name="AllowedPrefix",
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
                ("prefix", netfields.fields.CidrAddressField(max_length=43)),
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
                "ordering": ("prefix",),
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("tenant", "="),
                            (django.contrib.postgres.indexes.OpClass("prefix", "inet_ops"), "&&"),
                        ],
                        name="allowed_prefix_no_overlap",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Port",
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
                ("mac", netfields.fields.MACAddressField(verbose_name="MAC address")),
                (
                    "ipv4_address",
                    netfields.fields.InetAddressField(max_length=39, verbose_name="IPv4 address"),
                ),
                (
                    "ipv6_address",
                    netfields.fields.InetAddressField(
                        blank=True, max_length=39, null=True, verbose_name="IPv6 address"
                    ),
                ),
                ("labels", models.JSONField(blank=True, default=dict)),
                ("up", models.BooleanField(default=False)),
                ("up_since", models.DateTimeField(blank=True, null=True)),
                (
                    "host",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="ports",
                        to="networking.host",
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ports",
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
            options={
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "name"), name="port_name_in_tenant"),
                    models.UniqueConstraint(
                        fields=("network", "ipv4_address"), name="port_ipv4_once"
                    ),
                    models.UniqueConstraint(
                        fields=("network", "ipv6_address"), name="port_ipv6_once"
                    ),
                    models.UniqueConstraint(fields=("tenant", "mac"), name="port_mac_in_tenant"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.UniqueConstraint(
                fields=("tenant", "name"), name="site_name_in_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.UniqueConstraint(
                fields=("attachment", "neighbour_ipv4"), name="site_ipv4_neighbour_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.UniqueConstraint(
                fields=("attachment", "neighbour_ipv6"), name="site_ipv6_neighbour_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="networksite",
            constraint=models.UniqueConstraint(
                fields=("network", "site"), name="network_site_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="network",
            constraint=models.UniqueConstraint(
                fields=("tenant", "name"), name="network_name_in_tenant"
            ),
        ),
        migrations.AddConstraint(
            model_name="network",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("tenant", "="),
                    (django.contrib.postgres.indexes.OpClass("ipv4_prefix", "inet_ops"), "&&"),
                ],
                name="network_ipv4_no_overlap",
            ),
        ),
        migrations.AddConstraint(
            model_name="network",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("tenant", "="),
                    (django.contrib.postgres.indexes.OpClass("ipv6_prefix", "inet_ops"), "&&"),
                ],
                name="network_ipv6_no_overlap",
            ),
        ),
    ]
