"""Rules as ACLs on the tenant's switches, groups as address sets (man 5 ovn-nb, ACL). Pure.

One ACL a rule and address family, held by all of the tenant's network switches at once; the sets
carry the members, so that a membership change touches no ACL. What is sent to a machine is judged
at its port (`to-lport`). A second ACL (`from-lport`) is there only where the destination may lie
outside the tenant's networks, and then after load balancing.

Switches of a tenant without rules and without default deny carry none of this: their packets are
not tracked at all.
"""

from collections.abc import Iterable

from networking.backends.ovn.identity import RowUuid
from networking.backends.ovn.match import literals, matches, set_name, terms_of
from networking.backends.ovn.rows import Rows
from networking.backends.ovn.spaces import FAMILIES, Family, Space
from networking.intent import (
    FabricIntent,
    Group,
    Rule,
    RuleAction,
    SitePrefixes,
    TermKind,
)
from networking.planning import Json, Noun

# ovn-nb takes 0 to 32767. OVN's own flows stand above all of these: replies of what was allowed,
# neighbour discovery and router advertisements, DHCP's answers and health checks.
PASS = 32_767
"""What is judged elsewhere: what leaves a switch for the router, and what is sent to the inside.
Without it, default deny of the source's network would cut both."""
FIRST_RULE = 32_000
"""Rank 0; each next rank is one less, the last is 2,001."""
DEFAULT_DENY = 1
"""Below every rule."""

LOG_RATE = 10
"""Log messages a second of each rule; every one passes through the host's controller."""

_ACTIONS = {
    RuleAction.ALLOW: "allow-related",
    RuleAction.DENY: "drop",
    RuleAction.REJECT: "reject",
}
_OUT = "from-lport"
_IN = "to-lport"

# Machines need these to be on their network, whatever the rules say: broadcast and multicast are
# not routed, link-local addresses neither.
_NEVER_OUTSIDE = {4: ("224.0.0.0/4", "255.255.255.255"), 6: ("fe80::/10", "ff00::/8")}


def enforce(rows: Rows, intent: FabricIntent) -> None:
    """Add the rows of the intent's groups, rules and default deny."""
    policy = _Policy(rows, intent)
    for group in intent.groups:
        policy.members("group", group)
    used = {t.value for rule in intent.rules for t in (*rule.source, *rule.destination)}
    for site in intent.sites:
        if site.id in used:
            policy.members("site", site)
    rules = [rule for rule in intent.rules if rule.enabled]
    if not intent.networks or not (rules or any(n.default_deny for n in intent.networks)):
        return
    policy.towards_the_router()
    twins = [policy.rule(rule) for rule in rules]
    if any(twins) or any(network.default_deny for network in intent.networks):
        policy.inside()
    policy.default_deny()
    if any(rule.log for rule in rules):
        policy.meter()


