"""A packet's way as pages show it: what it passed, where it stopped, and whom it did not reach."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from networking import intent
from networking.reach import Hop, HopKind, Verdict, View
from networking.services.changes import Preview
from networking.services.reaching import Answer, Question, Trial
from networking.web.states import Status
from networking.web.topology import Item

PASSED = Status("ok", "Passed")
STOPPED = Status("bad", "The packet ends here")
MISSED = Status("off", "Not reached")
YES, NO = Status("ok", "Yes"), Status("bad", "No")
NOT_THERE = Status("off", "Not there")
KINDS = {
    HopKind.GATEWAY: "your gateway",
    HopKind.TRANSIT: "link to the provider",
    HopKind.ROUTER: "provider router",
    HopKind.OUTSIDE: "outside",
    HopKind.VIP: "VIP",
}
NOBODY = "00000000-0000-0000-0000-000000000000"
Pages = dict[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two answers; `href` is the page of what decides, or ""."""

    heading: str
    status: Status
    text: str
    href: str = ""
    member: str = ""
    items: tuple[tuple[str, Item], ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """What would happen to a question's answer."""

    preview: Preview
    sentence: str
    sides: tuple[Side, ...]


def tried(trial: Trial, question: Question, slug: str) -> Tried:
    """Both answers, and what the difference is in a sentence. What is not there yet has no page."""
    pages = pages_of(trial.known, slug)
    names = machine_names(trial.known)
    asked = f"{question.source} → {question.destination} by {question.what}"
    was, will = (bool(one.verdict and one.verdict.allowed) for one in (trial.before, trial.after))
    if was == will:
        says = f"{asked}: {'it passes' if will else 'it does not pass'}, now and with this change."
    else:
        says = f"{asked}: this change {'opens' if will else 'closes'} it."
    sides = (
        _side(heading, answer, question, pages, names)
        for heading, answer in (("Now", trial.before), ("With this change", trial.after))
    )
    return Tried(trial.preview, says, tuple(sides))


def _side(
    heading: str, answer: Answer, question: Question, pages: Pages, names: Mapping[str, str]
) -> Side:
    verdict = answer.verdict
    if verdict is None:
        return Side(heading, NOT_THERE, f"{answer.missing} is not there.")
    return Side(
        heading,
        YES if verdict.allowed else NO,
        verdict.decision.text,
        pages.get(verdict.decision.id, ""),
        names.get(verdict.member, ""),
        tuple(items(verdict, pages, question.destination)),
    )


def items(verdict: Verdict, pages: Pages, destination: str) -> Iterator[tuple[str, Item]]:
    """The hops by kind, and the destination where it was not reached."""
    last = len(verdict.hops) - 1
    for place, hop in enumerate(verdict.hops):
        stopped = place == last and not verdict.allowed
        status = STOPPED if stopped else PASSED
        yield hop.kind.value, Item(hop.name, _kind(hop), status, pages.get(hop.id, ""))
    if not verdict.allowed:
        yield "outside", Item(destination, verdict.destination, MISSED)


def machine_names(known: Sequence[View]) -> dict[str, str]:
    """What machines are called, by the ids of their ports."""
    return {port.id: port.name for port in _ports(known)}


def pages_of(known: Sequence[View], slug: str) -> Pages:
    """The page of everything that an answer may speak of, by id."""
    return dict(_pages(known, slug))


def _pages(known: Sequence[View], slug: str) -> Iterator[tuple[str, str]]:
    nouns = (
        ("port", _ports(known)),
        ("network", (network for view in known for network in view.fabric.networks)),
        ("rule", (rule for view in known for rule in view.fabric.rules)),
        ("vip", (vip for view in known for vip in view.fabric.vips)),
        ("site", (site for view in known if view.router for site in view.router.sites)),
    )
    for noun, rows in nouns:
        # One address a noun is made by the resolver, which is slow for very many.
        sample = reverse(f"networking:{noun}_detail", args=[slug, NOBODY])
        for row in rows:
            yield row.id, sample.replace(NOBODY, row.id)


def _kind(hop: Hop) -> str:
    return KINDS.get(hop.kind, hop.kind.value)


def _ports(known: Sequence[View]) -> Iterator[intent.Port]:
    for view in known:
        for network in view.fabric.networks:
            yield from network.ports
