"""Labels of ports as rows, for an index that row-level security lets PostgreSQL use.

An index on `labels` would not do: `@>` may tell of a row by its error, so it is asked only after
row-level security has passed the row (PostgreSQL manual, "Rules and Privileges", LEAKPROOF). The
comparison of texts is leakproof.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from portal.lib.db import DatabaseRole
from portal.lib.rls import TenantTable

# The trigger writes as whoever writes the port.
KEPT = "SELECT, INSERT, DELETE"
KEEPERS = {
    DatabaseRole.TENANT: KEPT,
    DatabaseRole.STAFF: KEPT,
    DatabaseRole.WORKER: KEPT,
}

# Labels of ports that are there already are read past row-level security, or not at all: with it
# off, a statement that it would narrow fails.
KEEP = """
ALTER TABLE networking_portlabel ADD CONSTRAINT networking_portlabel_port_id_same_tenant
    FOREIGN KEY (tenant_id, port_id) REFERENCES networking_port (tenant_id, id) ON DELETE CASCADE;

CREATE FUNCTION networking_keep_port_labels() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM networking_portlabel WHERE tenant_id = OLD.tenant_id AND port_id = OLD.id;
    END IF;
    INSERT INTO networking_portlabel (tenant_id, port_id, key, value)
    SELECT NEW.tenant_id, NEW.id, key, value FROM jsonb_each_text(NEW.labels);
    RETURN NULL;
END $$;

CREATE TRIGGER keep_labels_inserted AFTER INSERT ON networking_port
    FOR EACH ROW WHEN (NEW.labels <> '{}') EXECUTE FUNCTION networking_keep_port_labels();
CREATE TRIGGER keep_labels_updated AFTER UPDATE OF labels ON networking_port
    FOR EACH ROW WHEN (OLD.labels <> NEW.labels) EXECUTE FUNCTION networking_keep_port_labels();

SET LOCAL row_security = off;
INSERT INTO networking_portlabel (tenant_id, port_id, key, value)
SELECT tenant_id, id, key, value FROM networking_port, jsonb_each_text(labels);
SET LOCAL row_security = on;
"""
RELEASE = """
DROP TRIGGER keep_labels_inserted ON networking_port;
DROP TRIGGER keep_labels_updated ON networking_port;
DROP FUNCTION networking_keep_port_labels();
ALTER TABLE networking_portlabel DROP CONSTRAINT networking_portlabel_port_id_same_tenant;
"""


def reference(to: str, on_delete: Any) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False, db_index=False, on_delete=on_delete, related_name="+", to=to
    )


class Migration(migrations.Migration):
    dependencies = [
        ("networking", "0016_counter_days"),
        ("tenants", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="PortLabel",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant",
                        "port",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("key", models.TextField()),
                ("value", models.TextField()),
                ("port", reference("networking.port", django.db.models.deletion.DO_NOTHING)),
                ("tenant", reference("tenants.tenant", django.db.models.deletion.PROTECT)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["tenant", "key", "value", "port"], name="port_by_label")
                ],
            },
        ),
        TenantTable("networking", "portlabel", KEEPERS),
        migrations.RunSQL(KEEP, RELEASE),
    ]
