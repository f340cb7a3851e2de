"""Stored answers are their tenant's."""

from django.db import migrations

from portal.lib.rls import TenantTable


class Migration(migrations.Migration):
    dependencies = [("portal_lib", "0001_initial")]

    operations = [TenantTable("portal_lib", "idempotencykey")]
