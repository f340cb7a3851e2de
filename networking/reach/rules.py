"""The tenant's list of rules, made ready for look-ups.

A rule is a bit. What an address may be named by, and what a service is, are sets of rules as big
integers; their intersection's lowest bit is the first match. So a look-up costs a few operations
on integers of as many bits as there are rules.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TypeVar

from networking.intent import Group, Protocol, Rule, SitePrefixes, Term, TermKind, merged
from networking.reach.tables import Ip, PrefixTable

_KEPT = 4096
_BLOCK, _FEW, _WIDE = 256, 16, -1
_Key = tuple[str, str]
_AnyKey = TypeVar("_AnyKey")


@dataclass(slots=True)
class _Services:
    """The rules by what they say of protocol and port."""

    whole: dict[Protocol, int] = field(default_factory=dict)
    single: dict[tuple[Protocol, int], int] = field(default_factory=dict)
    ranges: dict[tuple[Protocol, int], list[tuple[int, int, int]]] = field(default_factory=dict)
    """First, last and rules, by protocol and block of ports; those of many blocks under _WIDE."""

    def add_range(self, protocol: Protocol, first: int, last: int, rules: int) -> None:
        blocks = range(first // _BLOCK, last // _BLOCK + 1)
        for block in blocks if len(blocks) <= _FEW else (_WIDE,):
            self.ranges.setdefault((protocol, block), []).append((first, last, rules))

    def matching(self, protocol: Protocol, port: int) -> int:
        found = self.whole.get(Protocol.ANY, 0) | self.whole.get(protocol, 0)
        found |= self.single.get((protocol, port), 0)
        for block in (port // _BLOCK, _WIDE):
            for first, last, rules in self.ranges.get((protocol, block), ()):
                if first <= port <= last:
                    found |= rules
        return found


class RuleIndex:
    """First match over any number of rules. Disabled ones are left out."""

    def __init__(
        self,
        rules: Iterable[Rule],
        groups: Iterable[Group] = (),
        sites: Iterable[SitePrefixes] = (),
    ) -> None:
        self._rules = sorted((rule for rule in rules if rule.enabled), key=lambda one: one.rank)
        sources: defaultdict[_Key, list[int]] = defaultdict(list)
        destinations: defaultdict[_Key, list[int]] = defaultdict(list)
        for place, rule in enumerate(self._rules):
            for terms, side in ((rule.source, sources), (rule.destination, destinations)):
                for term in terms:
                    side[_key(term)].append(place)
        self._sources = self._masks(sources)
        self._destinations = self._masks(destinations)
        # Questions come in series about the same addresses and ports.
        self._serving = lru_cache(_KEPT)(self._by_service().matching)
        self._from = lru_cache(_KEPT)(partial(self._side, self._sources))
        self._to = lru_cache(_KEPT)(partial(self._side, self._destinations))
        self._names: PrefixTable[_Key] = PrefixTable()
        self._name(sources.keys() | destinations.keys(), groups, sites)

    def first(self, source: Ip, destination: Ip, protocol: Protocol, port: int) -> Rule | None:
        """The enabled rule that decides about such a packet; None where none matches."""
        found = self._serving(protocol, port) & self._from(source) & self._to(destination)
        return self._rules[(found & -found).bit_length() - 1] if found else None

    def named(self, address: Ip) -> frozenset[tuple[str, str]]:
        """The terms of enabled rules that name the address, as kind and value; `any` aside."""
        return frozenset(self._names.covering(address))

    def _side(self, masks: Mapping[_Key, int], address: Ip) -> int:
        found = masks.get(_ANY, 0)
        for key in self._names.covering(address):
            found |= masks.get(key, 0)
        return found

    def _name(
        self, used: Iterable[_Key], groups: Iterable[Group], sites: Iterable[SitePrefixes]
    ) -> None:
        """Have addresses lead to the terms that they are named by."""
        keys = set(used)
        for kind, value in keys:
            if kind == TermKind.PREFIX:
                self._names.add(value, (kind, value))
        for group in groups:
            if (key := (str(TermKind.GROUP), group.id)) in keys:
                for address in group.addresses:
                    self._names.add(address, key)
        for site in sites:
            if (key := (str(TermKind.SITE), site.id)) in keys:
                for prefix in site.prefixes:
                    self._names.add(prefix, key)

    def _by_service(self) -> _Services:
        whole: defaultdict[Protocol, list[int]] = defaultdict(list)
        single: defaultdict[tuple[Protocol, int], list[int]] = defaultdict(list)
        ranges: defaultdict[tuple[Protocol, int, int], list[int]] = defaultdict(list)
        for place, rule in enumerate(self._rules):
            if not rule.ports:
                whole[rule.protocol].append(place)
            for one in merged(rule.ports):
                if one.first == one.last:
                    single[rule.protocol, one.first].append(place)
                else:
                    ranges[rule.protocol, one.first, one.last].append(place)
        services = _Services(self._masks(whole), self._masks(single))
        for (protocol, first, last), held in ranges.items():
            services.add_range(protocol, first, last, self._mask(held))
        return services

    def _masks(self, places: Mapping[_AnyKey, list[int]]) -> dict[_AnyKey, int]:
        return {key: self._mask(held) for key, held in places.items()}

    def _mask(self, places: Iterable[int]) -> int:
        bits = bytearray(len(self._rules) // 8 + 1)
        for place in places:
            bits[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(bits, "little")


def _key(term: Term) -> _Key:
    return (str(term.kind), term.value)


_ANY: _Key = (str(TermKind.ANY), "")
