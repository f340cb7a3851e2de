"""The tenant's list of rules, made ready for look-ups.

A rule is a bit. What an address may be named by, and what a service is, are sets of rules as big
integers; their intersection's lowest bit is the first match. So a look-up costs a few operations
on integers of as many bits as there are rules.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeVar

from networking.intent import Group, Protocol, Rule, SitePrefixes, merged
from networking.reach.naming import ANY, Key, Naming, key_of
from networking.reach.tables import Ip

_KEPT = 4096
_BLOCK, _FEW, _WIDE = 256, 16, -1
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


@dataclass(frozen=True, slots=True)
class _Side:
    """The rules by the terms of one of their sides."""

    masks: Mapping[Key, int]
    naming: Naming

    def matching(self, address: Ip) -> int:
        found = self.masks.get(ANY, 0)
        for key in self.naming.of(address):
            found |= self.masks.get(key, 0)
        return found


class RuleIndex:
    """First match over any number of rules. Disabled ones are left out. `naming` has all terms of
    these rules, and maybe more; without one it is made of groups and sites."""

    def __init__(
        self,
        rules: Iterable[Rule],
        groups: Iterable[Group] = (),
        sites: Iterable[SitePrefixes] = (),
        *,
        naming: Naming | None = None,
    ) -> None:
        self._rules = sorted((rule for rule in rules if rule.enabled), key=lambda one: one.rank)
        sources: defaultdict[Key, list[int]] = defaultdict(list)
        destinations: defaultdict[Key, list[int]] = defaultdict(list)
        for place, rule in enumerate(self._rules):
            for terms, side in ((rule.source, sources), (rule.destination, destinations)):
                for term in terms:
                    side[key_of(term)].append(place)
        self._sources = self._masks(sources)
        self._destinations = self._masks(destinations)
        self._name(naming or Naming(sources.keys() | destinations.keys(), groups, sites))

    def named_by(self, naming: Naming) -> "RuleIndex":
        """The same rules, where their terms name other addresses."""
        other = copy(self)
        other._name(naming)
        return other

    def _name(self, naming: Naming) -> None:
        # Questions come in series about the same addresses.
        self._from = lru_cache(_KEPT)(_Side(self._sources, naming).matching)
        self._to = lru_cache(_KEPT)(_Side(self._destinations, naming).matching)

    @cached_property
    def _serving(self) -> Callable[[Protocol, int], int]:
        return lru_cache(_KEPT)(self._by_service().matching)

    def first(self, source: Ip, destination: Ip, protocol: Protocol, port: int) -> Rule | None:
        """The enabled rule that decides about such a packet; None where none matches."""
        found = self._serving(protocol, port) & self._from(source) & self._to(destination)
        return self._rules[(found & -found).bit_length() - 1] if found else None

    def matching(self, source: Ip, destination: Ip) -> tuple[Rule, ...]:
        """The enabled rules that decide about packets between the two, in their order; those
        behind one that decides everything left out."""
        found, rules = self._from(source) & self._to(destination), []
        while found:
            lowest = found & -found
            rule = self._rules[lowest.bit_length() - 1]
            rules.append(rule)
            if rule.protocol is Protocol.ANY:
                break
            found ^= lowest
        return tuple(rules)

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
