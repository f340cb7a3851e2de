"""Who may read and write people, memberships, tokens and the audit trail."""

from django.db import migrations

from portal.lib.db import DatabaseRole
from portal.lib.rls import TenantTable

IDENTITY, TENANT = DatabaseRole.IDENTITY, DatabaseRole.TENANT
STAFF, WORKER = DatabaseRole.STAFF, DatabaseRole.WORKER

# Only the identity role reads password hashes and token digests.
PERSON = "SELECT (id, email, name, is_active)"
PERSON_OF_STAFF = "SELECT (id, email, name, is_active, staff_role, created_at, last_login)"
KEY_COLUMNS = (
    "SELECT (id, tenant_id, name, role, prefix, created_by_id, created_at, expires_at, "
    "last_used_at, revoked_at)"
)
# Nobody changes the trail, and nobody removes from it.
TRAIL = "SELECT, INSERT"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        TenantTable(
            "tenants",
            "tenant",
            {
                IDENTITY: "SELECT",
                TENANT: "SELECT",
                STAFF: "SELECT, INSERT, UPDATE",
                WORKER: "SELECT, INSERT, UPDATE",
            },
            column="id",
        ),
        TenantTable(
            "tenants",
            "person",
            {
                IDENTITY: "SELECT, INSERT, UPDATE",
                TENANT: PERSON,
                STAFF: PERSON_OF_STAFF,
                WORKER: PERSON_OF_STAFF,
            },
            rows="EXISTS (SELECT 1 FROM tenants_membership m "
            "WHERE m.person_id = tenants_person.id AND m.tenant_id = {tenant})",
        ),
        TenantTable(
            "tenants",
            "membership",
            {
                IDENTITY: "SELECT",
                TENANT: "SELECT, INSERT, UPDATE (role), DELETE",
                STAFF: "SELECT, INSERT, UPDATE (role), DELETE",
                WORKER: "SELECT, INSERT, UPDATE (role), DELETE",
            },
        ),
        TenantTable(
            "tenants",
            "apitoken",
            {
                IDENTITY: "SELECT, UPDATE (last_used_at)",
                TENANT: f"{KEY_COLUMNS}, INSERT, UPDATE (revoked_at)",
                STAFF: f"{KEY_COLUMNS}, INSERT, UPDATE (revoked_at)",
                WORKER: f"{KEY_COLUMNS}, INSERT, UPDATE (revoked_at)",
            },
        ),
        TenantTable("tenants", "auditevent", {TENANT: TRAIL, STAFF: TRAIL, WORKER: TRAIL}),
    ]
