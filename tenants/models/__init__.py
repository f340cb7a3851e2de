"""The nouns of this app."""

from tenants.models.api_token import ApiToken
from tenants.models.audit_event import AuditEvent
from tenants.models.membership import Membership, Role
from tenants.models.person import Person, StaffRole
from tenants.models.tenant import Tenant, TenantState

__all__ = [
    "ApiToken",
    "AuditEvent",
    "Membership",
    "Person",
    "Role",
    "StaffRole",
    "Tenant",
    "TenantState",
]
