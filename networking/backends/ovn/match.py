"""What a rule matches, as OVN writes it (man 5 ovn-sb, Logical_Flow match). Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network

from networking.backends.ovn.spaces import FAMILIES, Family, of_family
from networking.intent import PortRange, Protocol, Rule, Term, TermKind, merged


@dataclass(frozen=True, slots=True)
class _Sides:
    """A rule's addresses in one family; None where all match."""

    family: Family
    source: tuple[str, ...] | None
    destination: tuple[str, ...] | None


def matches(rule: Rule) -> Iterator[tuple[Family, str]]:
    """The rule's match in each family in which it can match anything."""
    for family in FAMILIES:
        source = _addresses(rule.source, family)
        destination = _addresses(rule.destination, family)
        if source != () and destination != ():
            yield family, _own(rule, _match(rule, _Sides(family, source, destination)))


def set_name(kind: str, noun_id: str, family: Family) -> str:
    """The address set of a group or site in one family; its name must be an identifier."""
    return f"dm_{kind}_{noun_id.replace('-', '_')}_{family.version}"


def terms_of(terms: Iterable[Term], family: Family) -> Iterator[Term]:
    """Those that can have an address of the family."""
    for term in terms:
        if term.kind is not TermKind.PREFIX or of_family(term.value, family):
            yield term


def _addresses(terms: Iterable[Term], family: Family) -> tuple[str, ...] | None:
    """What the terms are in a match; nothing where they have no address of the family."""
    found: set[str] = set()
    for term in terms_of(terms, family):
        match term.kind:
            case TermKind.ANY:
                return None
            case TermKind.PREFIX:
                found.update(literals(term.value, family))
            case TermKind.GROUP | TermKind.SITE:
                found.add(f"${set_name(term.kind, term.value, family)}")
    return tuple(sorted(found))


def literals(text: str, family: Family) -> Iterator[str]:
    """An address or prefix as OVN writes it; of all addresses, the two halves: in a set, OVN
    takes a prefix of length 0 for none."""
    if not of_family(text, family):
        return
    prefix = ip_network(text)
    if prefix.prefixlen == 0:
        yield from map(str, prefix.subnets())
    elif prefix.prefixlen == prefix.max_prefixlen:
        yield str(prefix.network_address)
    else:
        yield str(prefix)


def _own(rule: Rule, match: str) -> str:
    """A match unlike any of another tenant's, by a comment (man 5 ovn-sb, Logical_Flow match).

    Of two tenants' equal flows the central daemon makes one, which counts for one rule alone. Sets
    differ by their names. Hosts skip comments, so that the packets matched are the same.
    """
    return match if "$" in match else f"{match} /* {rule.id} */"


def _match(rule: Rule, sides: _Sides) -> str:
    word = sides.family.word
    parts = [word]
    for field, addresses in (("src", sides.source), ("dst", sides.destination)):
        if addresses is not None:
            parts.append(f"{word}.{field} == {_set(addresses)}")
    match rule.protocol:
        case Protocol.ICMP:
            parts.append(sides.family.icmp)
        case Protocol.TCP | Protocol.UDP:
            parts.append(_ports(rule.protocol, rule.ports))
        case Protocol.ANY:
            pass
    return " && ".join(parts)


def _ports(protocol: Protocol, ports: tuple[PortRange, ...]) -> str:
    """Single ports in one set, ranges as comparisons."""
    ranges = merged(ports)
    single = [str(one.first) for one in ranges if one.first == one.last]
    choices = [f"{protocol}.dst == {_set(single)}"] if single else []
    choices += [
        f"{one.first} <= {protocol}.dst <= {one.last}" for one in ranges if one.first != one.last
    ]
    match choices:
        case []:
            return str(protocol)
        case [only]:
            return only
    return f"({' || '.join(choices)})"


def _set(items: Iterable[str]) -> str:
    listed = list(items)
    return listed[0] if len(listed) == 1 else f"{{{', '.join(listed)}}}"
