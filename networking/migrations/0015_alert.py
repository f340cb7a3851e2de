"""What the provider's people are told of; customers may not read it."""

from django.db import migrations, models

import portal.lib.ids
from portal.lib.db import DatabaseRole
from portal.lib.rls import ALL, GlobalTable


class Migration(migrations.Migration):
    dependencies = [("networking", "0014_group_ports")]

    operations = [
        migrations.CreateModel(
            name="Alert",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("change", "Change stuck"),
                            ("host", "Host silent"),
                            ("session", "BGP session down"),
                            ("device", "Device away"),
                            ("drift", "Drift found"),
                        ],
                        max_length=16,
                    ),
                ),
                ("subject_id", models.UUIDField()),
                ("subject", models.CharField(max_length=400)),
                ("text", models.TextField()),
                ("since", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("cleared_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("end_told_at", models.DateTimeField(blank=True, null=True)),
                ("telling_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(fields=["kind", "subject_id", "-since"], name="alert_of_subject")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("kind", "subject_id"),
                        name="alert_open_once",
                    )
                ],
            },
        ),
        GlobalTable(
            "networking",
            "alert",
            {DatabaseRole.STAFF: "SELECT", DatabaseRole.WORKER: ALL},
        ),
    ]
