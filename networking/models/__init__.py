"""The app's tables, one file a noun."""

from networking.models.change import Change, ChangeScope, Verdict
from networking.models.fabric import Fabric, FabricAccess, Host
from networking.models.network import Network, NetworkSite
from networking.models.port import Port
from networking.models.prefix import AllowedPrefix
from networking.models.region import Region
from networking.models.router import Attachment, Router, RouterAccess
from networking.models.scope import Generation, Scope
from networking.models.site import Site

__all__ = [
    "AllowedPrefix",
    "Attachment",
    "Change",
    "ChangeScope",
    "Fabric",
    "FabricAccess",
    "Generation",
    "Host",
    "Network",
    "NetworkSite",
    "Port",
    "Region",
    "Router",
    "RouterAccess",
    "Scope",
    "Site",
    "Verdict",
]
