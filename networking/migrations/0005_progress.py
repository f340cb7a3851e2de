"""What a configuration number covers, what carried a change, and what devices hold in vain."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networking", "0004_isolation")]

    operations = [
        migrations.AddField(
            model_name="scope",
            name="target_generation",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="changescope",
            name="carried",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="fabric",
            name="orphans",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="router",
            name="orphans",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
