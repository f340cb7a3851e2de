"""A plan in sentences."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from networking.planning.outline import SITE_PREFIXES, SURROUNDINGS
from networking.planning.plan import Action, Plan, Step
from networking.planning.resource import Json

Attrs = Mapping[str, Json]

FIELDS = {
    "name": "name",
    "ipv4_prefix": "IPv4 prefix",
    "ipv4_gateway": "IPv4 gateway",
    "ipv6_prefix": "IPv6 prefix",
    "ipv6_gateway": "IPv6 gateway",
    "mtu": "MTU",
    "dhcp": "DHCP",
    "mac": "MAC address",
    "ipv4": "IPv4 address",
    "ipv6": "IPv6 address",
    "next_hop": "next hop",
    "asn": "AS number",
    "neighbours": "neighbours",
    "accepted": "accepted prefixes",
    "max_prefixes": "prefix limit",
    "hosts": "gateway hosts",
    "vlan": "VLAN",
    "default_deny": "default deny",
    "probe_ipv4": "source of health checks",
    "probe_ipv6": "source of IPv6 health checks",
    "check": "health check",
}
"""What people call the fields; a field that is not here is named as it is."""

TOLD = 10
"""Of a longer list, so many are told, and how many more there are."""

NOBODY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a change does, for people. `action` says which sign stands before it."""

    action: Action
    text: str

    def to_json(self) -> Json:
        """A value for `json.dumps`."""
        return {"action": self.action.value, "text": self.text}


def describe(plan: Plan, device: str, names: Mapping[str, str] = NOBODY) -> tuple[Line, ...]:
    """The plan of one scope, made by `foresee`, in lines; `device` is the scope's name, `names`
    are machines by their addresses.

    What the sites learn and forget is gathered, one line for each set of prefixes.
    """
    lines = [line for step in plan.steps for line in _lines(step, device, names)]
    # What comes or goes is what it is about; what changes by it follows.
    lines.sort(key=lambda line: line.action is Action.UPDATE)
    sites = [step for step in plan.steps if step.kind == "site"]
    return (*lines, *_learning(sites))


def _lines(step: Step, device: str, names: Mapping[str, str]) -> Iterator[Line]:
    if step.kind in (SITE_PREFIXES, SURROUNDINGS):
        return  # told by the site's and the networks' own lines
    if step.action is Action.UPDATE:
        changes = list(_changes(step.before or {}, step.after or {}, names))
        if changes:
            yield Line(step.action, f"{_label(step)}: {'; '.join(changes)}")
        return
    attrs: Attrs = step.after or step.before or {}
    if "addresses" in attrs:
        attrs = {**attrs, "addresses": _machines(attrs["addresses"], names)}
    text = f"{_label(step)} {_WORDS[step.kind](attrs)}"
    if step.kind in ("route", "site"):
        text += f" on {device}"
    yield Line(step.action, text)


def _label(step: Step) -> str:
    if step.kind == "route":
        return f"route {step.key}"
    return f"{_NAMES.get(step.kind, step.kind)} {step.noun.name}"


def _changes(before: Attrs, after: Attrs, names: Mapping[str, str]) -> Iterator[str]:
    for name in after:
        old, new = before.get(name), after[name]
        # Gateways follow from prefixes, and what sites learn is told in lines of its own.
        if old == new or name in ("advertised", "ipv4_gateway", "ipv6_gateway"):
            continue
        if name in ("source", "destination") and _meant(old) == _meant(new):
            continue  # a group's new name is told by the group's line
        if name in ("addresses", "members"):
            yield from _moves(_names(old), _names(new), names)
            continue
        yield f"{FIELDS.get(name, name)} {field_value(name, old)} → {field_value(name, new)}"


def field_value(name: str, value: Json) -> str:
    """A field's value as people write it."""
    text = _value(value)
    return text.upper() if name == "protocol" and text != "any" else text


def _value(value: Json) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return _some(_names(value)) or "none"
    if isinstance(value, dict):
        return _name(value)
    return str(value) if value not in ("", None) else "none"


def _moves(before: list[str], after: list[str], names: Mapping[str, str]) -> Iterator[str]:
    """Who joined and who left, of a list that may be long."""
    was, will = set(before), set(after)
    joined = _machines((name for name in after if name not in was), names)
    left = _machines((name for name in before if name not in will), names)
    if joined:
        yield f"{_some(joined)} join{'s' if len(joined) == 1 else ''}"
    if left:
        yield f"{_some(left)} leave{'s' if len(left) == 1 else ''}"


