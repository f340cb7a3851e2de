"""What was sent to a device is noted before it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("networking", "0009_policy_isolation")]

    operations = [
        migrations.AddField(
            model_name="scope", name="sent", field=models.BigIntegerField(default=0)
        ),
    ]
