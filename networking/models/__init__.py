"""The app's tables, one file a noun."""

from networking.models.alert import Alert
from networking.models.change import Change, ChangeScope, Verdict
from networking.models.counter import (
    CounterDay,
    CounterHead,
    CounterHour,
    CounterMonth,
    CounterSample,
    CounterTotal,
)
from networking.models.fabric import Fabric, FabricAccess, Host
from networking.models.group import Group, GroupNetwork, GroupPort
from networking.models.lifetime import Lifetime
from networking.models.network import Network, NetworkSite
from networking.models.observed import MemberState, RuleHits, RuleSample
from networking.models.port import Port, PortLabel
from networking.models.prefix import AllowedPrefix
from networking.models.region import Region
from networking.models.router import Attachment, Router, RouterAccess
from networking.models.rule import Rule, RuleTerm
from networking.models.scope import Generation, Scope
from networking.models.site import Site
from networking.models.vip import Vip, VipMember

__all__ = [
    "Alert",
    "AllowedPrefix",
    "Attachment",
    "Change",
    "ChangeScope",
    "CounterDay",
    "CounterHead",
    "CounterHour",
    "CounterMonth",
    "CounterSample",
    "CounterTotal",
    "Fabric",
    "FabricAccess",
    "Generation",
    "Group",
    "GroupNetwork",
    "GroupPort",
    "Host",
    "Lifetime",
    "MemberState",
    "Network",
    "NetworkSite",
    "Port",
    "PortLabel",
    "Region",
    "Router",
    "RouterAccess",
    "Rule",
    "RuleHits",
    "RuleSample",
    "RuleTerm",
    "Scope",
    "Site",
    "Verdict",
    "Vip",
    "VipMember",
]
