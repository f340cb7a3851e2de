"""Why a change opens nothing and closes nothing, in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from networking.intent import FabricIntent, Rule, RuleAction, TermKind

FEW = 2


@dataclass(slots=True)
class Seen:
    """What decided about the packets that were asked about, before and after."""

    changed: Sequence[Rule]
    asked: bool = False
    deciders: dict[str, Rule] = field(default_factory=dict)
    """By id, those that decide after the change."""
    former: dict[str, Rule] = field(default_factory=dict)
    """By id, those that decided before it."""

    def note(self, was: Rule | None, will: Rule | None) -> None:
        """One answer more."""
        self.asked = True
        if will is not None:
            self.deciders[will.id] = will
        if was is not None:
            self.former[was.id] = was


def why_nothing(before: FabricIntent, after: FabricIntent, seen: Seen) -> str:
    """Of a change without effects; empty where there is nothing to say."""
    if not seen.changed:
        return _members(before, after) or _default(before, after)
    if not seen.asked:
        return "No address is named by both of its sides yet."
    if len({rule.id for rule in seen.changed}) > 1:
        return "What these rules do, others do anyway."
    rule = seen.changed[-1]
    if rule.id in seen.deciders:
        return f"What it {_DOES[rule.action]} {_ANYWAY[rule.action]} anyway."
    if rule.id in seen.former:
        return f"What it {_DID[rule.action]} {_ANYWAY[rule.action]} anyway."
    names = sorted(one.name for one in seen.deciders.values())
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return f"Shadowed by rule{'s'[: len(names) > 1]} {', '.join(names[:FEW])}{more}."


_DOES = {RuleAction.ALLOW: "allows", RuleAction.DENY: "denies", RuleAction.REJECT: "rejects"}
_DID = {RuleAction.ALLOW: "allowed", RuleAction.DENY: "denied", RuleAction.REJECT: "rejected"}
_ANYWAY = {RuleAction.ALLOW: "passes", RuleAction.DENY: "is cut", RuleAction.REJECT: "is cut"}


def _members(before: FabricIntent, after: FabricIntent) -> str:
    """Of groups that gain or lose members."""
    was = {group.id: group for group in before.groups}
    will = {group.id: group for group in after.groups}
    moved = [
        (will.get(key) or was[key])
        for key in (was | will)
        if key not in was or key not in will or set(was[key].addresses) != set(will[key].addresses)
    ]
    if not moved:
        return ""
    used = {
        term.value
        for fabric in (before, after)
        for rule in fabric.rules
        if rule.enabled
        for term in (*rule.source, *rule.destination)
        if term.kind is TermKind.GROUP
    }
    names = ", ".join(sorted(group.name for group in moved)[:FEW])
    if not used & {group.id for group in moved}:
        return f"No enabled rule names group {names}."
    return "What the rules say about its members held for them already."


def _default(before: FabricIntent, after: FabricIntent) -> str:
    """Of networks that deny by default, or no longer do."""
    was = {network.id: network.default_deny for network in before.networks}
    for network in after.networks:
        if was.get(network.id, False) != network.default_deny:
            if not network.ports:
                return f"Network {network.name} has no machines yet."
            return f"The rules decide about all packets of network {network.name}."
    return ""
