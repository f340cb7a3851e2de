"""Machines that belong to a group by name."""

import django.db.models.deletion
from django.db import migrations, models

import portal.lib.ids
from portal.lib.db import DatabaseRole
from portal.lib.rls import CompositeForeignKey, TenantTable

ALL = "SELECT, INSERT, UPDATE, DELETE"
CHOOSE = {
    DatabaseRole.TENANT: "SELECT, INSERT, DELETE",
    DatabaseRole.STAFF: ALL,
    DatabaseRole.WORKER: ALL,
}


class Migration(migrations.Migration):
    dependencies = [
        ("networking", "0013_counters"),
        ("tenants", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="GroupPort",
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
                        related_name="port_links",
                        to="networking.group",
                    ),
                ),
                (
                    "port",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="group_links",
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
                    models.UniqueConstraint(fields=("group", "port"), name="group_port_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="group",
            name="ports",
            field=models.ManyToManyField(through="networking.GroupPort", to="networking.port"),
        ),
        TenantTable("networking", "groupport", CHOOSE),
        CompositeForeignKey("networking_groupport", "group_id", "networking_group"),
        CompositeForeignKey("networking_groupport", "port_id", "networking_port"),
    ]
