"""Who may read and write groups, rules and VIPs, and references that stay inside a tenant."""

from django.db import migrations

from portal.lib.db import DatabaseRole
from portal.lib.rls import CompositeForeignKey, TenantTable

ALL = "SELECT, INSERT, UPDATE, DELETE"


def privileges(tenant: str) -> dict[DatabaseRole, str]:
    """Staff and workers do everything, a tenant only this."""
    return {DatabaseRole.TENANT: tenant, DatabaseRole.STAFF: ALL, DatabaseRole.WORKER: ALL}


# A row goes when a worker saw that no device holds it; a tenant only marks it as retiring.
WRITE = privileges("SELECT, INSERT, UPDATE")
CHOOSE = privileges("SELECT, INSERT, DELETE")


class Migration(migrations.Migration):
    dependencies = [("networking", "0008_vips")]

    operations = [
        TenantTable("networking", "group", WRITE),
        TenantTable("networking", "groupnetwork", CHOOSE),
        TenantTable("networking", "rule", WRITE),
        TenantTable("networking", "ruleterm", CHOOSE),
        TenantTable("networking", "vip", WRITE),
        TenantTable("networking", "vipmember", CHOOSE),
        CompositeForeignKey("networking_groupnetwork", "group_id", "networking_group"),
        CompositeForeignKey("networking_groupnetwork", "network_id", "networking_network"),
        CompositeForeignKey("networking_ruleterm", "rule_id", "networking_rule"),
        CompositeForeignKey("networking_ruleterm", "group_id", "networking_group"),
        CompositeForeignKey("networking_ruleterm", "site_id", "networking_site"),
        CompositeForeignKey("networking_vip", "group_id", "networking_group"),
        CompositeForeignKey("networking_vipmember", "vip_id", "networking_vip"),
        CompositeForeignKey("networking_vipmember", "port_id", "networking_port"),
    ]