class _Policy:
    def __init__(self, rows: Rows, intent: FabricIntent) -> None:
        self._rows = rows
        self._tenant = Noun("tenant", rows.tenant.id, rows.tenant.slug)
        self._networks = intent.networks
        self._switches = [rows.uuid("Logical_Switch", network.id) for network in intent.networks]
        own = [p for n in intent.networks for p in (n.ipv4_prefix, n.ipv6_prefix) if p]
        self._here = Space(own)
        self._inside = Space((*own, *intent.elsewhere))
        self._groups = {
            group.id: any(not self._inside.holds(address) for address in group.addresses)
            for group in intent.groups
        }

    def members(self, kind: str, group: Group | SitePrefixes) -> None:
        """The address sets of a group or site, also of an empty one: rules refer to them."""
        addresses = group.addresses if isinstance(group, Group) else group.prefixes
        self._sets(kind, Noun(kind, group.id, group.name), addresses)

    def towards_the_router(self) -> None:
        """Let pass what leaves a switch for the router: the destination's port judges it."""
        for network, switch in zip(self._networks, self._switches, strict=True):
            match = f'outport == "{self._rows.name("uplink", network.id)}"'
            noun = Noun("network", network.id)
            self._acl(noun, [switch], _IN, PASS, match, "allow-related", "uplink")

    def inside(self) -> None:
        """Let a machine send into the tenant's networks: the destination's port judges that."""
        addresses = [*self._inside.prefixes, *_NEVER_OUTSIDE[4], *_NEVER_OUTSIDE[6]]
        self._sets("inside", self._tenant, addresses)
        for family in FAMILIES:
            match = f"{family.word}.dst == ${set_name('inside', self._tenant.id, family)}"
            self._acl(self._tenant, self._switches, _OUT, PASS, match, "allow-related", family.word)

    def rule(self, rule: Rule) -> bool:
        """The rule's ACLs; whether any of them is at the source's port."""
        outside = False
        for family, match in matches(rule):
            if self._may_be_here(rule, family):
                self._of_rule(rule, _IN, match, family)
            if self._may_be_outside(rule, family):
                self._of_rule(rule, _OUT, match, family)
                outside = True
        return outside

    def default_deny(self) -> None:
        """Drop what nothing above allowed, on the switches of networks that deny by default."""
        switches = [
            switch
            for network, switch in zip(self._networks, self._switches, strict=True)
            if network.default_deny
        ]
        if switches:
            for direction in (_IN, _OUT):
                self._acl(self._tenant, switches, direction, DEFAULT_DENY, "ip", "drop", "deny")

    def meter(self) -> None:
        """What bounds the log messages."""
        band = self._rows.uuid("Meter_Band")
        limits = {"action": "drop", "rate": LOG_RATE, "burst_size": 0}
        self._rows.add("Meter_Band", band, self._tenant, limits)
        columns = {"name": self._meter, "unit": "pktps", "fair": True, "bands": band}
        self._rows.add("Meter", self._rows.uuid("Meter"), self._tenant, columns)

    @property
    def _meter(self) -> str:
        return self._rows.name("log", self._rows.tenant.id)

    def _may_be_here(self, rule: Rule, family: Family) -> bool:
        return any(
            term.kind in (TermKind.ANY, TermKind.GROUP)
            or (term.kind is TermKind.PREFIX and self._here.meets(term.value))
            for term in terms_of(rule.destination, family)
        )

    def _may_be_outside(self, rule: Rule, family: Family) -> bool:
        """For a group by its addresses: machines are inside, so their coming and going changes
        nothing here."""
        return any(
            term.kind in (TermKind.ANY, TermKind.SITE)
            or (term.kind is TermKind.GROUP and self._groups.get(term.value, False))
            or (term.kind is TermKind.PREFIX and not self._inside.holds(term.value))
            for term in terms_of(rule.destination, family)
        )

    def _of_rule(self, rule: Rule, direction: str, match: str, family: Family) -> None:
        # Without the rule's name: editing only the stamps of an ACL costs the central daemon as
        # much as a new rule does.
        noun = Noun("rule", rule.id)
        logged: dict[str, Json] = {}
        if rule.log:
            logged = {"log": True, "severity": "info", "meter": self._meter}
        self._acl(
            noun, self._switches, direction, FIRST_RULE - rule.rank, match,
            _ACTIONS[rule.action], family.word, **logged,
        )  # fmt: skip

    def _acl(
        self,
        noun: Noun,
        switches: Iterable[RowUuid],
        direction: str,
        priority: int,
        match: str,
        action: str,
        key: str,
        **others: Json,
    ) -> None:
        columns = {
            "name": noun.id,
            "direction": direction,
            "priority": priority,
            "match": match,
            "action": action,
            "options": {"apply-after-lb": "true"} if direction == _OUT else {},
            "log": False,
            "label": 0,
            **others,
        }
        uuid = self._rows.uuid("ACL", noun.type, noun.id, direction, key)
        self._rows.add("ACL", uuid, noun, columns, parents=list(switches))

    def _sets(self, kind: str, noun: Noun, addresses: Iterable[str]) -> None:
        held = list(addresses)
        for family in FAMILIES:
            uuid = self._rows.uuid("Address_Set", kind, noun.id, family.word)
            columns = {
                "name": set_name(kind, noun.id, family),
                "addresses": sorted({a for text in held for a in literals(text, family)}),
            }
            self._rows.add("Address_Set", uuid, noun, columns)
