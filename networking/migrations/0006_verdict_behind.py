"""Finds the verdicts that wait for a late note without reading all others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networking", "0005_progress")]

    operations = [
        migrations.AddIndex(
            model_name="verdict",
            index=models.Index(
                condition=models.Q(("state", "behind")),
                fields=["tenant", "subject_type"],
                name="verdict_behind",
            ),
        ),
    ]
