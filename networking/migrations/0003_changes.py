"""Generations, scopes, changes and their verdicts."""

import django.db.models.deletion
from django.db import migrations, models

import portal.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("networking", "0002_nouns"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
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
                ("generation", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("applying", "Applying"),
                            ("verifying", "Verifying"),
                            ("waiting", "Waiting"),
                            ("blocked", "Blocked"),
                            ("done", "Done"),
                            ("superseded", "Superseded"),
                        ],
                        default="pending",
                        max_length=16,
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        choices=[("create", "Create"), ("update", "Update"), ("delete", "Delete")],
                        max_length=8,
                    ),
                ),
                ("subject_type", models.CharField(max_length=32)),
                ("subject_id", models.UUIDField()),
                ("subject_name", models.CharField(max_length=63)),
                ("summary", models.CharField(max_length=255)),
                ("before", models.JSONField(blank=True, default=dict)),
                ("after", models.JSONField(blank=True, default=dict)),
                ("plan", models.JSONField(blank=True, default=list)),
                ("warnings", models.JSONField(blank=True, default=list)),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.UUIDField(blank=True, null=True)),
                ("actor_label", models.CharField(max_length=255)),
                ("on_behalf_reason", models.CharField(blank=True, max_length=255)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("reason", models.TextField(blank=True, help_text="Why it waits or is blocked.")),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reverts",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reverted",
                        to="networking.change",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="networking.change",
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
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="Generation",
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
                ("number", models.BigIntegerField(default=0)),
                (
                    "tenant",
                    models.OneToOneField(
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
            name="Scope",
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
                ("vrf", models.CharField(blank=True, max_length=32)),
                ("wanted", models.BigIntegerField(default=0)),
                ("applied", models.BigIntegerField(default=0)),
                ("verified", models.BigIntegerField(default=0)),
                ("token", models.BigIntegerField(default=0)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("target", models.BigIntegerField(default=0)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("retry_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True)),
                ("blocked", models.BooleanField(default=False)),
                ("swept_at", models.DateTimeField(blank=True, null=True)),
                ("drift", models.JSONField(blank=True, default=dict)),
                (
                    "fabric",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scopes",
                        to="networking.fabric",
                    ),
                ),
                (
                    "router",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scopes",
                        to="networking.router",
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
        migrations.CreateModel(
            name="ChangeScope",
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
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                (
                    "change",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="touched_scopes",
                        to="networking.change",
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
                    "scope",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="networking.scope",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Verdict",
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
                ("subject_type", models.CharField(max_length=16)),
                ("subject_name", models.CharField(max_length=63)),
                (
                    "state",
                    models.CharField(
                        choices=[("ok", "Enforced"), ("behind", "Left behind")], max_length=8
                    ),
                ),
                ("text", models.CharField(max_length=255)),
                ("seconds", models.FloatField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                (
                    "change",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="verdicts",
                        to="networking.change",
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
                "ordering": ("at",),
            },
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["tenant", "-created_at"], name="change_newest"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["tenant", "subject_id"], name="change_of_subject"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=models.Q(("state__in", ("done", "superseded")), _negated=True),
                fields=["tenant", "generation"],
                name="change_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.UniqueConstraint(
                fields=("tenant", "generation"), name="change_generation_in_tenant"
            ),
        ),
        migrations.AddIndex(
            model_name="scope",
            index=models.Index(
                condition=models.Q(("verified__lt", models.F("wanted"))),
                fields=["wanted"],
                name="scope_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="scope",
            constraint=models.UniqueConstraint(
                fields=("tenant", "fabric"), name="scope_once_per_fabric"
            ),
        ),
        migrations.AddConstraint(
            model_name="scope",
            constraint=models.UniqueConstraint(
                fields=("tenant", "router"), name="scope_once_per_router"
            ),
        ),
        migrations.AddConstraint(
            model_name="scope",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fabric__isnull", False), ("router__isnull", True)),
                    models.Q(("fabric__isnull", True), ("router__isnull", False)),
                    _connector="OR",
                ),
                name="scope_fabric_or_router",
            ),
        ),
        migrations.AddConstraint(
            model_name="changescope",
            constraint=models.UniqueConstraint(
                fields=("change", "scope"), name="change_scope_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="verdict",
            constraint=models.UniqueConstraint(
                fields=("change", "subject_type", "subject_name"), name="verdict_once"
            ),
        ),
    ]
