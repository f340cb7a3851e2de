"""Reads our stanzas out of `show running-config`; whatever else is there is passed over.

FRR prints sections (`vrf X`, `router bgp N vrf X`) that begin in the first column, hold lines
indented by one space, address families indented by two, and prefix lists in the first column.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from networking.backends.frr.words import (
    COMMAND,
    FAMILIES,
    NEIGHBOR,
    PREFIX_LIST,
    ROUTE_TAG,
    STATIC_ROUTE,
    Family,
    ListName,
    parse_description,
    parse_list_name,
)
from networking.intent import ScopeRef
from networking.planning import Noun, Resource

Lines = dict[Family, list[str]]


@dataclass(slots=True)
class _Neighbour:
    general: list[str] = field(default_factory=list)
    families: Lines = field(default_factory=lambda: {"ipv4": [], "ipv6": []})


def observed(text: str, scope: ScopeRef) -> tuple[Resource, ...]:
    """What a running configuration holds of ours for one tenant."""
    sections = _sections(text)
    return (
        *_prefix_lists(text, scope.tenant.id),
        *_neighbours(sections, scope.vrf),
        *_static_routes(sections, scope.vrf),
    )


def list_owners(text: str) -> frozenset[str]:
    """Ids of the tenants for whom there are prefix lists."""
    return frozenset(name.tenant_id for _, name, _ in _list_entries(text))


def used_vrfs(text: str) -> frozenset[str]:
    """The VRFs that hold a route or neighbour of ours."""
    sections = _sections(text)
    vrfs = {header.rpartition("vrf ")[2] for header in sections if "vrf " in header}
    return frozenset(
        vrf for vrf in vrfs if any(_static_routes(sections, vrf)) or any(_neighbours(sections, vrf))
    )


def _sections(text: str) -> dict[str, list[str]]:
    """Header of a section → its lines, indentation kept."""
    found: dict[str, list[str]] = defaultdict(list)
    header = ""
    for line in text.splitlines():
        if line.startswith(" "):
            if header:
                found[header].append(line)
        elif line.startswith(("vrf ", "router bgp ")):
            header = line.strip()
            found.setdefault(header, [])
        elif not line.startswith("!"):
            header = ""
    return found


def _static_routes(sections: dict[str, list[str]], vrf: str) -> Iterator[Resource]:
    for line in (text.strip() for text in sections.get(f"vrf {vrf}", ())):
        words = line.split()
        if words[:2] not in (["ip", "route"], ["ipv6", "route"]):
            continue
        for at in range(4, len(words) - 1):
            if words[at : at + 2] == ["tag", str(ROUTE_TAG)]:
                yield Resource(
                    kind=STATIC_ROUTE,
                    # Anything beyond prefix, next hop and tag makes it another route.
                    key=" ".join(words[2:at] + words[at + 2 :]),
                    attrs={"vrf": vrf, "line": line},
                    noun=Noun("network", "", words[2]),
                )


def _neighbours(sections: dict[str, list[str]], vrf: str) -> Iterator[Resource]:
    for header, lines in sections.items():
        words = header.split()
        if words[:2] != ["router", "bgp"] or words[3:] != ["vrf", vrf]:
            continue
        for address, neighbour in _peers(lines).items():
            site_id = _site_of(neighbour)
            if site_id is None:
                continue
            yield Resource(
                kind=NEIGHBOR,
                key=address,
                attrs={
                    "vrf": vrf,
                    "asn": int(words[2]),
                    "general": sorted(neighbour.general),
                    **{name: sorted(neighbour.families[name]) for name in FAMILIES},
                },
                noun=Noun("site", site_id),
            )


def _peers(lines: list[str]) -> dict[str, _Neighbour]:
    peers: dict[str, _Neighbour] = defaultdict(_Neighbour)
    family: str | None = None
    for line in (text.strip() for text in lines):
        if line.startswith("address-family "):
            name = line.removeprefix("address-family ").removesuffix(" unicast")
            family = name if name in FAMILIES else "other"
        elif line == "exit-address-family":
            family = None
        elif parsed := _neighbour_line(line):
            address, words = parsed
            if family is None:
                peers[address].general.append(words)
            elif family in FAMILIES:
                peers[address].families[family].append(words)
    if "no bgp default ipv4-unicast" not in (text.strip() for text in lines):
        _show_implied_activation(peers)
    return peers


def _neighbour_line(line: str) -> tuple[str, str] | None:
    """Address and the rest of a `neighbor` line; a `no` stays in front of the rest."""
    words = line.split()
    negated = words[:1] == ["no"]
    if negated:
        words = words[1:]
    if len(words) < 3 or words[0] != "neighbor":
        return None
    if words[2] == "password":
        words[3:] = ["(hidden)"]
    return words[1], " ".join((["no"] if negated else []) + words[2:])


def _show_implied_activation(peers: dict[str, _Neighbour]) -> None:
    """FRR prints what differs from its default, and by default IPv4 is active."""
    for neighbour in peers.values():
        lines = neighbour.families["ipv4"]
        if "no activate" in lines:
            lines.remove("no activate")
        elif "activate" not in lines:
            lines.append("activate")


def _site_of(neighbour: _Neighbour) -> str | None:
    for line in neighbour.general:
        if line.startswith("description "):
            return parse_description(line.removeprefix("description "))
    return None


def _list_entries(text: str) -> Iterator[tuple[str, ListName, str]]:
    """Name, the same in parts, and entry without its number, of each line of lists of ours."""
    for line in text.splitlines():
        words = line.split()
        if len(words) < 4 or words[1] != "prefix-list" or words[3] == "description":
            continue
        name = parse_list_name(words[2])
        if name is None or words[0] != COMMAND[name.family]:
            continue
        yield words[2], name, " ".join(words[5:] if words[3] == "seq" else words[3:])


def _prefix_lists(text: str, tenant_id: str) -> Iterator[Resource]:
    entries: dict[str, list[str]] = defaultdict(list)
    names: dict[str, ListName] = {}
    for key, name, entry in _list_entries(text):
        if name.tenant_id == tenant_id:
            entries[key].append(entry)
            names[key] = name
    for key, name in names.items():
        yield Resource(
            kind=PREFIX_LIST,
            key=key,
            attrs={"family": name.family, "entries": sorted(entries[key])},
            noun=Noun("site", name.site_id),
        )
