"""The only door to an object: each takes the actor, whose scope and role decide what is seen.

What networking's own pages and API read are querysets with all that a page needs; what other apps
read are frozen rows.
"""

from networking.selectors.base import Missing
from networking.selectors.changes import change, changes
from networking.selectors.customers import (
    AttachmentRow,
    CustomerHealth,
    Everybody,
    attachments,
    customer_health,
    everybody,
    spare_attachments,
)
from networking.selectors.dashboard import Dashboard, dashboard
from networking.selectors.groups import (
    group,
    group_members,
    group_membership,
    groups,
    membership_if,
    why_member,
)
from networking.selectors.networks import network, networks, with_machines
from networking.selectors.port_traffic import port_traffic
from networking.selectors.ports import addresses, addresses_used, port, ports
from networking.selectors.prefixes import AllowedPrefixRow, allowed_prefixes, free_prefixes
from networking.selectors.reach_ends import named_machines, reach_ends
from networking.selectors.regions import infrastructure, region, regions
from networking.selectors.rule_csv import rules_csv
from networking.selectors.rules import rule, rules
from networking.selectors.scopes import scopes
from networking.selectors.sites import site, sites
from networking.selectors.vips import vip, vip_members, vips

__all__ = [
    "AllowedPrefixRow",
    "AttachmentRow",
    "CustomerHealth",
    "Dashboard",
    "Everybody",
    "Missing",
    "addresses",
    "addresses_used",
    "allowed_prefixes",
    "attachments",
    "change",
    "changes",
    "customer_health",
    "dashboard",
    "everybody",
    "free_prefixes",
    "group",
    "group_members",
    "group_membership",
    "groups",
    "infrastructure",
    "membership_if",
    "named_machines",
    "network",
    "networks",
    "port",
    "port_traffic",
    "ports",
    "reach_ends",
    "region",
    "regions",
    "rule",
    "rules",
    "rules_csv",
    "scopes",
    "site",
    "sites",
    "spare_attachments",
    "vip",
    "vip_members",
    "vips",
    "why_member",
    "with_machines",
]
