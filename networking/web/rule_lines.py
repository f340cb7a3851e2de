"""Rules as the grid shows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from networking.intent import RuleAction
from networking.models import Rule, RuleHits, RuleTerm
from networking.services.rule_fields import sides_of
from networking.services.rule_warnings import covers
from networking.web import states
from networking.web.states import Status

TONES = {RuleAction.ALLOW: "ok", RuleAction.DENY: "bad", RuleAction.REJECT: "warn"}
TITLES = {
    RuleAction.ALLOW: "It passes",
    RuleAction.DENY: "It vanishes without an answer",
    RuleAction.REJECT: "It is refused with an answer",
}

# Of what a click opens and closes, the note says so many.
SAID = 2


@dataclass(frozen=True, slots=True)
class TermItem:
    """One of those whom a side names; `href` is its page, or ""."""

    kind: str
    name: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule. `place` counts from 1, 0 where it is not known; `never` says why it decides
    nothing; `hits` are what it matched, none while nobody has counted."""

    rule: Rule
    place: int
    action: Status
    status: Status
    source: tuple[TermItem, ...]
    destination: tuple[TermItem, ...]
    service: str
    never: str = ""
    hits: RuleHits | None = None


def rule_lines(
    rules: Iterable[Rule],
    slug: str,
    *,
    first: int = 0,
    never: Mapping[UUID, str],
    hits: Mapping[UUID, RuleHits],
) -> tuple[RuleLine, ...]:
    """Of rules as their selector gives them. `first` is the place of the first one, 0 for a
    choice among them."""
    return tuple(
        RuleLine(
            rule,
            first + number if first and rule.retiring_at is None else 0,
            action(rule.action),
            status(rule),
            _terms(rule, RuleTerm.Side.SOURCE, slug),
            _terms(rule, RuleTerm.Side.DESTINATION, slug),
            service(rule),
            never.get(rule.id, ""),
            hits.get(rule.id),
        )
        for number, rule in enumerate(rules)
    )


def action(text: str) -> Status:
    """What is done with a packet, a value of `RuleAction`."""
    known = RuleAction(text)
    return Status(TONES[known], text.capitalize(), TITLES[known])


def status(rule: Rule) -> Status:
    """How far the rule is in force."""
    found = states.noun(rule)
    if found.tone == "ok" and not rule.enabled:
        return Status("off", "Disabled", "Kept, and passed over")
    return found


def service(rule: Rule) -> str:
    """Protocol and ports in words."""
    if rule.protocol == "any":
        return "any"
    name = rule.protocol.upper()
    return f"{name} {rule.ports_text.replace(',', ', ')}" if rule.ports else name


def never_matching(shown: Iterable[Rule], enabled: Sequence[Rule]) -> dict[UUID, str]:
    """Why some of the shown rules can never match, by id. `enabled` are rules in their order,
    with their terms."""
    found = {}
    for rule in shown:
        if rule.enabled and rule.rank is not None:
            sides = sides_of(rule)
            for earlier in enabled:
                if _decides(earlier, rule) and covers(earlier, rule, sides):
                    found[rule.id] = f"Never matches: {earlier.name} decides before it."
                    break
    return found


def opens_and_closes(effects: Mapping[str, Any] | None) -> str:
    """What `Change.effects` says, in a sentence or two; empty where it says nothing."""
    if not effects:
        return ""
    told = [
        f"{verb} {_first([one['text'] for one in effects[key]], effects[f'more_{key}'])}."
        for verb, key in (("Opens", "opens"), ("Closes", "closes"))
        if effects[key]
    ]
    if not told and effects["complete"]:
        return f"Opens and closes nothing. {effects['nothing']}".rstrip()
    return " ".join(told)


def _first(texts: Sequence[str], more: int) -> str:
    more += len(texts) - len(texts[:SAID])
    return ", ".join(texts[:SAID]) + (f" and {more} more" if more else "")


def _decides(earlier: Rule, rule: Rule) -> bool:
    assert earlier.rank is not None
    assert rule.rank is not None
    return earlier.rank < rule.rank and earlier.protocol in ("any", rule.protocol)


def _terms(rule: Rule, side: str, slug: str) -> tuple[TermItem, ...]:
    terms = sorted(rule.terms.all(), key=lambda one: one.position)
    return tuple(_term(term, slug) for term in terms if term.side == side)


def _term(term: RuleTerm, slug: str) -> TermItem:
    if term.group is not None:
        href = reverse("networking:group_detail", args=[slug, term.group_id])
        return TermItem("group", term.group.name, href)
    if term.site is not None:
        href = reverse("networking:site_detail", args=[slug, term.site_id])
        return TermItem("site", term.site.name, href)
    return TermItem("prefix", str(term.prefix))
