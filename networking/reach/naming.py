"""By which terms of rules an address is named."""

from collections.abc import Iterable, Iterator

from networking.intent import Group, Rule, SitePrefixes, Term, TermKind
from networking.reach.tables import Ip, PrefixTable

Key = tuple[str, str]
"""A term's kind and value."""

ANY: Key = (str(TermKind.ANY), "")


class Naming:
    """Leads addresses to those of the terms that name them. `any` names all, and is left out."""

    def __init__(
        self, terms: Iterable[Key], groups: Iterable[Group], sites: Iterable[SitePrefixes]
    ) -> None:
        self._table: PrefixTable[Key] = PrefixTable()
        keys = set(terms)
        for kind, value in keys:
            if kind == TermKind.PREFIX:
                self._table.add(value, (kind, value))
        for group in groups:
            if (key := (str(TermKind.GROUP), group.id)) in keys:
                for address in group.addresses:
                    self._table.add(address, key)
        for site in sites:
            if (key := (str(TermKind.SITE), site.id)) in keys:
                for prefix in site.prefixes:
                    self._table.add(prefix, key)

    def of(self, address: Ip) -> Iterator[Key]:
        """The terms that name the address."""
        return self._table.covering(address)


def key_of(term: Term) -> Key:
    """What tells a term from others."""
    return (str(term.kind), term.value)


def terms_of(rules: Iterable[Rule]) -> Iterator[Term]:
    """The terms of both sides of all of them."""
    for rule in rules:
        yield from rule.source
        yield from rule.destination