def _machines(addresses: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """The addresses behind their machines' names; what is no machine's, as it is."""
    held: dict[str, list[str]] = {}
    for text in addresses:
        held.setdefault(names.get(text, text), []).append(text)
    return [
        name if texts == [name] else f"{name} ({', '.join(texts)})" for name, texts in held.items()
    ]


def _some(names: list[str]) -> str:
    more = len(names) - TOLD
    return ", ".join(names[:TOLD]) + (f" and {more} more" if more > 0 else "")


def _meant(terms: Json) -> list[tuple[str, str]]:
    return [(term["kind"], term["value"]) for term in terms]


def _names(values: Json) -> list[str]:
    return [_name(value) for value in values or ()]


def _name(value: Json) -> str:
    """What people call a value that is part of another: a term, a range of ports, a member."""
    if not isinstance(value, dict):
        return str(value)
    if "first" in value:
        first, last = value["first"], value["last"]
        return f"{first}" if first == last else f"{first}-{last}"
    if "member_port" in value:
        own, member = value["port"], value["member_port"]
        return f"{value['protocol'].upper()} {own}" + ("" if own == member else f" to {member}")
    if "interval" in value:
        return f"every {value['interval']} s, out after {value['failures']} failures"
    return str(value.get("name") or value.get("value") or value.get("kind") or "")


def _network(attrs: Attrs) -> str:
    prefixes = ", ".join(filter(None, (attrs["ipv4_prefix"], attrs["ipv6_prefix"])))
    dhcp = "DHCP" if attrs["dhcp"] else "no DHCP"
    return f"{prefixes} (gateway {attrs['ipv4_gateway']}, {dhcp}, MTU {attrs['mtu']})"


def _port(attrs: Attrs) -> str:
    addresses = ", ".join(filter(None, (attrs["ipv4"], attrs["ipv6"])))
    return f"{addresses} in network {attrs['network']} (MAC {attrs['mac']})"


def _transit(attrs: Attrs) -> str:
    hosts = f" on {', '.join(attrs['hosts'])}" if attrs["hosts"] else ""
    gateway = attrs["gateway_ipv4"].partition("/")[0]
    return f"over VLAN {attrs['vlan']} (gateway {gateway}{hosts})"


def _route(attrs: Attrs) -> str:
    return f"by way of {attrs['next_hop']}"


def _site(attrs: Attrs) -> str:
    accepted = _value(attrs["accepted"])
    neighbours = _value(attrs["neighbours"])
    return f"(AS {attrs['asn']}, neighbour {neighbours}, may announce {accepted})"


def _group(attrs: Attrs) -> str:
    return f"of {_value(attrs['addresses'])}"


def _rule(attrs: Attrs) -> str:
    what = "" if attrs["protocol"] == "any" else f" {attrs['protocol'].upper()}"
    ports = f" {_value(attrs['ports'])}" if attrs["ports"] else ""
    off = "" if attrs["enabled"] else " (disabled)"
    source, destination = _value(attrs["source"]), _value(attrs["destination"])
    return f"{_VERBS[attrs['action']]}{what}{ports} from {source} to {destination}{off}"


def _vip(attrs: Attrs) -> str:
    addresses = ", ".join(filter(None, (attrs["ipv4"], attrs["ipv6"])))
    open_to = ", open to whom rules let reach these" if attrs["members"] else ""
    return f"{addresses} ({_value(attrs['ports'])}) over {_value(attrs['members'])}{open_to}"


_WORDS: Mapping[str, Callable[[Attrs], str]] = {
    "network": _network,
    "port": _port,
    "transit": _transit,
    "route": _route,
    "site": _site,
    "group": _group,
    "rule": _rule,
    "vip": _vip,
}
_VERBS = {"allow": "allows", "deny": "denies", "reject": "rejects"}
_NAMES = {"port": "machine", "transit": "way out", "vip": "VIP"}


def _learning(steps: Iterable[Step]) -> Iterator[Line]:
    """ "Berlin, Munich learn 10.1.5.0/24": sites that gain or lose the same prefixes share one."""
    groups: dict[tuple[Action, tuple[str, ...]], list[str]] = {}
    for step in steps:
        before = set((step.before or {}).get("advertised", ()))
        after = set((step.after or {}).get("advertised", ()))
        for action, moved in ((Action.CREATE, after - before), (Action.DELETE, before - after)):
            if moved:
                groups.setdefault((action, tuple(sorted(moved))), []).append(step.noun.name)
    for (action, prefixes), names in groups.items():
        verb = "learn" if action is Action.CREATE else "forget"
        ending = "s" if len(names) == 1 else ""
        yield Line(action, f"{', '.join(names)} {verb}{ending} {', '.join(prefixes)}")
