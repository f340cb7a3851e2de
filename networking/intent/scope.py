"""Whose intent it is, and where it applies."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TenantRef:
    """A tenant as a device sees it: the id that stamps its objects and the slug that names them."""

    id: str
    slug: str


@dataclass(frozen=True, slots=True)
class ScopeRef:
    """One tenant on one fabric or router: the unit that is claimed, planned, applied, verified.

    `vrf` names the tenant's VRF on a router; on a fabric it is empty.
    """

    id: str
    tenant: TenantRef
    vrf: str = ""
