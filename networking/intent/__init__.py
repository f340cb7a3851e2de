"""What a tenant wants, in the field's own terms: frozen values, standard library only.

The compiler makes these from rows; a backend renders them into what its device holds. One
intent speaks of one scope: a tenant on a fabric (`FabricIntent`) or on a router (`RouterIntent`).
Addresses and prefixes are canonical text as `ipaddress` prints them.
"""

from networking.intent.eui64 import eui64_address
from networking.intent.fabric import FabricIntent, Network, Port, Transit
from networking.intent.policy import (
    ANY,
    LAST_RANK,
    Group,
    PortRange,
    Protocol,
    Rule,
    RuleAction,
    SitePrefixes,
    Term,
    TermKind,
    merged,
)
from networking.intent.router import Route, RouterIntent, Site
from networking.intent.scope import ScopeRef, TenantRef
from networking.intent.vip import HealthCheck, Member, Vip, VipPort

__all__ = [
    "ANY",
    "LAST_RANK",
    "FabricIntent",
    "Group",
    "HealthCheck",
    "Member",
    "Network",
    "Port",
    "PortRange",
    "Protocol",
    "Route",
    "RouterIntent",
    "Rule",
    "RuleAction",
    "ScopeRef",
    "Site",
    "SitePrefixes",
    "TenantRef",
    "Term",
    "TermKind",
    "Transit",
    "Vip",
    "VipPort",
    "eui64_address",
    "merged",
]
