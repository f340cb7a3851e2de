"""What a tenant wants, in the field's own terms: frozen values, standard library only.

The compiler makes these from rows; a backend renders them into what its device holds. One
intent speaks of one scope: a tenant on a fabric (`FabricIntent`) or on a router (`RouterIntent`).
Addresses and prefixes are canonical text as `ipaddress` prints them.
"""

from networking.intent.eui64 import eui64_address
from networking.intent.fabric import FabricIntent, Network, Port, Transit
from networking.intent.router import Route, RouterIntent, Site
from networking.intent.scope import ScopeRef, TenantRef

__all__ = [
    "FabricIntent",
    "Network",
    "Port",
    "Route",
    "RouterIntent",
    "ScopeRef",
    "Site",
    "TenantRef",
    "Transit",
    "eui64_address",
]
