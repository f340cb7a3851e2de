"""From what is wanted after a change, whole, to what was wanted before it.

A plan is made from intents that hold only what the change is about. What they differ in is taken
back here, so that the whole has to be read once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from networking.intent import FabricIntent, Group, Network, Rule, SitePrefixes

Noun = TypeVar("Noun", Network, Group, Rule, SitePrefixes)


def rewind(whole: FabricIntent, steps: Iterable[tuple[FabricIntent, FabricIntent]]) -> FabricIntent:
    """What was wanted, where each step holds a part of it before and after. Parts of groups and
    networks may lack members and machines, the same ones both times."""
    for before, after in steps:
        was, will = _by_id(before.groups), _by_id(after.groups)
        groups = _put_back(whole.groups, was, will)
        networks = _put_back(whole.networks, _by_id(before.networks), _by_id(after.networks))
        whole = replace(
            whole,
            rules=_rules(whole.rules, before.rules, after.rules),
            groups=tuple(_group(group, was, will) for group in groups),
            networks=tuple(
                _network(one, _by_id(before.networks), _by_id(after.networks)) for one in networks
            ),
            sites=_sites(whole.sites, before.sites, after.sites),
        )
    return whole


def _by_id(nouns: Iterable[Noun]) -> dict[str, Noun]:
    return {noun.id: noun for noun in nouns}


def _put_back(
    whole: tuple[Noun, ...], was: Mapping[str, Noun], will: Mapping[str, Noun]
) -> list[Noun]:
    """Without what was made, with what is gone. Twice done is done once."""
    made, there = will.keys() - was.keys(), {noun.id for noun in whole}
    kept = [noun for noun in whole if noun.id not in made]
    return kept + [noun for key, noun in was.items() if key not in will and key not in there]


def _rules(
    whole: tuple[Rule, ...], before: tuple[Rule, ...], after: tuple[Rule, ...]
) -> tuple[Rule, ...]:
    if before == after:
        return whole
    spoken = {rule.id for rule in (*before, *after)}
    kept = (rule for rule in whole if rule.id not in spoken)
    return tuple(sorted((*kept, *before), key=lambda rule: rule.rank))


def _group(group: Group, was: Mapping[str, Group], will: Mapping[str, Group]) -> Group:
    if group.id not in was or group.id not in will or was[group.id] == will[group.id]:
        return group
    then, now = was[group.id], will[group.id]
    gained = set(now.addresses) - set(then.addresses)
    held = dict.fromkeys(text for text in group.addresses if text not in gained)
    lost = (text for text in then.addresses if text not in set(now.addresses))
    return replace(then, addresses=tuple(held | dict.fromkeys(lost)))


def _network(network: Network, was: Mapping[str, Network], will: Mapping[str, Network]) -> Network:
    if network.id not in was or network.id not in will:
        return network
    then = was[network.id]
    spoken = {port.id for port in (*then.ports, *will[network.id].ports)}
    others = (port for port in network.ports if port.id not in spoken)
    return replace(then, ports=(*others, *then.ports))


def _sites(
    whole: tuple[SitePrefixes, ...],
    before: tuple[SitePrefixes, ...],
    after: tuple[SitePrefixes, ...],
) -> tuple[SitePrefixes, ...]:
    """A site that is in one part alone was not named by rules at that time; it was there."""
    was, will = _by_id(before), _by_id(after)
    return tuple(was.get(site.id, site) if site.id in will else site for site in whole)
