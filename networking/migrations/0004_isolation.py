"""Who may read and write which rows, and references that stay inside a tenant."""

from django.db import migrations

from portal.lib.db import DatabaseRole
from portal.lib.rls import CompositeForeignKey, GlobalTable, TenantTable

ALL = "SELECT, INSERT, UPDATE, DELETE"


def privileges(tenant: str) -> dict[DatabaseRole, str]:
    """Staff and workers do everything, a tenant only this."""
    return {DatabaseRole.TENANT: tenant, DatabaseRole.STAFF: ALL, DatabaseRole.WORKER: ALL}


# How a device is reached, keys among it: never a tenant's business.
ACCESS = {DatabaseRole.STAFF: ALL, DatabaseRole.WORKER: "SELECT"}

# What onboarding gives a tenant is the provider's to change.
READ = privileges("SELECT")
# A row goes when a worker saw that no device holds it; a tenant only marks it as retiring.
WRITE = privileges("SELECT, INSERT, UPDATE")
CHOOSE = privileges("SELECT, INSERT, DELETE")
# An act asks for a newer generation and clears what held the older one up. Leases, tokens and
# results are the engine's.
ASK = privileges("SELECT, INSERT, UPDATE (wanted, blocked, retry_at, attempts)")
ACCEPT = privileges("SELECT, INSERT, UPDATE (reverts_id, summary)")
ADD = privileges("SELECT, INSERT")


class Migration(migrations.Migration):
    dependencies = [("networking", "0003_changes")]

    operations = [
        GlobalTable("networking", "region"),
        GlobalTable("networking", "fabric"),
        GlobalTable("networking", "host"),
        GlobalTable("networking", "router"),
        GlobalTable("networking", "fabricaccess", ACCESS),
        GlobalTable("networking", "routeraccess", ACCESS),
        TenantTable("networking", "attachment", READ),
        TenantTable("networking", "allowedprefix", READ),
        TenantTable("networking", "site", READ),
        TenantTable("networking", "network", WRITE),
        TenantTable("networking", "port", WRITE),
        TenantTable("networking", "networksite", CHOOSE),
        TenantTable("networking", "generation", WRITE),
        TenantTable("networking", "scope", ASK),
        TenantTable("networking", "change", ACCEPT),
        TenantTable("networking", "changescope", ADD),
        TenantTable("networking", "verdict", READ),
        CompositeForeignKey("networking_site", "attachment_id", "networking_attachment"),
        CompositeForeignKey("networking_port", "network_id", "networking_network"),
        CompositeForeignKey("networking_networksite", "network_id", "networking_network"),
        CompositeForeignKey("networking_networksite", "site_id", "networking_site"),
        CompositeForeignKey("networking_change", "reverts_id", "networking_change"),
        CompositeForeignKey("networking_change", "superseded_by_id", "networking_change"),
        CompositeForeignKey("networking_changescope", "change_id", "networking_change"),
        CompositeForeignKey("networking_changescope", "scope_id", "networking_scope"),
        CompositeForeignKey("networking_verdict", "change_id", "networking_change"),
    ]
